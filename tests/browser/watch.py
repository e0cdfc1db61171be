"""What must never happen while somebody uses the website, looked for in every test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError

# Tells of each violation of the policy, before any script of the page can run.
TELL = """
addEventListener('securitypolicyviolation', (event) => {
  console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""


class Watch:
    """Collects errors, violations of the policy, and requests to anybody but our own servers."""

    def __init__(self, context: BrowserContext, origins: set[str]) -> None:
        self._origins = origins
        self._expected: list[str] = []
        self._found: list[str] = []
        context.add_init_script(TELL)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("page", self._page)

    def expect(self, pattern: str) -> None:
        """Let errors pass that a test provokes."""
        self._expected.append(pattern)

    def found(self, pattern: str) -> list[str]:
        """What of it has been collected."""
        return [text for text in self._found if re.search(pattern, text)]

    def check(self) -> None:
        unexpected = [
            text
            for text in self._found
            if not any(re.search(pattern, text) for pattern in self._expected)
        ]
        assert unexpected == [], unexpected

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "assert"}:
            self._found.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    def _error(self, error: WebError) -> None:
        self._found.append(f"uncaught: {error.error}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith(
            (*(f"{origin}/" for origin in self._origins), "data:", "blob:")
        ):
            self._found.append(f"foreign request: {request.method} {request.url}")

    def _page(self, page: Page) -> None:
        page.on("crash", lambda _: self._found.append("the page crashed"))
