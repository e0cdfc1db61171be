"""What DynamoDB is asked for is what the docs say: a change that costs more shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults import units

if TYPE_CHECKING:
    from tests.faults.cases import Cases


def test_every_operation_costs_what_the_docs_say(cases: Cases) -> None:
    measured = units.section(cases)

    assert measured == units.published()
