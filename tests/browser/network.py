"""The network between a page and the servers: gone, slow or failing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Request, Route

    from tests.browser.watch import Watch

READS = {"GET", "HEAD"}


class Network:
    """What stands between one page and the servers."""

    def __init__(self, page: Page, api_url: str, watch: Watch) -> None:
        self._page = page
        self._watch = watch
        self._api = f"{api_url}/**"

    def offline(self) -> None:
        self._watch.expect("ERR_INTERNET_DISCONNECTED")
        self._page.context.set_offline(offline=True)

    def online(self) -> None:
        self._page.context.set_offline(offline=False)

    def slow(self, *, latency_ms: float = 0, bytes_a_second: float | None = None) -> None:
        """Delay each answer, or let only so many bytes through; nothing makes it fast again."""
        devtools = self._page.context.new_cdp_session(self._page)
        devtools.send("Network.enable")
        devtools.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": latency_ms,
                "downloadThroughput": -1 if bytes_a_second is None else bytes_a_second,
                "uploadThroughput": -1 if bytes_a_second is None else bytes_a_second,
            },
        )

    def fail(
        self, status: int, *, times: int | None = None, reads: bool = False, word: str = ""
    ) -> list[int]:
        """Let the API answer changes, or all, with an error; gives those given so far."""
        given: list[int] = []
        type_ = f"urn:todo-on-ecs:problem:{word}" if word else "about:blank"

        def answer(route: Route) -> None:
            is_change = route.request.method not in READS | {"OPTIONS"}
            if (reads or is_change) and (times is None or len(given) < times):
                given.append(status)
                route.fulfill(
                    status=status,
                    headers={"Access-Control-Allow-Origin": "*"},
                    content_type="application/problem+json",
                    body=json.dumps({"type": type_, "title": "Trouble", "status": status}),
                )
            else:
                route.continue_()

        self.route(answer)
        return given

    def route(self, handle: Callable[[Route], None]) -> None:
        self._page.route(self._api, handle)

    def hold(self, *, reads: bool = False) -> list[Route]:
        """Keep changes, or all, from arriving until each is let go on."""
        held: list[Route] = []

        def keep(route: Route) -> None:
            if route.request.method in READS | {"OPTIONS"} and not reads:
                route.continue_()
            else:
                held.append(route)

        self.route(keep)
        return held

    def works(self) -> None:
        """The API answers again."""
        self._page.unroute(self._api)

    def sent(self, *methods: str) -> list[str]:
        found: list[str] = []

        def note(request: Request) -> None:
            if request.method in methods:
                found.append(f"{request.method} {request.url}")

        self._page.on("request", note)
        return found
