"""What each operation costs in DynamoDB, measured at the endpoint: `python -m tests.faults.units`
writes it into docs/api.md."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.cases import Cases, running
from tests.faults.meter import Meter
from tests.pair.operations import BODIES, OPERATIONS, ROOT

if TYPE_CHECKING:
    from tests.pair.operations import Operation
    from tests.pair.person import Person

PAGE = ROOT / "docs/api.md"
HEADING = "## Units\n"
TEXT = """
Read and write units of DynamoDB for one request of somebody with three to-dos of 0.4 KB and two
files. A test measures them: the writes are those of the emulator, the reads are counted from the
size of the items.

| operation | reads | writes |
|---|---|---|
"""
LARGE = BODIES["NewTodo"] | {"notes": "x" * 600}


def section(cases: Cases) -> str:
    rows = {str(operation): _cost(cases, operation) for operation in OPERATIONS}
    rows["listTodos, 50 of 0.9 KB"] = _cost_of_a_page(cases)
    lines = [f"| {name} | {cost.reads:g} | {cost.writes:g} |" for name, cost in rows.items()]
    return HEADING + TEXT + "\n".join(lines) + "\n"


def published() -> str:
    return HEADING + PAGE.read_text().partition(HEADING)[2]


def _cost(cases: Cases, operation: Operation) -> Meter:
    person = cases.pair.person()
    world = person.settle()
    meter = cases.endpoint.meters[person.sub] = Meter()
    answer = person.send(operation.request(world))
    assert answer.status in operation.successes, answer
    return meter


def _cost_of_a_page(cases: Cases) -> Meter:
    person = cases.pair.person()
    _fill(person)
    meter = cases.endpoint.meters[person.sub] = Meter()
    answer = person.ask("GET", "/me/todos?limit=50")
    assert len(answer.json["items"]) == 50
    return meter


def _fill(person: Person) -> None:
    for _ in range(51):
        answer = person.ask("POST", "/me/todos", LARGE, Content_Type="application/json")
        assert answer.status == 201, answer


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "units") as cases:
        measured = section(cases)
    PAGE.write_text(PAGE.read_text().partition(HEADING)[0] + measured)
