"""Holds every exchange with a service to api.yaml, in whatever test it takes place.

As a pytest plugin (`-p contract_check`) it gives Flask's test clients eyes; other clients call
`check` with what went over the wire. A request that the contract does not allow has to be refused:
whatever is answered with less than 400 must have been valid.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flask
import yaml
from flask.testing import FlaskClient
from openapi_schema_validator import OAS30Validator, oas30_format_checker

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTRACT: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "api.yaml").read_text())
METHODS = {"get", "post", "put", "patch", "delete"}
PROBLEM = "application/problem+json"
REFUSED = 400  # and above
NOT_ALWAYS = {"Link"}  # headers of an answer that it may lack


class ContractBroken(AssertionError):
    """A service does not do what api.yaml says."""


@dataclass(frozen=True)
class Exchange:
    """A request and its answer; the names of headers are in lower case."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    status: int
    answer_headers: Mapping[str, str]
    answer: bytes | None  # None: not looked at

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.query} → {self.status}"

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def answered_type(self) -> str:
        return self.answer_headers.get("content-type", "").partition(";")[0]


@dataclass(frozen=True)
class Operation:
    """One operation of the contract, its references followed."""

    path: str
    pattern: re.Pattern[str]
    parameters: list[dict[str, Any]]
    contract: dict[str, Any]

    @cached_property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = self.contract.get("requestBody", {}).get("content", {})
        return content


def check(exchange: Exchange) -> None:
    """Raise ContractBroken unless both the request and the answer are as the contract says."""
    operation = _operation(exchange.method, exchange.path)
    if operation is None:
        if exchange.path != "/health" or exchange.status >= REFUSED:
            _hold(exchange, exchange.status >= REFUSED, "a route that the contract lacks")
            _check_problem(exchange)
        return
    if exchange.status < REFUSED:
        _check_request(exchange, operation)
    _check_answer(exchange, operation)


def _check_request(exchange: Exchange, operation: Operation) -> None:
    given = {"query": dict(exchange.query), "header": exchange.headers}
    given["path"] = _matched(operation, exchange.path)
    declared = {found["name"] for found in operation.parameters if found["in"] == "query"}
    unknown = given["query"].keys() - declared
    _hold(exchange, not unknown, f"accepted the unknown parameters {unknown}")
    _hold(exchange, len(exchange.query) == len(given["query"]), "accepted a repeated parameter")
    for found in operation.parameters:
        name = found["name"].lower() if found["in"] == "header" else found["name"]
        if name in given[found["in"]]:
            value = _converted(given[found["in"]][name], found["schema"])
            _check_schema(exchange, found["schema"], value, f"accepted {name}")
        else:
            _hold(exchange, not found.get("required"), f"accepted without {name}")
    _hold(exchange, "authorization" in exchange.headers, "accepted without a token")
    if operation.content:
        encoding = exchange.headers.get("content-encoding") or "identity"
        _hold(exchange, encoding.lower() == "identity", f"accepted a body in {encoding}")
        known = operation.content.get(exchange.media_type, {})
        _hold(exchange, known, f"accepted {exchange.media_type or 'no media type'}")
        _check_schema(exchange, known["schema"], json.loads(exchange.body), "accepted a body")


def _check_answer(exchange: Exchange, operation: Operation) -> None:
    answers = operation.contract["responses"]
    described = answers.get(str(exchange.status))
    if described is None:
        _hold(exchange, exchange.status >= REFUSED, "a status that the contract lacks")
        _check_problem(exchange)
        return
    for name in described.get("headers", {}).keys() - NOT_ALWAYS:
        _hold(exchange, name.lower() in exchange.answer_headers, f"without {name}")
    content = described.get("content")
    if content is None:
        _hold(exchange, not exchange.answer, "with a body that the contract lacks")
        return
    known = content.get(exchange.answered_type, {})
    _hold(exchange, known, f"with a body of type {exchange.answered_type}")
    if exchange.answer is not None and exchange.answered_type.endswith("json"):
        _check_schema(exchange, known["schema"], json.loads(exchange.answer), "answered")


def _check_problem(exchange: Exchange) -> None:
    if exchange.answer is None:
        return
    _hold(exchange, exchange.answered_type == PROBLEM, f"an error as {exchange.answered_type}")
    problem = json.loads(exchange.answer)
    _check_schema(
        exchange, _followed(CONTRACT["components"]["schemas"]["Problem"]), problem, "an error"
    )
    _hold(exchange, problem["status"] == exchange.status, "an error with another status in it")
    same = problem["requestId"] == exchange.answer_headers.get("x-request-id")
    _hold(exchange, same, "an error with another request id in it")


def _hold(exchange: Exchange, condition: object, what: str) -> None:
    if not condition:
        raise ContractBroken(f"{exchange}: {what}")


def _check_schema(exchange: Exchange, schema: Any, value: object, what: str) -> None:
    fault = next(_validator(json.dumps(schema)).iter_errors(value), None)
    if fault is not None:
        raise ContractBroken(f"{exchange}: {what}: {fault.json_path}: {fault.message}")


@cache
def _validator(schema: str) -> Any:
    return OAS30Validator(json.loads(schema), format_checker=oas30_format_checker)


def _converted(value: str, schema: Mapping[str, Any]) -> object:
    return int(value) if schema.get("type") == "integer" and value.isdigit() else value


def _followed(node: Any) -> Any:
    """The node with what it refers to in the references' place."""
    if isinstance(node, list):
        return [_followed(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {key: _followed(value) for key, value in node.items()}
    target: Any = CONTRACT
    for step in node["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    return _followed(target)


@cache
def _operations() -> dict[str, list[Operation]]:
    """By method; those with the fewest variables come first."""
    found: dict[str, list[Operation]] = {}
    for path in sorted(CONTRACT["paths"], key=lambda path: str(path).count("{")):
        item = _followed(CONTRACT["paths"][path])
        pattern = re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))
        for method in METHODS & item.keys():
            parameters = item.get("parameters", []) + item[method].get("parameters", [])
            operation = Operation(path, pattern, parameters, item[method])
            found.setdefault(method.upper(), []).append(operation)
    return found


def _operation(method: str, path: str) -> Operation | None:
    # The services answer HEAD as GET; API Gateway lets none through.
    candidates = _operations().get("GET" if method == "HEAD" else method, [])
    return next((found for found in candidates if found.pattern.fullmatch(path)), None)


def _matched(operation: Operation, path: str) -> dict[str, str]:
    match = operation.pattern.fullmatch(path)
    return match.groupdict() if match else {}


class HeldClient(FlaskClient):
    """Flask's test client, that lets nothing pass that the contract forbids."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().open(*args, **kwargs)
        request = answer.request
        media_type = answer.mimetype or ""
        looked_at = request.method != "HEAD" and media_type.endswith("json")
        check(
            Exchange(
                request.method,
                request.path,
                list(request.args.items(multi=True)),
                {name.lower(): value for name, value in request.headers.items()},
                _sent(request.environ["wsgi.input"]),
                answer.status_code,
                {name.lower(): value for name, value in answer.headers.items()},
                answer.data if looked_at or not media_type else None,
            )
        )
        return answer


def _sent(stream: Any) -> bytes:
    """What the service has read by now."""
    if stream.closed or not stream.seekable():
        return b""
    stream.seek(0)
    sent: bytes = stream.read()
    return sent


def pytest_configure() -> None:
    flask.Flask.test_client_class = HeldClient
