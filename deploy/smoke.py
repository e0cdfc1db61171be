"""The smoke test: the API is there, and lets nobody in without a token."""

import http.client
import time
import urllib.error
import urllib.request

from deploy.terminal import Refused, say

PATH = "/me/todos"
# A new API's name takes a moment to be known everywhere.
PATIENCE_SECONDS = 60
PAUSE_SECONDS = 3


def smoke_test(api_url: str, patience: float = PATIENCE_SECONDS) -> None:
    """Refuse any answer but 401; a missing one and a 5XX may become right."""
    url = api_url.rstrip("/") + PATH
    deadline = time.monotonic() + patience
    while (seen := _status(url)) != "401":
        passing = not seen.isdigit() or seen.startswith("5")
        if not passing or time.monotonic() > deadline:
            raise Refused(
                f"The smoke test failed: GET {url} without a token must be answered 401, "
                f"not {seen}."
            )
        time.sleep(PAUSE_SECONDS)
    say(f"Smoke test passed: GET {url} without a token is answered 401.")


def _status(url: str) -> str:
    """The answer's status, or why there is none."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  the stack's own output
            return str(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return str(error.code)
    except urllib.error.URLError as error:
        return str(error.reason)
    except (OSError, http.client.HTTPException) as error:
        return str(error)
