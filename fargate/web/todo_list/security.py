"""What is refused: other hosts' names, forms without a token, and by browsers all but the page."""

from flask import Flask, Response, request
from flask_wtf import CSRFProtect
from werkzeug.sansio.utils import host_is_trusted

from .config import Config

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
YEAR = 365 * 24 * 3600  # seconds
HEALTH = "/health"  # the load balancer asks for it by the task's address
BODY = 16 * 1024  # bytes: the longest title, percent-encoded, is a seventh of it


class HostRefused(Exception):
    """It was asked for by a name that is not its own, such as a page's whose name leads here."""


def register(app: Flask, config: Config) -> None:
    app.config.update(
        SECRET_KEY=config.secret_key,
        # The prefix makes browsers refuse it from anybody but this very host, by https.
        SESSION_COOKIE_NAME="__Host-todo" if config.https else "todo",
        SESSION_COOKIE_SECURE=config.https,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=BODY,
        MAX_FORM_MEMORY_SIZE=BODY,
        MAX_FORM_PARTS=10,
        # A page may stay open overnight; its token ends with the browser's session.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.before_request(lambda: _know_host(config.hosts))
    CSRFProtect(app)
    app.after_request(_protect)
    if config.https:
        app.after_request(_stay_with_https)


def _know_host(hosts: list[str]) -> None:
    """Otherwise a foreign page, once its name leads here, would be of one origin with the list."""
    asked = request.headers.get("Host", "").lower()
    if request.path != HEALTH and not host_is_trusted(asked, hosts):
        raise HostRefused


def _protect(response: Response) -> Response:
    response.headers.update(HEADERS)
    # Pages hold everybody's tasks and somebody's token; the style sheet is asked about each time.
    response.headers["Cache-Control"] = "no-cache" if request.endpoint == "static" else "no-store"
    return response


def _stay_with_https(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    return response
