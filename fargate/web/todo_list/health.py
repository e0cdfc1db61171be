"""`python -m todo_list.health`: the container's check, for an image without curl."""

import sys
import urllib.error
import urllib.request
from http import HTTPStatus

ADDRESS = "http://127.0.0.1:5000/health"
SECONDS = 4


def main() -> int:
    try:
        with urllib.request.urlopen(ADDRESS, timeout=SECONDS) as answer:
            return int(answer.status != HTTPStatus.OK)
    except (urllib.error.URLError, TimeoutError):
        return 1


if __name__ == "__main__":
    sys.exit(main())
