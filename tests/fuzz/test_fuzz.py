"""Schemathesis against both services behind the load balancer, as two people."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.fuzz import configuration
from tests.pair.operations import OPERATIONS, Operation
from tests.pair.running import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator


SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")


class Run:
    """One run of schemathesis, and what the two people had before it."""

    def __init__(self, pair: Pair, folder: Path) -> None:
        self.pair = pair
        self.people = {"alice": pair.person(), "bob": pair.person()}
        for person in self.people.values():
            person.settle()
        # A third person, whose token nobody uses: nothing of hers may change.
        self.bystander = pair.person()
        self.bystander.settle()
        self.before = pair.emulated.kept(self.bystander.sub)
        configuration.write(folder, self.people)
        self.events_file = folder / "events.ndjson"
        self.process = subprocess.run(
            [
                *(SCHEMATHESIS, "--config-file", folder / "schemathesis.toml", "run"),
                *(folder / "api.json", "--url", f"http://127.0.0.1:{pair.balancer_port}"),
                *("--checks", "all", "--continue-on-failure", "--output-sanitize", "false"),
                *("--report", "ndjson", "--report-ndjson-path", self.events_file),
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def answers(self, operation: Operation) -> dict[tuple[str, str], set[int]]:
        """The statuses that each path of an operation has had for each person."""
        names = {f"Bearer {person.token}": name for name, person in self.people.items()}
        pattern = re.compile(re.sub(r"\{\w+\}", "[^/?]+", operation.path.replace("{userId}", "me")))
        found: dict[tuple[str, str], set[int]] = {}
        for sent, status in self._exchanges():
            path = urlsplit(sent["uri"]).path
            if sent["method"] == operation.method and pattern.fullmatch(path):
                token = next(iter(sent["headers"].get("Authorization", [])), "")
                found.setdefault((path, names.get(token, "nobody")), set()).add(status)
        return found

    def _exchanges(self) -> Iterator[tuple[dict[str, Any], int]]:
        for event in map(json.loads, self.events_file.read_text().splitlines()):
            recorder = event.get("ScenarioFinished", {}).get("recorder", {})
            for found in recorder.get("interactions", {}).values():
                yield found["request"], (found.get("response") or {}).get("status_code", 0)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    pair = Pair(tmp_path_factory.mktemp("pair"))
    try:
        yield Run(pair.start(), tmp_path_factory.mktemp("fuzz"))
    finally:
        pair.stop()


def test_both_services_do_what_the_contract_says(run: Run) -> None:
    assert run.process.returncode == 0, run.process.stdout + run.process.stderr


def test_nothing_of_a_bystanders_has_changed(run: Run) -> None:
    assert run.pair.emulated.kept(run.bystander.sub) == run.before


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_operation_was_also_asked_for_rightly(run: Run, operation: Operation) -> None:
    statuses = set().union(*run.answers(operation).values())

    assert statuses & operation.successes
    assert statuses & {400, 401, 403, 404, 405, 409, 415}


@pytest.mark.parametrize("name", ["getTodo", "getFile"])
def test_what_one_person_could_read_was_refused_to_the_other(run: Run, name: str) -> None:
    """Schemathesis's check of object-level authorization was not idle."""
    (operation,) = (found for found in OPERATIONS if found.id == name)
    answers = run.answers(operation)

    tried = [
        path
        for path, person in answers
        if person == "alice" and 200 in answers[path, "alice"] and (path, "bob") in answers
    ]
    assert tried
    assert [answers[path, "bob"] for path in tried] == [{404}] * len(tried)
