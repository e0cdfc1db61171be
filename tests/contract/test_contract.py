"""The contract is the truth: both services do what api.yaml says, and nothing else."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest, WerkzeugOpenAPIResponse
from werkzeug.test import EnvironBuilder

if TYPE_CHECKING:
    from flask import Flask
    from openapi_core import OpenAPI
    from werkzeug.test import TestResponse

    from tests.pair.issuer import Issuer

ID = "00000000-0000-4000-8000-00000000dead"
PATCH = "application/merge-patch+json"
METHODS = {"get", "put", "post", "patch", "delete"}
FILE = {
    "name": "a.txt",
    "contentType": "text/plain",
    "size": 1,
    "sha256": hashlib.sha256(b"a").hexdigest(),
}


class Caller:
    """Sends requests to one service, and holds both them and the answers to the contract."""

    def __init__(self, app: Flask, openapi: OpenAPI, token: str) -> None:
        self.client, self.openapi = app.test_client(), openapi
        self.headers = {"Authorization": f"Bearer {token}"}

    def send(self, method: str, path: str, **parts: Any) -> TestResponse:
        """A request that the contract allows."""
        parts["headers"] = self.headers | parts.get("headers", {})
        self.openapi.validate_request(self._request(method, path, parts))
        return self.refused(method, path, **parts)

    def refused(self, method: str, path: str, **parts: Any) -> TestResponse:
        """A request that the contract need not allow; its answer always has to be right."""
        parts["headers"] = self.headers | parts.get("headers", {})
        answer = self.client.open(path, method=method, **parts)
        self.openapi.validate_response(
            self._request(method, path, parts), WerkzeugOpenAPIResponse(answer)
        )
        assert answer.headers["X-Request-Id"]
        return answer

    @staticmethod
    def _request(method: str, path: str, parts: dict[str, Any]) -> WerkzeugOpenAPIRequest:
        return WerkzeugOpenAPIRequest(EnvironBuilder(path, method=method, **parts).get_request())


@pytest.fixture
def main(apps: dict[str, Flask], openapi: OpenAPI, issuer: Issuer) -> Caller:
    return Caller(apps["main"], openapi, issuer.token())


@pytest.fixture
def files(apps: dict[str, Flask], openapi: OpenAPI, issuer: Issuer) -> Caller:
    return Caller(apps["files"], openapi, issuer.token())


def operations(app: Flask) -> set[tuple[str, str, str]]:
    """Id, method and path of each of a service's routes, written as the contract does."""
    return {
        (camel(rule.endpoint.partition(".")[2]), method.lower(), spelled(rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
        if rule.rule != "/health"
    }


def camel(name: str) -> str:
    return re.sub(r"_(.)", lambda match: match[1].upper(), name)


def spelled(rule: str) -> str:
    return re.sub(r"<(?:id:)?(\w+)>", lambda match: "{" + camel(match[1]) + "}", rule)


@pytest.mark.parametrize("name", ["main", "files"])
def test_a_services_routes_are_its_operations_in_the_contract(
    apps: dict[str, Flask], contract: dict[str, Any], name: str
) -> None:
    expected = {
        (operation["operationId"], method, path)
        for path, item in contract["paths"].items()
        for method, operation in item.items()
        if method in METHODS and operation["tags"] == [name]
    }

    assert expected
    assert operations(apps[name]) == expected


def test_every_operation_is_of_one_service(contract: dict[str, Any]) -> None:
    tags = [
        operation["tags"]
        for item in contract["paths"].values()
        for method, operation in item.items()
        if method in METHODS
    ]

    assert {tuple(tag) for tag in tags} == {("main",), ("files",)}


def test_health_is_no_part_of_the_contract(app: Flask, contract: dict[str, Any]) -> None:
    answer = app.test_client().get("/health")

    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})
    assert "/health" not in contract["paths"]


def test_the_life_of_a_todo_is_as_the_contract_says(main: Caller) -> None:
    fields = {"title": "x", "dueDate": None, "labels": ["a"], "priority": 1, "completed": True}
    todo = main.send("POST", "/me/todos", json=fields).get_json()
    path = f"/me/todos/{todo['id']}"
    main.send("POST", "/me/todos", json={"title": "y"})

    statuses = [
        main.send("GET", "/me/todos").status_code,
        main.send("GET", "/me/todos?status=all&limit=1").status_code,
        main.send("GET", path).status_code,
        main.send("GET", path, headers={"If-None-Match": '"1"'}).status_code,
        main.send(
            "PATCH", path, json={"notes": None, "title": "z"}, content_type=PATCH
        ).status_code,
        main.send("DELETE", path, headers={"If-Match": '"2"'}).status_code,
        main.send("GET", path).status_code,
    ]

    assert statuses == [200, 200, 200, 304, 200, 204, 404]


def test_the_next_page_is_as_the_contract_says(main: Caller) -> None:
    for title in ("a", "b"):
        main.send("POST", "/me/todos", json={"title": title})
    first = main.send("GET", "/me/todos?limit=1")

    assert first.headers["Link"]
    cursor = first.get_json()["nextCursor"]
    assert main.send("GET", f"/me/todos?limit=1&cursor={cursor}").status_code == 200


# What is deprecated is the only way to write a parameter without a value in OpenAPI 3.0.
@pytest.mark.filterwarnings("ignore:Use of allowEmptyValue:DeprecationWarning")
def test_the_life_of_an_attachment_is_as_the_contract_says(files: Caller) -> None:
    todo = f"/me/todos/{ID}/files"
    announced = files.send("POST", todo, json=FILE).get_json()
    path = f"{todo}/{announced['file']['id']}"
    early = files.send("POST", f"{path}/complete").status_code
    files.client.application.extensions["store"]._objects._s3.put_object(  # noqa: SLF001 - in place of a PUT
        Bucket="files-bucket",
        Key=urlsplit(announced["upload"]["url"]).path.removeprefix("/"),
        Body=b"a",
        ChecksumAlgorithm="SHA256",
    )

    statuses = [
        files.send("GET", path).status_code,
        files.send("GET", f"{path}/content").status_code,
        files.send("POST", f"{path}/complete").status_code,
        files.send("GET", todo).status_code,
        files.send("GET", f"{path}/content").status_code,
        files.send("GET", f"{path}/content", headers={"Accept": "application/json"}).status_code,
        files.send("GET", f"{path}/content?inline").status_code,
        files.send("GET", "/me/files/usage").status_code,
        files.send("DELETE", path).status_code,
        files.send("GET", path).status_code,
    ]

    assert early == 409
    assert statuses == [200, 409, 200, 200, 302, 200, 302, 200, 204, 404]


@pytest.mark.parametrize(
    ("method", "path", "parts", "status"),
    [
        ("GET", "/me/todos?limit=0", {}, 400),
        ("GET", "/me/todos?colour=red", {}, 400),
        ("POST", "/me/todos", {"json": {}}, 400),
        ("POST", "/me/todos", {"data": "{", "content_type": "application/json"}, 400),
        ("POST", "/me/todos", {"data": "title=x"}, 415),
        ("POST", "/me/todos", {"json": {"title": "x", "notes": "x" * 300_000}}, 413),
        ("POST", "/you/todos", {"json": {"title": "x"}}, 403),
        ("GET", f"/me/todos/{ID}", {}, 404),
        ("PATCH", f"/me/todos/{ID}", {"json": {"title": "x"}, "content_type": PATCH}, 404),
        ("DELETE", f"/me/todos/{ID}", {"headers": {"If-Match": "x"}}, 400),
        ("DELETE", f"/me/todos/{ID}", {"headers": {"Authorization": "Bearer x"}}, 401),
    ],
)
def test_mains_refusals_are_problems_of_the_contract(
    main: Caller, method: str, path: str, parts: dict[str, Any], status: int
) -> None:
    answer = main.refused(method, path, **parts)

    assert answer.status_code == answer.get_json()["status"] == status


@pytest.mark.parametrize(
    ("method", "path", "parts", "status"),
    [
        ("GET", f"/me/todos/{ID}/files?all", {}, 400),
        ("POST", f"/me/todos/{ID}/files", {"json": {}}, 400),
        ("POST", f"/me/todos/{ID}/files", {"json": FILE | {"size": 10**9}}, 413),
        ("POST", f"/me/todos/{ID}/files", {"data": "x"}, 415),
        ("GET", f"/you/todos/{ID}/files", {}, 403),
        ("GET", f"/me/todos/{ID}/files/{ID}", {}, 404),
        ("POST", f"/me/todos/{ID}/files/{ID}/complete", {}, 404),
        ("GET", f"/me/todos/{ID}/files", {"headers": {"Authorization": "Bearer x"}}, 401),
    ],
)
def test_files_refusals_are_problems_of_the_contract(
    files: Caller, method: str, path: str, parts: dict[str, Any], status: int
) -> None:
    answer = files.refused(method, path, **parts)

    assert answer.status_code == answer.get_json()["status"] == status


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/health", 405)]
)
def test_an_error_outside_the_contract_has_the_same_shape(
    app: Flask, contract: dict[str, Any], method: str, path: str, status: int
) -> None:
    answer = app.test_client().open(path, method=method, headers={"X-Request-Id": "r-1"})

    problem = answer.get_json()
    schema = contract["components"]["schemas"]["Problem"]
    assert answer.mimetype == "application/problem+json"
    assert set(problem) == set(schema["required"])
    assert (problem["status"], problem["instance"], problem["requestId"]) == (status, path, "r-1")
