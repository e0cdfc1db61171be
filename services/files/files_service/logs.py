"""Logs: JSON lines on stdout, one a request, with nothing in them that is private.

Also the request's id, which the caller gets back in `X-Request-Id` and each line carries.
"""

import hashlib
import json
import logging
import re
import sys
import time
import uuid
from datetime import UTC, datetime

from flask import Flask, Response, g, request

SERVICE = __name__.partition("_")[0]
# 64 characters keep every request's line under 300 bytes.
REQUEST_ID = re.compile(r"[A-Za-z0-9._:=;-]{1,64}")
# The load balancer puts its own "Self=…;" before the root, which is what all hops have in common.
TRACE_ROOT = re.compile(r"(?:^|;)(Root=[A-Za-z0-9-]{1,59})(?:;|$)")

logger = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """A record as one line of JSON; `extra={"fields": {…}}` takes the place of a message."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": moment[:-6] + "Z", "level": record.levelname, "service": SERVICE}
        line |= getattr(record, "fields", None) or {"message": record.getMessage()}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, separators=(",", ":"))


def configure(level: str) -> None:
    """Send everything to stdout. Only the service's own logger takes `level`: the others would
    write request bodies at DEBUG."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(__package__).setLevel(level)


def register(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_finish)


def log_failure(error: Exception) -> None:
    """Log an error that nobody expected, with its traceback, beside the request's line."""
    fields = {"requestId": g.request_id, "message": "unexpected error"}
    logger.error("", exc_info=error, extra={"fields": fields})


def _begin() -> None:
    g.started = time.perf_counter()
    g.request_id = _request_id()


def _request_id() -> str:
    given = request.headers.get("X-Request-Id", "")
    if REQUEST_ID.fullmatch(given):
        return given
    traced = TRACE_ROOT.search(request.headers.get("X-Amzn-Trace-Id", ""))
    return traced[1] if traced else str(uuid.uuid4())


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    # The load balancer asks for /health several times a minute, in every task.
    level = logging.DEBUG if request.path == "/health" else logging.INFO
    if logger.isEnabledFor(level):
        logger.log(level, "", extra={"fields": _line(response)})
    return response


def _line(response: Response) -> dict[str, object]:
    user = g.get("user")
    return {
        "requestId": g.request_id,
        "route": request.url_rule.rule if request.url_rule else None,
        "method": request.method,
        "status": response.status_code,
        "durationMs": round((time.perf_counter() - g.started) * 1000, 1),
        "user": hashlib.sha256(user.encode()).hexdigest()[:16] if user else None,
        "bytes": None if response.is_streamed else response.calculate_content_length(),
    }
