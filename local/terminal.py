"""What the person at the terminal reads."""

import sys
from contextlib import suppress
from typing import TextIO


def say(text: str) -> None:
    """Print a line of the program's own story, at once, even into a pipe."""
    _print(text, sys.stdout)


def complain(text: str) -> None:
    """Print what went wrong."""
    _print(text, sys.stderr)


def _print(text: str, stream: TextIO) -> None:
    # What no terminal of this encoding can show (a lone surrogate, `…` in ASCII) is spelled out: a
    # line that cannot be printed must not end the application.
    encoding = stream.encoding or "utf-8"
    printable = text.encode(encoding, "backslashreplace").decode(encoding)
    with suppress(OSError):  # the terminal or the pipe is gone; the application goes on
        print(printable, file=stream, flush=True)
