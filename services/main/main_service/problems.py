"""Every error is answered as problem details (RFC 9457), with nothing of its inside in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import orjson
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from . import logs

# Types of the errors that Flask raises itself.
SLUGS = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    413: "content-too-large",
    500: "internal-error",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request: where (a JSON pointer, or a parameter's or header's name)
    and what, never the value itself."""

    pointer: str
    detail: str


class Problem(Exception):
    """An error answer. The slug names its type for good: clients rely on it."""

    def __init__(
        self,
        status: int,
        slug: str,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(slug)
        self.status, self.slug, self.detail = status, slug, detail
        self.faults, self.headers = faults, headers or {}


def register(app: Flask, refusals: Mapping[type[Exception], Problem]) -> None:
    """Answer every error; `refusals` says how those of the lower layers are answered, with what
    they were raised with in the detail's `{}`."""

    def refuse(raised: Exception) -> Response:
        known = refusals[type(raised)]
        detail = known.detail.format(*raised.args)
        return answer(
            Problem(known.status, known.slug, detail, faults=known.faults, headers=known.headers)
        )

    for error in refusals:
        app.register_error_handler(error, refuse)
    app.register_error_handler(Problem, answer)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unexpected)


def answer(problem: Problem) -> Response:
    body: dict[str, object] = {
        "type": f"urn:todo-on-ecs:problem:{problem.slug}",
        "title": problem.slug.replace("-", " ").capitalize(),
        "status": problem.status,
        "detail": problem.detail,
        "instance": quote(request.path),
        "requestId": g.request_id,
    }
    if problem.faults:
        body["errors"] = problem.faults
    return Response(
        orjson.dumps(body),
        problem.status,
        problem.headers,
        content_type="application/problem+json",
    )


def _answer_http(error: HTTPException) -> Response:
    status = error.code or 500
    slug = SLUGS.get(status, f"http-{status}")
    # Only 405 brings a header of its own: Allow.
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return answer(Problem(status, slug, error.description or slug, headers=headers))


def _answer_unexpected(error: Exception) -> Response:
    logs.log_failure(error)
    detail = "Something went wrong here. Quote the request's id when you report it."
    return answer(Problem(500, "internal-error", detail))
