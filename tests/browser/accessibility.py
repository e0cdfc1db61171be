"""axe-core in the page, in both colour schemes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from tests.e2e.stack import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
  const { violations } = await axe.run(document, {
    runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'], preload: false,
  });
  return violations;
}"""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def assert_accessible(page: Page) -> None:
    """No violation in the state that the page is in, neither in light nor in dark."""
    found = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        # By the debugging protocol, which the page's policy does not bind.
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(AXE.read_text())
        for violation in page.evaluate(RUN, STANDARDS):
            found[f"{scheme}: {violation['help']}"] = [_told(node) for node in violation["nodes"]]
    assert found == {}, (page.url, found)


def _told(node: dict[str, Any]) -> str:
    return f"{node['html']} {node['failureSummary']}"
