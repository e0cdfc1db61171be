"""What the person at the terminal reads."""

import sys
from contextlib import suppress


def say(text: str) -> None:
    """Print a line of the program's own story, at once, even into a pipe."""
    with suppress(BrokenPipeError):  # nobody reads any more; the application goes on
        print(text, flush=True)  # noqa: T201  the one place that writes to the terminal


def complain(text: str) -> None:
    """Print what went wrong."""
    with suppress(BrokenPipeError):
        print(text, file=sys.stderr, flush=True)  # noqa: T201  as above
