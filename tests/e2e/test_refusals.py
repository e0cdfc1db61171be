"""What is refused, at both doors: API Gateway's and, behind it, the load balancer's."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.e2e import attachments
from tests.e2e.routes import ROUTES, Route

if TYPE_CHECKING:
    from tests.e2e.stack import Person, Stack


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The answer's problem, which every error of a service is."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert body["requestId"] == answer.headers["X-Request-Id"]
    return body


def tampered(token: str, subject: str) -> str:
    """A well-formed token of another subject, under the old signature."""
    head, claims, signature = token.split(".")
    padded = claims + "=" * (-len(claims) % 4)
    changed = json.loads(base64.urlsafe_b64decode(padded)) | {"sub": subject}
    encoded = base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip("=")
    return f"{head}.{encoded}.{signature}"


@pytest.fixture(scope="module")
def expired(stack: Stack) -> str:
    """A token that Cognito signed and whose time is over."""
    return stack.short_lived_token()


@pytest.fixture(params=["no token", "not a token", "tampered", "expired"])
def authorization(
    request: pytest.FixtureRequest, alice: Person, bob: Person, expired: str
) -> dict[str, str]:
    return {
        "no token": {},
        "not a token": {"Authorization": "Bearer open-sesame"},
        "tampered": {"Authorization": f"Bearer {tampered(alice.token, bob.sub)}"},
        "expired": {"Authorization": f"Bearer {expired}"},
    }[request.param]


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_api_gateway_lets_nobody_in_without_a_valid_token(
    stack: Stack, route: Route, authorization: dict[str, str]
) -> None:
    answer = httpx.request(
        route.method, stack.outputs["ApiUrl"] + route.filled(), headers=authorization
    )

    assert answer.status_code == 401
    assert answer.json() == {"message": "Unauthorized"}


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_the_services_verify_the_token_themselves(
    stack: Stack, route: Route, authorization: dict[str, str]
) -> None:
    answer = httpx.request(
        route.method, stack.outputs["LoadBalancerUrl"] + route.filled(), headers=authorization
    )

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    problem(answer)


def test_an_access_token_expires(stack: Stack, expired: str) -> None:
    claims = stack.claims(expired)

    assert claims["exp"] < time.time()


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_another_persons_path_is_forbidden(
    stack: Stack, alice: Person, bob: Person, todo: dict[str, Any], route: Route
) -> None:
    file = attachments.announce(alice.api, todo, b"lease")["file"]

    answer = bob.api.request(
        route.method, route.filled(alice.sub, todo["id"], file["id"]), **route.body
    )

    assert answer.status_code == 403
    assert todo["title"] not in answer.text
    assert stack.outputs["LoadBalancerUrl"] not in answer.text
    problem(answer)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.names_an_id], ids=str)
def test_another_persons_ids_do_not_exist(
    alice: Person, bob: Person, todo: dict[str, Any], route: Route
) -> None:
    content = b"The lease of 1987"
    file = attachments.attach(alice.api, todo, content)
    path = f"/me/todos/{todo['id']}"

    answer = bob.api.request(route.method, route.filled("me", todo["id"], file["id"]), **route.body)

    if route.reaches_only_the_callers_own:
        assert answer.status_code in (200, 201)
    else:
        assert answer.status_code == 404
        problem(answer)
    assert todo["title"] not in answer.text
    assert file["name"] not in answer.text
    assert alice.api.get(path).json() == todo
    assert alice.api.get(f"{path}/files").json() == {"items": [file]}
    download = alice.api.get(f"{path}/files/{file['id']}/content", follow_redirects=True)
    assert download.content == content


def test_nobodys_list_shows_anybody_elses_todos(
    alice: Person, bob: Person, todo: dict[str, Any]
) -> None:
    cursor = None
    for title in ("One", "Two"):
        assert alice.api.post("/me/todos", json={"title": title}).status_code == 201
    cursor = alice.api.get("/me/todos?limit=1").json()["nextCursor"]

    for query in ({}, {"status": "all"}, {"cursor": cursor, "limit": 100}):
        answer = bob.api.get("/me/todos", params=query)
        assert answer.status_code == 200
        assert todo["id"] not in answer.text
        assert "Two" not in answer.text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(b"nineteen bytes long", 200, id="exactly what was announced"),
        pytest.param(b"nineteen bytes long!", 403, id="one byte more"),
        pytest.param(b"nineteen bytes lon", 403, id="one byte less"),
        pytest.param(b"nineteen bytes LONG", 400, id="other bytes of the same size"),
    ],
)
def test_s3_takes_only_the_announced_bytes(
    alice: Person, todo: dict[str, Any], sent: bytes, status: int
) -> None:
    announced = attachments.announce(alice.api, todo, b"nineteen bytes long")

    stored = attachments.send(announced["upload"], sent)
    completed = attachments.complete(alice.api, announced["file"])

    assert stored.status_code == status
    assert completed.status_code == (200 if status == 200 else 409)
    if status != 200:
        problem(completed)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"size": 0}, id="an empty file"),
        pytest.param({"sha256": "nonsense"}, id="a checksum that is none"),
        pytest.param({"contentType": "anything"}, id="a content type that is none"),
        pytest.param({"name": ""}, id="no name"),
    ],
)
def test_an_upload_that_cannot_be_kept_is_refused_when_announced(
    alice: Person, todo: dict[str, Any], changes: dict[str, object]
) -> None:
    answer = alice.api.post(
        f"/me/todos/{todo['id']}/files", json=attachments.announcement(b"lease", **changes)
    )

    assert answer.status_code == 400
    (field,) = changes
    assert [error["pointer"] for error in problem(answer)["errors"]] == [f"/{field}"]


def test_a_file_over_25_megabytes_is_refused_when_announced(
    alice: Person, todo: dict[str, Any]
) -> None:
    body = attachments.announcement(b"lease", size=25 * 1024 * 1024 + 1)

    answer = alice.api.post(f"/me/todos/{todo['id']}/files", json=body)

    assert answer.status_code == 413
    assert "26214400" in problem(answer)["detail"]


@pytest.mark.parametrize("path", ["/", "/health", "/me", "/me/notes", "/me/todos/", "/me//todos"])
def test_api_gateway_knows_only_the_routes_of_the_contract(alice: Person, path: str) -> None:
    answer = alice.api.get(path)

    assert answer.status_code == 404
    assert answer.json() == {"message": "Not Found"}


@pytest.mark.parametrize("path", ["/", "/me", "/me/notes"])
def test_the_load_balancer_answers_unknown_paths_itself(alice: Person, path: str) -> None:
    answer = alice.load_balancer.get(path)

    assert answer.status_code == 404
    assert "X-Request-Id" not in answer.headers


@pytest.mark.parametrize("path", ["/me/todos/x/y/z", "/me/todos/x/files/y/z/w"])
def test_a_service_answers_unknown_paths_with_a_problem(alice: Person, path: str) -> None:
    answer = alice.load_balancer.get(path)

    assert answer.status_code == 404
    problem(answer)


@pytest.mark.parametrize("path", sorted({route.path for route in ROUTES}))
def test_an_unknown_method_is_refused_with_those_allowed(alice: Person, path: str) -> None:
    """API Gateway knows routes, not resources: there an unlisted method is an unknown route."""
    filled = next(route for route in ROUTES if route.path == path).filled()

    behind = alice.load_balancer.request("TRACE", filled)
    front = alice.api.request("TRACE", filled)

    assert behind.status_code == 405
    problem(behind)
    listed = {route.method for route in ROUTES if route.path == path}
    assert listed <= set(behind.headers["Allow"].split(", "))
    assert front.status_code == 404


@pytest.mark.parametrize("path", ["/me/todos", "/me/todos/{todo}/files"])
def test_a_body_over_the_limit_is_refused(alice: Person, todo: dict[str, Any], path: str) -> None:
    answer = alice.api.post(path.format(todo=todo["id"]), json={"title": "x" * (256 * 1024)})

    assert answer.status_code == 413
    problem(answer)


def test_api_gateway_takes_no_body_over_10_megabytes(alice: Person) -> None:
    answer = alice.api.post("/me/todos", content=b" " * (10 * 1024 * 1024 + 1))

    assert answer.status_code == 413
    assert answer.json() == {"message": "Request Entity Too Large"}
