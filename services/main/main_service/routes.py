"""The routes of the contract (api.yaml): read the request, ask the store, answer."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, current_app, g, request, stream_with_context
from pydantic import Field
from werkzeug.routing import BaseConverter

from . import aws, formats, inputs, logs, todos
from .auth import KeysUnavailable, TokenRefused, Verifier
from .inputs import Query, QueryInteger
from .problems import Fault, Problem
from .selection import Selection, Sort, Status
from .store import CursorRefused, TodoStore
from .todos import (
    DueDate,
    IdTaken,
    NewTodo,
    NotAllDone,
    Todo,
    TodoNotFound,
    TodoPatch,
    TooManyTodos,
    TooManyWriters,
    VersionMismatch,
)

TAG = r'\s*(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"\s*'
ENTITY_TAGS = re.compile(f"{TAG}(?:,{TAG})*")
STRONG_VERSION = re.compile(r'(?<!W/)"([1-9][0-9]{0,15})"')

blueprint = Blueprint("todos", __name__)


class IdConverter(BaseConverter):
    """Ids have one spelling; another is a path that does not exist."""

    regex = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class ListQuery(Query):
    status: Status = "open"
    sort: Sort = "due"
    q: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    label: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    due_from: DueDate | None = Field(default=None, alias="dueFrom")
    due_to: DueDate | None = Field(default=None, alias="dueTo")
    limit: Annotated[QueryInteger, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, Field(min_length=1, max_length=512)] | None = None

    def selection(self) -> Selection:
        return Selection(
            self.status, self.sort, self.q, self.label, due_from=self.due_from, due_to=self.due_to
        )


class BulkQuery(Query):
    status: Literal["done", "trashed"]


class ExportQuery(Query):
    format: Literal["json", "csv", "ics"] = "json"


# What the layers below refuse, and how that is answered.
REFUSALS = {
    TokenRefused: Problem(
        401,
        "invalid-token",
        "Send a valid access token.",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    ),
    KeysUnavailable: Problem(
        503, "unavailable", "Tokens cannot be checked now.", headers={"Retry-After": "10"}
    ),
    aws.Unavailable: Problem(
        503, "unavailable", "The to-dos cannot be reached now.", headers={"Retry-After": "2"}
    ),
    TodoNotFound: Problem(404, "todo-not-found", "There is no such to-do."),
    VersionMismatch: Problem(412, "version-mismatch", "The to-do has changed; read it again."),
    TooManyWriters: Problem(409, "write-conflict", "Others keep changing the to-do; try again."),
    IdTaken: Problem(409, "id-taken", "There is another to-do under this id, or in the trash."),
    TooManyTodos: Problem(
        409, "too-many-todos", "You may have {} to-dos, those in the trash included."
    ),
    NotAllDone: Problem(
        503,
        "not-all-done",
        "There was time for a part of the to-dos; send the request again.",
        headers={"Retry-After": "1"},
    ),
    CursorRefused: inputs.invalid([Fault("cursor", "Not a cursor of this list")]),
}
# The queries of the routes that take one.
QUERIES: dict[str, type[Query]] = {
    "todos.list_todos": ListQuery,
    "todos.delete_todos": BulkQuery,
    "todos.export_todos": ExportQuery,
}


@blueprint.url_value_preprocessor
def take_owner(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Views get no owner from the path: it only has to agree with the token's subject."""
    g.owner = values.pop("user_id") if values else None


@blueprint.before_request
def authorise() -> None:
    """No route can forget who may ask: the owner in the path, and nobody else."""
    verifier: Verifier = current_app.extensions["verifier"]
    g.user = verifier.subject(request.headers.get("Authorization"))
    if g.owner not in ("me", g.user):
        raise Problem(403, "forbidden", "The path is another user's.")


@blueprint.before_request
def read_query() -> None:
    """No route can forget to refuse a parameter that it does not know."""
    g.query = inputs.query(QUERIES.get(request.endpoint or "", Query))


def health() -> Response:
    return _json({"status": "ok"})


@blueprint.get("/<user_id>/todos")
def list_todos() -> Response:
    query: ListQuery = g.query
    page = _store().page(g.user, query.selection(), query.limit, query.cursor)
    response = _json({"items": [formats.fields(t) for t in page.todos], "nextCursor": page.cursor})
    if page.cursor:
        following = query.model_dump(by_alias=True, exclude_unset=True) | {"cursor": page.cursor}
        response.headers["Link"] = f'<{request.path}?{urlencode(following)}>; rel="next"'
    return response


@blueprint.post("/<user_id>/todos")
def create_todo() -> Response:
    todo = todos.created(inputs.body(NewTodo, "application/json"))
    _store().add(g.user, todo)
    response = _answer(todo, 201)
    response.headers["Location"] = f"{request.path}/{todo.id}"
    return response


@blueprint.delete("/<user_id>/todos")
def delete_todos() -> Response:
    query: BulkQuery = g.query
    if query.status == "done":
        _store().trash_done(g.user)
    else:
        _store().empty_trash(g.user)
    return Response(status=204)


@blueprint.get("/<user_id>/todos/export")
def export_todos() -> Response:
    query: ExportQuery = g.query
    format_ = formats.FORMATS[query.format]
    pieces = formats.in_pieces(format_.write(_store().each(g.user)))
    # What fails before the first piece is still answered as a problem.
    body = stream_with_context(_streamed(next(pieces), pieces))
    response = Response(body, content_type=format_.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="todos.{query.format}"'
    return response


@blueprint.get("/<user_id>/todos/<id:todo_id>")
def get_todo(todo_id: str) -> Response:
    todo = _store().get(g.user, todo_id)
    if request.if_none_match.contains_weak(str(todo.version)):
        return Response(status=304, headers={"ETag": _etag(todo)})
    return _answer(todo)


@blueprint.put("/<user_id>/todos/<id:todo_id>")
def put_todo(todo_id: str) -> Response:
    fields = inputs.body(NewTodo, "application/json")
    if _creates():
        return _create(todo_id, fields)
    change = partial(todos.replaced, fields=fields)
    return _answer(_store().change(g.user, todo_id, change, _if_match()))


@blueprint.patch("/<user_id>/todos/<id:todo_id>")
def patch_todo(todo_id: str) -> Response:
    patch = inputs.body(TodoPatch, "application/merge-patch+json")
    change = partial(todos.patched, patch=patch)
    return _answer(_store().change(g.user, todo_id, change, _if_match()))


@blueprint.delete("/<user_id>/todos/<id:todo_id>")
def delete_todo(todo_id: str) -> Response:
    _store().change(g.user, todo_id, todos.trashed, _if_match())
    return Response(status=204)


@blueprint.post("/<user_id>/todos/<id:todo_id>/restore")
def restore_todo(todo_id: str) -> Response:
    return _answer(_store().restore(g.user, todo_id))


def _creates() -> bool:
    """Whether a PUT is to create: it says so, or says what it replaces."""
    match, none_match = (request.headers.get(name) for name in ("If-Match", "If-None-Match"))
    if match is None and none_match is None:
        detail = "Send If-None-Match: * to create, or If-Match to replace."
        raise Problem(428, "precondition-required", detail)
    if match is not None and none_match is not None:
        raise inputs.invalid([Fault("If-None-Match", "Not together with If-Match")])
    if none_match is not None and none_match.strip() != "*":
        raise inputs.invalid([Fault("If-None-Match", "Not *")])
    return match is None


def _create(todo_id: str, fields: NewTodo) -> Response:
    todo = todos.created(fields, todo_id)
    if existing := _store().put(g.user, todo, fields):
        return _answer(existing)
    response = _answer(todo, 201)
    response.headers["Location"] = request.path
    return response


def _streamed(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """An error breaks the connection off, so that half a download never looks like a whole one."""
    yield first
    try:
        yield from pieces
    except Exception as error:
        logs.log_failure(error)
        raise


def _store() -> TodoStore:
    store: TodoStore = current_app.extensions["store"]
    return store


def _if_match() -> frozenset[int] | None:
    """The versions that If-Match allows, None for any. Weak tags and foreign ones match none."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    if not ENTITY_TAGS.fullmatch(header):
        raise inputs.invalid([Fault("If-Match", "Neither * nor a list of entity tags")])
    return frozenset(int(version) for version in STRONG_VERSION.findall(header))


def _answer(todo: Todo, status: int = 200) -> Response:
    response = _json(formats.fields(todo), status)
    response.headers["ETag"] = _etag(todo)
    return response


def _etag(todo: Todo) -> str:
    return f'"{todo.version}"'


def _json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, content_type="application/json")
