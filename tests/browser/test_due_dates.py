"""A due date is a calendar day: the same one wherever somebody is."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.days import day
from tests.browser.todos import eventually, saved, saved_todo, seed

if TYPE_CHECKING:
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person

# The ends of the world and its middle: at any moment two of them have different days.
ZONES = ["Pacific/Pago_Pago", "Europe/London", "Pacific/Kiritimati"]


@pytest.mark.parametrize("zone", ZONES)
def test_today_is_the_day_of_the_persons_own_zone(
    browsers: Browsers, ada: Person, zone: str
) -> None:
    app = browsers.signed_in(ada, timezone_id=zone)
    app.add("Now today")
    app.add("Then tomorrow")

    eventually(
        lambda: {(t["title"], t["dueDate"]) for t in saved(ada)},
        {("Now", day(zone)), ("Then", day(zone, 1))},
    )
    app.view("Today")
    app.expect_titles("Now")
    app.view("Upcoming")
    app.expect_titles("Then")


@pytest.mark.parametrize("zone", ZONES)
def test_a_chosen_day_never_shifts(browsers: Browsers, ada: Person, zone: str) -> None:
    app = browsers.signed_in(ada, timezone_id=zone)
    app.add("Pay")
    details = app.open("Pay")
    details.due("2027-03-28")  # Europe's clocks change that night
    details.save()

    eventually(lambda: [t["dueDate"] for t in saved(ada)], ["2027-03-28"])
    app.expect_all_sent()  # or what may have arrived would be sent once more
    app.page.reload()
    expect(app.row("Pay")).to_contain_text("28 Mar")
    expect(app.open("Pay").field("Due date")).to_have_value("2027-03-28")


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_set_elsewhere_is_shown_as_it_is(browsers: Browsers, ada: Person, zone: str) -> None:
    seed(ada, "Dinner", dueDate="2027-01-01")
    app = browsers.signed_in(ada, timezone_id=zone)

    expect(app.row("Dinner")).to_contain_text("1 Jan")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", ["00:00:30", "23:59:00"])
def test_a_day_is_today_until_its_last_minute(
    browsers: Browsers, ada: Person, zone: str, hour: str
) -> None:
    today = day(zone)
    seed(ada, "Now", dueDate=today)
    app = browsers.open(timezone_id=zone)
    app.page.clock.install(time=f"{today}T{hour}{_offset(zone)}")
    app.sign_in(ada)
    app.view("Today")

    app.expect_titles("Now")


def test_what_is_due_today_is_overdue_after_midnight(browsers: Browsers, ada: Person) -> None:
    today = day("Europe/London")
    seed(ada, "Now", dueDate=today)
    app = browsers.open("/today", timezone_id="Europe/London")
    app.page.clock.install(time=f"{today}T23:59:00{_offset('Europe/London')}")
    app.page.reload()
    app.sign_in(ada)
    app.expect_titles("Now")
    app.page.clock.fast_forward("02:00")

    app.expect_titles()
    app.view("Overdue")
    app.expect_titles("Now")


def _offset(zone: str) -> str:
    noon = datetime.combine(date.fromisoformat(day(zone)), time(12), ZoneInfo(zone))
    return noon.isoformat()[-6:]


def test_a_year_of_six_digits_is_not_taken(browsers: Browsers, ada: Person) -> None:
    """A date field lets one type it, and the list could not show it."""
    seed(ada, "Dated", dueDate="2027-03-01")
    app = browsers.signed_in(ada)
    details = app.open("Dated")
    field = details.field("Due date")
    field.evaluate("(it) => { it.value = '20255-01-01'; it.dispatchEvent(new Event('input')); }")
    details.fill("Notes", "Changed too")
    details.save()

    eventually(lambda: saved_todo(ada, "Dated")["notes"], "Changed too")
    assert saved_todo(ada, "Dated")["dueDate"] == "2027-03-01"
    app.expect_titles("Dated")
