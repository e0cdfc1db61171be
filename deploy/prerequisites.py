"""What a first deployment needs of the others, whichever of them comes first."""

import time
from collections.abc import Callable, Mapping

from deploy import images, stacks
from deploy.account import Account
from deploy.settings import SERVICES, Settings
from deploy.terminal import Refused, say

POLL_SECONDS = 5


def await_for_core(
    account: Account, settings: Settings, tags: Mapping[str, str], minutes: int
) -> None:
    """Wait for the website's stack, and for an image of each service without a tag."""

    def missing() -> list[str]:
        website = _output(account, settings.website, "WebsiteUrl")
        lacking = [] if website else [f"the stack {settings.website} (make deploy-website)"]
        without = [name for name in SERVICES if name not in tags]
        return lacking + [
            f"an image of {name} in ECR (make push-image)"
            for name in without
            if not images.listed(account, name)
        ]

    _wait(missing, minutes, f"The first deployment of {settings.stack}")


def await_core(account: Account, settings: Settings, minutes: int) -> None:
    """Wait for the core, whose addresses the pages need."""

    def missing() -> list[str]:
        core = _output(account, settings.stack, "ApiUrl")
        return [] if core else [f"the stack {settings.stack} (make deploy-core)"]

    _wait(missing, minutes, "A website that can be used")


def newest(account: Account) -> dict[str, str]:
    """Each service's newest image, of those that have one."""
    found = {name: images.listed(account, name) for name in SERVICES}
    return {name: listed[0].tag for name, listed in found.items() if listed}


def _output(account: Account, name: str, output: str) -> str | None:
    """An output of a stack, if it is there; refuse a stack that failed."""
    stack = stacks.find(account, name)
    if stack and not stack.status.endswith("_IN_PROGRESS"):
        stacks.check_ready(account, stack)
    return stack.outputs.get(output) if stack else None


def _wait(missing: Callable[[], list[str]], minutes: int, what: str) -> None:
    """Wait until nothing is missing; refuse with what still is after these minutes."""
    deadline = time.monotonic() + 60 * minutes
    said: list[str] = []
    while lacking := missing():
        if time.monotonic() >= deadline:
            raise Refused(f"{what} needs {' and '.join(lacking)}: repeat when that is there.")
        if lacking != said:
            say(f"Waiting for {' and '.join(lacking)}")
            said = lacking
        time.sleep(POLL_SECONDS)
