"""`python -m deploy COMMAND`: what the targets of the Makefile call, with make's variables."""

import os
import signal
import sys

if __name__ == "__main__":
    # A pipeline that is cancelled sends SIGTERM: the same as Ctrl-C. A script that starts us in the
    # background would have us ignore the latter.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        from deploy.commands import main

        sys.exit(main(sys.argv[1:], os.environ))
    except KeyboardInterrupt:  # while Python still imported
        sys.exit(130)
