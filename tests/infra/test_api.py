"""The HTTP API: the contract's routes, each behind the token check and the VPC link."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

SCHEME = "AccessToken"


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


def test_the_template_includes_the_contract_on_the_default_stage(
    properties: dict[str, Any],
) -> None:
    include = properties["Api"]["DefinitionBody"]["Fn::Transform"]

    assert include["Name"] == "AWS::Include"
    assert include["Parameters"] == {"Location": "api.yaml"}
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
    authorizer = api["components"]["securitySchemes"][SCHEME]["x-amazon-apigateway-authorizer"]
    expected = authorizer["jwtConfiguration"]

    for container in containers.values():
        environment = {each["Name"]: each["Value"] for each in container["Environment"]}

        assert environment["JWT_ISSUER"] == expected["issuer"]
        assert [environment["JWT_AUDIENCE"]] == [{"Ref": "UserPoolClient"}]
    assert authorizer["type"] == "jwt"
    assert expected["audience"] == [{"Fn::Sub": "${UserPoolClient}"}]


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
    used = {method.upper() for item in api["paths"].values() for method in item} - {"PARAMETERS"}

    assert cors["allowOrigins"] == [{"Fn::Sub": "${WebsiteOrigin}"}]
    assert used <= set(cors["allowMethods"])
    assert "allowCredentials" not in cors


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
