"""Every error is a page that says what to do, with nothing of its inside in it."""

import logging

from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from .database import DatabaseUnavailable
from .store import TaskNotFound

TEXTS = {
    400: ("That was not understood", "Go back to the list and try again."),
    404: ("There is no such page", "The task may have been deleted meanwhile."),
    405: ("That cannot be done here", "Go back to the list and try again."),
    413: ("That was too much", "A task has at most 200 characters."),
    500: ("Something went wrong here", "Nothing was changed. Try again later."),
    503: (
        "The list cannot be reached just now",
        "Try again in a few seconds. Sending something again adds it only once.",
    ),
}
UNSIGNED = (
    "That page was too old",
    "Its cookie is gone, or cookies are switched off. Open the list anew and try again.",
)
RETRY_AFTER = "5"  # seconds

logger = logging.getLogger(__name__)


def register(app: Flask) -> None:
    app.register_error_handler(CSRFError, _unsigned)
    app.register_error_handler(TaskNotFound, _not_found)
    app.register_error_handler(DatabaseUnavailable, _unavailable)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _unexpected)


def _page(status: int, texts: tuple[str, str]) -> Response:
    heading, text = texts
    return make_response(render_template("error.html", heading=heading, text=text), status)


def _unsigned(_: CSRFError) -> Response:
    return _page(400, UNSIGNED)


def _not_found(_: TaskNotFound) -> Response:
    return _page(404, TEXTS[404])


def _unavailable(error: DatabaseUnavailable) -> Response:
    cause = type(error.__cause__).__name__
    logger.warning("%s %s: no database (%s)", request.method, request.url_rule, cause)
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
    logger.error("unexpected error", exc_info=error)
    return _page(500, TEXTS[500])
