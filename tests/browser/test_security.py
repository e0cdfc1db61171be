"""What a hostile to-do, page or neighbour at the same machine could try."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.todos import saved_todo, seed

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person

HOSTILE = [
    "<img src=x onerror=\"document.title='owned'\">",
    "<script>document.title='owned'</script>",
    "javascript:document.title='owned'",
    "\u202egnp.exe & <b>bold</b> &amp; {{7*7}} ${7*7}",
    "'\"><svg onload=document.title='owned'>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_looks_like_html_is_text(browsers: Browsers, ada: Person, text: str) -> None:
    seed(ada, text, description=text, notes=text, labels=[text[:40]])
    app = browsers.signed_in(ada)
    app.expect_titles(text)
    details = app.open(text)
    expect(details.field("Notes")).to_have_value(text)
    details.leave()
    app.search(text)
    app.expect_titles(text)
    app.delete(text)

    assert app.page.title() != "owned"
    assert app.page.locator("main img, main script, main svg[onload], main b").count() == 0


@pytest.mark.parametrize("text", HOSTILE[:2])
def test_an_address_that_looks_like_html_is_text(
    browsers: Browsers, ada: Person, text: str
) -> None:
    app = browsers.signed_in(ada, f"/open?q={text}&label={text}&todo={text}")

    expect(app.main).to_be_visible()
    assert app.page.title() != "owned"


# In a call of its own: what the debugging protocol calls directly may use eval.
SMUGGLE = """() => new Promise((done) => setTimeout(() => {
  window.ran = [];
  const inline = document.createElement('script');
  try { inline.text = "ran.push('inline')"; document.body.append(inline); } catch {}
  try { eval("ran.push('eval')"); } catch {}
  try { document.body.insertAdjacentHTML('beforeend', '<p id=injected>'); } catch {}
  const link = document.createElement('a');
  link.href = "javascript:ran.push('link')";
  document.body.append(link);
  link.click();
  done();
}))"""


def test_no_script_runs_that_was_not_built(app: App) -> None:
    """The policy holds: what it stops is told, as by each test's watch."""
    app.watch.expect("policy violated|Content Security Policy|Trusted(HTML|Script)")
    app.page.evaluate(SMUGGLE)

    assert app.page.evaluate("() => window.ran") == []
    expect(app.page.locator("#injected")).to_have_count(0)
    assert app.watch.found("policy violated")


def test_no_token_lies_where_scripts_read_it(app: App, ada: Person) -> None:
    stored = app.page.evaluate(
        "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )
    kept = app.everything_kept()

    for secret in ("eyJ", "refresh", "Token", ada.password):
        assert secret not in stored
    assert "eyJ" not in kept
    assert ada.password not in kept


def test_the_page_cannot_be_framed(app: App) -> None:
    app.watch.expect("frame|policy violated")
    answer = app.page.request.get("/")

    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"


def test_source_maps_are_not_published(app: App) -> None:
    scripts = app.page.evaluate(
        "() => performance.getEntriesByType('resource').map((each) => each.name)"
    )
    built = [each for each in scripts if "/assets/" in each]

    assert built
    for address in built:
        assert "sourceMappingURL" not in app.page.request.get(address).text()
        assert app.page.request.get(f"{address}.map").status == 404


def test_a_link_into_somebody_elses_todo_shows_nothing(
    browsers: Browsers, ada: Person, bob: Person
) -> None:
    seed(ada, "Private matter")
    todo = saved_todo(ada, "Private matter")
    app = browsers.signed_in(bob, f"/open?todo={todo['id']}")

    expect(app.page.get_by_text("This to-do is not here any more.")).to_be_visible()
    expect(app.page.get_by_text("Private matter")).to_have_count(0)
