"""The routes of the contract (api.yaml): read the request, ask the store, answer."""

from typing import Annotated, Any

import orjson
from flask import Blueprint, Response, current_app, g, request
from pydantic import StringConstraints
from werkzeug.routing import BaseConverter

from . import attachments, aws, inputs
from .attachments import (
    Attachment,
    AttachmentNotFound,
    FileTooLarge,
    Limits,
    NewFile,
    QuotaExceeded,
    TooManyFiles,
    Upload,
    UploadMismatch,
    UploadMissing,
    UploadPending,
)
from .auth import KeysUnavailable, TokenRefused, Verifier
from .inputs import Query
from .problems import Problem
from .store import AttachmentStore

blueprint = Blueprint("files", __name__, url_prefix="/<user_id>")


class IdConverter(BaseConverter):
    """Ids have one spelling; another is a path that does not exist."""

    regex = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class ContentQuery(Query):
    inline: Annotated[str, StringConstraints(max_length=0)] | None = None


FILES = "/todos/<id:todo_id>/files"
FILE = f"{FILES}/<id:file_id>"
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
        503, "unavailable", "The files cannot be reached now.", headers={"Retry-After": "2"}
    ),
    AttachmentNotFound: Problem(404, "file-not-found", "There is no such file."),
    FileTooLarge: Problem(413, "file-too-large", "A file may have at most {} bytes."),
    TooManyFiles: Problem(
        409, "too-many-files", "A to-do may have at most {} files; delete one first."
    ),
    QuotaExceeded: Problem(
        409, "quota-exceeded", "All files together may have at most {} bytes; delete some first."
    ),
    UploadPending: Problem(409, "upload-pending", "The upload is not complete."),
    UploadMissing: Problem(409, "upload-missing", "The file has not been uploaded."),
    UploadMismatch: Problem(409, "upload-mismatch", "Other bytes were uploaded than announced."),
}
# The queries of the routes that take one.
QUERIES: dict[str, type[Query]] = {"files.get_file_content": ContentQuery}


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


@blueprint.get(FILES)
def list_files(todo_id: str) -> Response:
    found = _store().complete_ones(g.user, todo_id)
    return _json({"items": [_fields(attachment) for attachment in found]})


@blueprint.post(FILES)
def announce_file(todo_id: str) -> Response:
    limits: Limits = current_app.extensions["limits"]
    fields = inputs.body(NewFile, "application/json")
    attachment = attachments.announced(fields, todo_id, limits)
    _store().add(g.user, attachment, limits)
    upload = _store().upload(g.user, attachment)
    response = _json({"file": _fields(attachment), "upload": _upload_fields(upload)}, 201)
    response.headers["Location"] = f"{request.path}/{attachment.id}"
    return response


@blueprint.get(FILE)
def get_file(todo_id: str, file_id: str) -> Response:
    return _json(_fields(_store().get(g.user, todo_id, file_id)))


@blueprint.delete(FILE)
def delete_file(todo_id: str, file_id: str) -> Response:
    _store().delete(g.user, todo_id, file_id)
    return Response(status=204)


@blueprint.post(f"{FILE}/complete")
def complete_file(todo_id: str, file_id: str) -> Response:
    return _json(_fields(_store().complete(g.user, todo_id, file_id)))


@blueprint.get(f"{FILE}/content")
def get_file_content(todo_id: str, file_id: str) -> Response:
    attachment = _store().get(g.user, todo_id, file_id)
    download = _store().download(g.user, attachment, inline=g.query.inline is not None)
    if _asks_for_json():
        response = _json({"url": download.url, "expiresAt": download.expires_at})
    else:
        response = Response(status=302, headers={"Location": download.url})
    response.headers["Vary"] = "Accept"
    return response


@blueprint.get("/files/usage")
def get_files_usage() -> Response:
    limits: Limits = current_app.extensions["limits"]
    usage = _store().usage(g.user)
    return _json({"bytes": usage.bytes, "files": usage.files, "limitBytes": limits.user_bytes})


def _asks_for_json() -> bool:
    """By name: everything that follows redirections also takes "*/*"."""
    asked = request.accept_mimetypes
    return any(kind.lower() == "application/json" and quality > 0 for kind, quality in asked)


def _store() -> AttachmentStore:
    store: AttachmentStore = current_app.extensions["store"]
    return store


def _json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, content_type="application/json")


def _fields(attachment: Attachment) -> dict[str, object]:
    return {
        "id": attachment.id,
        "todoId": attachment.todo_id,
        "name": attachment.name,
        "contentType": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "status": "complete" if attachment.completed_at else "pending",
        "createdAt": attachment.created_at,
        "completedAt": attachment.completed_at,
    }


def _upload_fields(upload: Upload) -> dict[str, object]:
    return {
        "method": upload.method,
        "url": upload.url,
        "headers": upload.headers,
        "expiresAt": upload.expires_at,
    }
