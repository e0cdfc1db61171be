"""Lighthouse's four figures, and no first view that waits for more than it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.ports import free_port
from tests.browser import chromium, lighthouse
from tests.browser.app import App
from tests.browser.todos import seed
from tests.browser.watch import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserType

    from tests.e2e.stack import Person, Stack

LEAST = 95
# The machine is shared: what other checks take from it is no property of the website. So the first
# try says how fast it is just now, and the next ones make it only as slow as a telephone.
TRIES = 4


@pytest.mark.parametrize("path", ["/sign-in", "/open"])
def test_lighthouse_finds_little_to_improve(
    browser_type: BrowserType, stack: Stack, ada: Person, tmp_path: Path, path: str
) -> None:
    seed(ada, *(f"To-do {number}" for number in range(20)))
    port = free_port()
    context = browser_type.launch_persistent_context(
        tmp_path / "profile",
        executable_path=chromium.executable(),
        args=[*chromium.ARGUMENTS, f"--remote-debugging-port={port}"],
        base_url=stack.outputs["WebsiteUrl"],
    )
    try:
        app = App(context.pages[0], Watch(context, set()), stack)
        if path != "/sign-in":
            app.page.goto("/")
            app.sign_in(ada)
        url = stack.outputs["WebsiteUrl"] + path
        best = _best(url, port, tmp_path)
    finally:
        context.close()

    scores = lighthouse.scores(best)
    assert min(scores.values()) >= LEAST, (scores, lighthouse.shortcomings(best))


def _best(url: str, port: int, folder: Path) -> dict[str, object]:
    report: dict[str, object] = {}
    slowdown = lighthouse.SLOWDOWN
    for number in range(TRIES):
        measured = lighthouse.measure(url, port, folder / f"report-{number}.json", slowdown)
        if measured is None:
            continue
        slowdown = lighthouse.slowdown(measured)
        if not report or sum(lighthouse.scores(measured).values()) > sum(
            lighthouse.scores(report).values()
        ):
            report = measured
        if min(lighthouse.scores(report).values()) >= LEAST:
            break
    assert report, "Lighthouse has measured nothing; what it says stands above"
    return report
