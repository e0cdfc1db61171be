"""What a request may bring: bodies and queries, read strictly, refused by name."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any, TypeVar
from urllib.parse import unquote_to_bytes

import orjson
from flask import Flask, Response, current_app, g, request
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from werkzeug.exceptions import RequestEntityTooLarge

from .problems import Fault, Problem

FAULTS_SHOWN = 20
POINTER_LENGTH = 100  # characters; the name of an unknown field or parameter is the caller's

DRAINED = 10_485_760  # bytes; API Gateway lets no larger body through
CHUNK = 65_536

Model = TypeVar("Model", bound=BaseModel)


class Query(BaseModel):
    """A query string's parameters. One without any is this class itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _digits(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"0|[1-9][0-9]{0,9}", value):
        raise PydanticCustomError("digits", "Input should be a whole number")
    return value


# Pydantic alone would also take " 5 ", "5.0" and the digits of other scripts.
QueryInteger = Annotated[int, BeforeValidator(_digits)]


def register(app: Flask) -> None:
    app.after_request(_drain)


def query(model: type[Model]) -> Model:
    """The query string as a model; a parameter that is unknown or given twice is refused."""
    if unreadable := list(_unreadable()):
        raise invalid([Fault(name, "Not UTF-8") for name in unreadable])
    given = request.args.to_dict(flat=False)
    if twice := [name for name, values in given.items() if len(values) > 1]:
        raise invalid([Fault(name, "Given twice") for name in twice])
    try:
        return model.model_validate({name: values[0] for name, values in given.items()})
    except ValidationError as error:
        raise invalid([_fault(e, "") for e in _errors(error)]) from None


def _unreadable() -> Iterator[str]:
    """The names of parameters that are not UTF-8; Flask would read something else into them."""
    for pair in request.query_string.split(b"&"):
        try:
            unquote_to_bytes(pair).decode()
        except UnicodeDecodeError:
            yield unquote_to_bytes(pair.partition(b"=")[0]).decode(errors="replace")


def body(model: type[Model], media_type: str) -> Model:
    """The JSON body as a model; `media_type` is the only one accepted."""
    _refuse_compression()
    if request.mimetype != media_type:
        detail = f"Send the body as {media_type}."
        raise Problem(415, "unsupported-media-type", detail)
    try:
        return model.model_validate(_json(_text()))
    except ValidationError as error:
        raise invalid([_fault(e, "/") for e in _errors(error)]) from None


def _refuse_compression() -> None:
    if (request.content_encoding or "identity").lower() != "identity":
        raise Problem(
            415,
            "unsupported-content-encoding",
            "Send the body without a Content-Encoding.",
            faults=[Fault("Content-Encoding", "Not identity")],
            headers={"Accept-Encoding": "identity"},
        )


def _text() -> bytes:
    try:
        text = request.get_data(cache=False)
    except ParseException:
        raise Problem(400, "malformed-body", "The body's chunks are malformed.") from None
    if len(text) == current_app.config["MAX_CONTENT_LENGTH"]:
        raise RequestEntityTooLarge
    return text


def invalid(faults: list[Fault]) -> Problem:
    detail = "The request is not valid; see errors."
    shown = [Fault(each.pointer[:POINTER_LENGTH], each.detail) for each in faults[:FAULTS_SHOWN]]
    return Problem(400, "invalid-request", detail, faults=shown)


def _drain(response: Response) -> Response:
    """Read what nobody wanted of the body. With more than 64 KB unread, gunicorn would close a
    connection that it has just promised to keep, and the balancer's next request on it would
    fail. Strangers could hold a thread by sending slowly, so theirs is left to gunicorn."""
    if g.get("user") and request.environ.get("wsgi.input_terminated"):
        left = DRAINED
        with suppress(ParseException):
            while left > 0 and (chunk := request.environ["wsgi.input"].read(CHUNK)):
                left -= len(chunk)
    return response


def _json(text: bytes) -> object:
    """Parse twice: orjson refuses what is not JSON or not Unicode (NaN, lone surrogates), and
    only the standard library shows that a key comes twice."""
    try:
        orjson.loads(text)
        return json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise Problem(400, "malformed-json", "The body is not well-formed JSON.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key comes twice")
    return found


def _errors(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False, include_context=False, include_input=False)


def _fault(error: ErrorDetails, separator: str) -> Fault:
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in error["loc"]]
    pointer = "".join(f"{separator}{step}" for step in steps)
    # What pydantic says of a body that is no object names our class.
    said = "Input should be an object" if error["type"] == "model_type" else error["msg"]
    return Fault(pointer, said)
