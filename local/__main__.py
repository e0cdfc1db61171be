"""`python -m local`: from the first moment on, Ctrl-C is a way to leave and no error."""

import signal
import sys
from types import FrameType


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    # Only now: importing takes half a second, in which Ctrl-C would print a traceback.
    from local.commands import main, only_this_machine

    sys.exit(main(sys.argv[1:], only_this_machine()))
