"""What the program itself has to log: into a file, for the terminal is the person's."""

import logging
from copy import copy
from pathlib import Path

from aiohttp import ClientError
from aiohttp.http import HttpProcessingError
from aiohttp.web import RequestPayloadError

# What a client can cause with a request that is no HTTP, or by leaving.
CLIENTS_DOING = (ClientError, ConnectionError, HttpProcessingError, RequestPayloadError)


class Brief(logging.Formatter):
    """One line for what a client has done; what we have done keeps its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, CLIENTS_DOING):
            return super().format(record)
        line = copy(record)
        line.exc_info = line.exc_text = None
        return f"{super().format(line)}: {' '.join(str(error).split())}"


def keep(path: Path) -> None:
    """Send all logs to a file from now on."""
    handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace", delay=True)
    handler.setFormatter(Brief("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
