"""What the person at the terminal, or the log of a pipeline, reads."""

import os
import sys
from typing import TextIO


class Refused(Exception):
    """It cannot be done; the text is one line that says why, and what to do."""


def say(text: str) -> None:
    """Print a line at once, even into a pipe."""
    _print(text, sys.stdout)


def complain(text: str) -> None:
    """Print what went wrong, as one line, whatever a message of AWS holds."""
    _print(" ".join(text.split()), sys.stderr)


def _print(text: str, stream: TextIO) -> None:
    # What this encoding does not have (`…` in ASCII) is spelled out.
    encoding = stream.encoding or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
    except OSError:
        # The reader has gone (`… | head`) or the disk is full: let the end of Python not try again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise


def ask(question: str) -> str:
    """What the person types; nothing when nobody can."""
    if not sys.stdin.isatty():
        return ""
    say(question)
    return sys.stdin.readline().strip()
