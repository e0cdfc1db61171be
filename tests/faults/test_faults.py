"""AWS in every kind of trouble, at every call of every operation: an answer in time that says so,
nothing half written, and all well when it is tried again."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.faults.trouble import KINDS
from tests.pair.operations import OPERATIONS, Operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.cases import Cases

# No more at once than a service has threads, or they would wait for each other.
AT_ONCE = 7

Outcomes = dict[tuple[str, str], "Future[list[str]]"]


@pytest.fixture(scope="module")
def outcomes(cases: Cases, request: pytest.FixtureRequest) -> Iterator[Outcomes]:
    """All cases that were asked for, side by side: most of their time they wait."""
    wanted = [
        (found["operation"], found["kind"])
        for item in request.session.items
        if (found := getattr(getattr(item, "callspec", None), "params", {})).keys()
        >= {"operation", "kind"}
    ]
    slow_first = sorted(wanted, key=lambda pair: pair[1] != "silence")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            (str(operation), kind): pool.submit(cases.run, operation, kind)
            for operation, kind in slow_first
        }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_an_operation_survives_trouble_at_each_of_its_calls(
    outcomes: Outcomes, cases: Cases, operation: Operation, kind: str
) -> None:
    answers = outcomes[str(operation), kind].result()

    assert len(answers) == 2 * cases.reference(operation).calls
    assert answers
