"""Logs: JSON lines on stdout, one a request, with nothing in them that somebody typed."""

import json
import logging
import secrets
import sys
import time
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Flask, Response, g, request

from .security import HEALTH

logger = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """A record as one line of JSON; `extra={"fields": {…}}` takes the place of a message."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": moment[:-6] + "Z", "level": record.levelname}
        line |= getattr(record, "fields", None) or {"message": record.getMessage()}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, separators=(",", ":"))


def configure(level: str) -> None:
    """Send everything to stdout; only the application's own loggers take `level`."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(__package__).setLevel(level)
    # It reports each attempt to reconnect; pages and /health say already that it is away.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)


def register(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_finish)


def _begin() -> None:
    g.started = time.perf_counter()
    g.request = secrets.token_hex(8)  # the lines about one request have it in common


def _finish(response: Response) -> Response:
    # The load balancer and the container's own check ask for /health many times a minute.
    usual = request.path == HEALTH and response.status_code == HTTPStatus.OK
    level = logging.DEBUG if usual else logging.INFO
    fields = {
        "request": g.request,
        "route": request.url_rule.rule if request.url_rule else None,
        "method": request.method,
        "status": response.status_code,
        "durationMs": round((time.perf_counter() - g.started) * 1000, 1),
    }
    logger.log(level, "", extra={"fields": fields})
    response.headers["X-Request-Id"] = g.request
    return response
