"""Every error is a page that says what to do, with nothing of its inside in it."""

import logging
import traceback

from flask import Flask, Response, g, make_response, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from .database import DatabaseUnavailable
from .security import HostRefused
from .store import TaskNotFound

TEXTS = {
    400: ("That was not understood", "Go back to the list and try again."),
    404: ("There is no such page", "The task may have been deleted meanwhile."),
    405: ("That cannot be done here", "Go back to the list and try again."),
    413: ("That was too much", "A task has at most 200 characters."),
    500: ("Something went wrong here", "Look at the list before you try again: it may be done."),
    503: (
        "The list cannot be reached just now",
        "Try again in a few seconds. Sending something again adds it only once.",
    ),
}
UNSIGNED = (
    "That page was too old",
    "Its cookie is gone, or cookies are switched off. Open the list anew and try again.",
)
MISDIRECTED = (
    "This is not the address of the list",
    "Somebody has led you here by another name. Open the list by its own address.",
)
RETRY_AFTER = "5"  # seconds

logger = logging.getLogger(__name__)


def register(app: Flask) -> None:
    app.register_error_handler(CSRFError, _unsigned)
    app.register_error_handler(HostRefused, _misdirected)
    app.register_error_handler(TaskNotFound, _not_found)
    app.register_error_handler(DatabaseUnavailable, _unavailable)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _unexpected)


def _page(status: int, texts: tuple[str, str]) -> Response:
    heading, text = texts
    return make_response(render_template("error.html", heading=heading, text=text), status)


def _unsigned(_: CSRFError) -> Response:
    return _page(400, UNSIGNED)


def _misdirected(_: HostRefused) -> Response:
    return _page(421, MISDIRECTED)


def _not_found(_: TaskNotFound) -> Response:
    return _page(404, TEXTS[404])


def _unavailable(error: DatabaseUnavailable) -> Response:
    cause = type(error.__cause__).__name__
    fields = {"request": g.request, "message": f"no database ({cause})"}
    logger.warning("", extra={"fields": fields})
    response = _page(503, TEXTS[503])
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def _refused(error: HTTPException) -> Response:
    status = error.code or 500
    response = _page(status, TEXTS.get(status, TEXTS[400]))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    # Where it happened and of which kind, but not its text: PostgreSQL's quotes what was typed.
    trace = traceback.format_tb(error.__traceback__)
    fields = {"request": g.request, "error": type(error).__qualname__, "trace": "".join(trace)}
    logger.error("", extra={"fields": fields})
    return _page(500, TEXTS[500])
