"""The person's own data, to take away."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.todos import seed

if TYPE_CHECKING:
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person


@pytest.fixture
def exported(browsers: Browsers, ada: Person, request: pytest.FixtureRequest) -> str:
    seed(ada, "Grüße, 你好", dueDate="2027-03-14", labels=["home"])
    app = browsers.signed_in(ada)
    return Path(app.export(request.param)).read_text("utf-8-sig")


@pytest.mark.parametrize("exported", ["Export as JSON"], indirect=True)
def test_json_holds_everything(exported: str) -> None:
    assert "Grüße, 你好" in json.dumps(json.loads(exported), ensure_ascii=False)


@pytest.mark.parametrize("exported", ["Export as CSV (spreadsheet)"], indirect=True)
def test_csv_holds_a_row_for_each(exported: str) -> None:
    (row,) = csv.DictReader(exported.splitlines())

    assert "Grüße, 你好" in row.values()


@pytest.mark.parametrize("exported", ["Export as ICS (calendar)"], indirect=True)
def test_ics_is_a_calendar(exported: str) -> None:
    assert exported.startswith("BEGIN:VCALENDAR")
    assert "SUMMARY:Grüße\\, 你好" in exported


def test_an_export_waits_for_what_is_being_sent(browsers: Browsers, ada: Person) -> None:
    app = browsers.signed_in(ada)
    held = app.network.hold()
    with app.page.expect_request(lambda request: request.method == "PUT"):
        app.add("Just written")
    with app.page.expect_download() as download:
        app.more("Export as JSON")
        app.expect_heard("Preparing the export")
        held[0].continue_()

    assert "Just written" in Path(download.value.path()).read_text()


def test_an_export_tells_of_what_cannot_be_sent(browsers: Browsers, ada: Person) -> None:
    seed(ada, "Was there before")
    app = browsers.signed_in(ada)
    app.watch.expect("status of 503")
    app.network.fail(503)
    app.add("Just written")

    assert "Was there before" in app.export("Export as JSON").read_text()
    app.expect_told("1 change is not sent yet and may be missing in the file.")
