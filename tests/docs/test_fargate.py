"""docs/fargate.md counts right, and says the same of the first system as docs/cost.md."""

from __future__ import annotations

import re

import pytest

from tests.docs.test_cost import FIXED, PRICES, number, tables, value
from tests.pair.operations import ROOT

PAGE = (ROOT / "docs" / "fargate.md").read_text()
ROWS = tables(PAGE)
OWN = {row["name"].strip("`"): number(row["$"]) for row in ROWS if "$" in row}
PARTS = [row for row in ROWS if row.get("formula")]
(TOTAL,) = (number(row["$ a month"]) for row in ROWS if row.get("what") == "**all**")
TASK = value(PARTS[0]["formula"], OWN)
SIDE_BY_SIDE = {row[""]: list(row.values())[1:] for row in ROWS if "" in row}


def test_the_month_adds_up() -> None:
    amounts = [value(row["formula"], {**PRICES, **OWN}) for row in PARTS]

    assert [number(row["$ a month"]) for row in PARTS] == [
        pytest.approx(amount, abs=0.006) for amount in amounts
    ]
    assert pytest.approx(sum(amounts), abs=0.006) == TOTAL


def test_every_price_is_used_and_none_is_given_twice() -> None:
    formulas = " ".join(row["formula"] for row in PARTS)

    assert [name for name in OWN if not re.search(rf"\b{name}\b", formulas)] == []
    assert set(OWN).isdisjoint(PRICES)


def test_the_two_systems_are_compared_by_their_sums() -> None:
    (gateway,) = (row for row in FIXED if row.get("mode") == "`NatGateway`")
    instances = 2 * 730 * PRICES["instance"] + 2 * 30 * PRICES["disk"]

    assert SIDE_BY_SIDE["a month, idle"] == [f"{gateway['with all the above']} $", f"{TOTAL} $"]
    assert SIDE_BY_SIDE["of that, what computes"] == [f"{instances:.2f} $", f"{TASK:.2f} $"]
    assert SIDE_BY_SIDE["one more task"][1].startswith(f"{TASK:.2f} $")


def test_what_is_said_of_more_tasks_is_so() -> None:
    instances = 2 * 730 * PRICES["instance"] + 2 * 30 * PRICES["disk"]
    (four,) = re.findall(r"four of these tasks, with as much memory, are ([\d.]+) \$", PAGE)
    ((formula, amount),) = re.findall(r"would be `(.+)`, ([\d.]+), for the same list", PAGE)

    assert 3 * TASK < instances < 4 * TASK
    assert float(four) == pytest.approx(4 * TASK, abs=0.006)
    assert float(amount) == pytest.approx(value(formula, OWN), abs=0.006)


@pytest.mark.parametrize(
    ("file", "setting", "said"),
    [
        ("web/gunicorn.conf.py", r"^threads = (\d+)", r"(\d+) requests that are sent slowly"),
        ("infrastructure/task.py", r"^LOCK = (\d+)", r"waits (\d+) s for the lock"),
        ("infrastructure/balancer.py", r"deregistration_delay=.*\((\d+)\)", r"one has (\d+) s for"),
    ],
)
def test_a_number_of_the_code_is_told_as_it_is(file: str, setting: str, said: str) -> None:
    (number_there,) = re.findall(setting, (ROOT / "fargate" / file).read_text(), re.MULTILINE)

    assert re.findall(said, PAGE) == [number_there]
