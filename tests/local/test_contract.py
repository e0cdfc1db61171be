from __future__ import annotations

from typing import Any

import pytest

from local.api_gateway.contract import ContractRefused, read_contract
from local.cloudformation.resolution import resolve
from local.cloudformation.template import read
from local.settings import REPOSITORY
from tests.local import tokens

ORIGIN = "http://127.0.0.1:8000"
VALUES = {
    "WebsiteOrigin": ORIGIN,
    "AWS::Region": "eu-central-1",
    "UserPool": "eu-central-1_pool",
    "UserPoolClient": tokens.CLIENT,
}
DEFINITION = resolve(read(REPOSITORY / "api.yaml").body, VALUES)


@pytest.mark.parametrize(
    "paths",
    [
        {"/a": {"options": {}}},
        {"/a": {"x-amazon-apigateway-any-method": {}}},
        {"/{proxy+}": {"get": {}}},
        {"$default": {"get": {}}},
    ],
)
def test_a_contract_that_would_catch_preflights_is_refused(paths: dict[str, Any]) -> None:
    with pytest.raises(ContractRefused):
        read_contract({"paths": paths}, {})


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"paths": None}, "no paths"),
        ({"paths": {}}, "no paths"),
        ({"paths": []}, "no paths"),
        ({"paths": {"/a": "x"}}, "/a"),
        ({"paths": {"/a": {"get": "x"}}}, "get"),
        ({"paths": {"/a": {"get": {"security": [{"Unheard": []}]}}}}, "Unheard"),
        ({"components": {"securitySchemes": {"Bare": {}}}}, "Bare"),
        ({"components": {"securitySchemes": {"Bare": "x"}}}, "Bare"),
    ],
)
def test_a_contract_that_is_none_is_refused(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ContractRefused, match=named):
        read_contract({**DEFINITION, **changes}, {})


def test_an_authorizer_that_refers_to_nothing_deployed_is_refused() -> None:
    with pytest.raises(ContractRefused, match="UserPool"):
        read_contract(read(REPOSITORY / "api.yaml").body, {})


def test_only_an_operations_own_security_protects_it() -> None:
    token: list[dict[str, list[str]]] = [{"AccessToken": []}]
    paths: dict[str, Any] = {
        "/a": {"get": {}, "put": {"security": token}, "post": {"security": []}}
    }

    contract = read_contract(DEFINITION | {"security": token, "paths": paths}, {})

    protected = {route.method for route in contract.routes if route.authorizer}
    assert protected == {"PUT"}


def test_the_most_specific_route_wins() -> None:
    paths: dict[str, Any] = {"/{a}/b": {"get": {}}, "/x/{b}": {"get": {}}, "/x/b": {"get": {}}}

    contract = read_contract(DEFINITION | {"paths": paths}, {})

    keys = {path: contract.route("GET", path) for path in ("/x/b", "/x/c", "/y/b")}
    assert {path: route and route.key for path, route in keys.items()} == {
        "/x/b": "GET /x/b",
        "/x/c": "GET /x/{b}",
        "/y/b": "GET /{a}/b",
    }
