"""The HTTP API: the contract's routes, each behind the token check and the VPC link."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

SCHEME = "AccessToken"

Operation = tuple[str, str, dict[str, Any]]  # method, path, what the contract says


def strings(node: object) -> list[str]:
    """Every string in a document."""
    if isinstance(node, dict):
        return [found for value in node.values() for found in strings(value)]
    if isinstance(node, list):
        return [found for value in node for found in strings(value)]
    return [node] if isinstance(node, str) else []


def resolve(api: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Follows a `$ref` into the same document."""
    if "$ref" not in node:
        return node
    found: Any = api
    for key in node["$ref"].removeprefix("#/").split("/"):
        found = found[key]
    resolved: dict[str, Any] = found
    return resolved


def authorizer(api: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = api["components"]["securitySchemes"][SCHEME]
    return resolve(api, found["x-amazon-apigateway-authorizer"])


def asked_headers(api: dict[str, Any], operations: list[Operation]) -> set[str]:
    """The names, in lower case, of the headers among all operations' parameters."""
    parameters = [
        resolve(api, each)
        for _, path, operation in operations
        for each in [*api["paths"][path].get("parameters", []), *operation.get("parameters", [])]
    ]
    return {each["name"].lower() for each in parameters if each["in"] == "header"}


def answered_headers(api: dict[str, Any], operations: list[Operation]) -> set[str]:
    """The names, in lower case, of the headers of all operations' responses."""
    responses = [
        resolve(api, each)
        for _, _, operation in operations
        for each in operation["responses"].values()
    ]
    return {name.lower() for each in responses for name in each.get("headers", {})}


def test_the_template_includes_the_contract_on_the_default_stage(
    properties: dict[str, Any], api: dict[str, Any]
) -> None:
    settings = {"StageName", "DefinitionBody", "DefaultRouteSettings", "AccessLogSettings"}

    assert set(properties["Api"]) == settings
    assert properties["Api"]["DefinitionBody"] == api
    # On any other stage the load balancer would see the stage as part of the path.
    assert properties["Api"]["StageName"] == "$default"


def test_each_operation_asks_for_an_access_token_itself(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    # Not left to the document's own `security`: API Gateway's import goes by the operations.
    assert operation.get("security") == [{SCHEME: []}], f"{method} {path}"


def test_each_operation_goes_through_the_vpc_link_to_the_listener(
    api: dict[str, Any], method: str, path: str, operation: dict[str, Any]
) -> None:
    integration = resolve(api, operation["x-amazon-apigateway-integration"])

    assert integration["type"] == "http_proxy", f"{method} {path}"
    assert integration["connectionType"] == "VPC_LINK"
    assert integration["connectionId"] == {"Fn::Sub": "${VpcLink}"}
    assert integration["uri"] == {"Fn::Sub": "${Listener}"}


def test_tokens_are_those_of_the_user_pool_and_its_client(
    api: dict[str, Any], containers: dict[str, Any]
) -> None:
    issuer = {"Fn::Sub": "https://cognito-idp.${AWS::Region}.amazonaws.com/${UserPool}"}

    assert authorizer(api) == {
        "type": "jwt",
        # Nowhere else: an address with a token in it would be logged and remembered.
        "identitySource": "$request.header.Authorization",
        "jwtConfiguration": {
            "issuer": issuer,
            "audience": [{"Fn::Sub": "${UserPoolClient}"}],
        },
    }
    for name in ("main", "files"):
        environment = {each["Name"]: each["Value"] for each in containers[name]["Environment"]}

        assert environment["JWT_ISSUER"] == issuer
        assert environment["JWT_AUDIENCE"] == {"Ref": "UserPoolClient"}


def test_no_route_catches_every_method_or_path(api: dict[str, Any]) -> None:
    # Such a route would take the browsers' preflights, which carry no token.
    allowed = {"parameters", "get", "put", "post", "patch", "delete"}

    for path, item in api["paths"].items():
        assert path.startswith("/"), path
        assert "+}" not in path, path
        assert set(item) <= allowed, path


def test_the_probe_is_not_reachable_through_the_api(api: dict[str, Any]) -> None:
    for path in api["paths"]:
        route = re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path))

        assert not re.fullmatch(route, "/health"), path


def test_only_the_website_may_call_from_a_browser(api: dict[str, Any]) -> None:
    cors = api["x-amazon-apigateway-cors"]
    lists = {"allowMethods", "allowHeaders", "exposeHeaders"}

    rest = {key: value for key, value in cors.items() if key not in lists}

    assert rest == {"allowOrigins": [{"Fn::Sub": "${WebsiteOrigin}"}], "maxAge": 3600}


def test_a_browser_may_use_the_contract_s_methods(
    api: dict[str, Any], operations: list[Operation]
) -> None:
    used = {method.upper() for method, _, _ in operations}

    assert sorted(api["x-amazon-apigateway-cors"]["allowMethods"]) == sorted(used)


def test_a_browser_may_send_the_headers_that_the_operations_read(
    api: dict[str, Any], operations: list[Operation]
) -> None:
    token = authorizer(api)["identitySource"].removeprefix("$request.header.").lower()
    bodies = {"content-type" for _, _, operation in operations if "requestBody" in operation}

    needed = {token, *bodies, *asked_headers(api, operations)}

    # A page may name its request itself, and find it in the logs by that name.
    allowed = api["x-amazon-apigateway-cors"]["allowHeaders"]
    assert sorted(allowed) == sorted(needed | {"x-request-id"})


def test_a_page_may_read_the_headers_that_the_operations_answer_with(
    api: dict[str, Any], operations: list[Operation]
) -> None:
    exposed = api["x-amazon-apigateway-cors"]["exposeHeaders"]

    # The export's name is for whoever saves it; a page that fetches it knows what it asked for.
    answered = answered_headers(api, operations) - {"content-disposition"}
    # A service that cannot reach its data says when to try again.
    assert sorted(exposed) == sorted(answered | {"retry-after"})


def test_the_contract_names_only_what_the_template_has(
    api: dict[str, Any], template: dict[str, Any]
) -> None:
    known = {*template["Resources"], *template["Parameters"]}

    for text in strings(api):
        for name in re.findall(r"\$\{([^}]+)\}", text):
            assert name.startswith("AWS::") or name in known, text


@pytest.mark.parametrize("token", [yaml.AnchorToken, yaml.AliasToken, yaml.TagToken])
def test_the_contract_is_yaml_that_an_include_understands(root: Path, token: type) -> None:
    # CloudFormation's includes know neither anchors nor short-form intrinsics.
    with (root / "api.yaml").open() as file:
        found = [each.start_mark.line + 1 for each in yaml.scan(file) if isinstance(each, token)]

    assert found == []


def test_access_logs_are_json_without_paths_or_tokens(properties: dict[str, Any]) -> None:
    line = properties["Api"]["AccessLogSettings"]["Format"]

    logged = yaml.safe_load(line)

    assert {"requestId", "route", "status"} <= set(logged)
    assert not re.search(r"context\.(path|identity|authorizer\.claims)", line)


def test_the_api_has_a_limit_of_its_own(properties: dict[str, Any]) -> None:
    limits = properties["Api"]["DefaultRouteSettings"]

    assert 0 < limits["ThrottlingRateLimit"] <= limits["ThrottlingBurstLimit"]
