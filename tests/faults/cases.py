"""One operation in one kind of trouble: what is answered, and what is left behind."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.servers import listening
from tests.faults.trouble import ANY, Endpoint, Fault
from tests.pair.running import Pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.pair.operations import Operation, Request, World
    from tests.pair.person import Answer, Person

    Case = Callable[[Operation, Fault], str]

LONGEST_SECONDS = 6
UNAVAILABLE = 503
TELLING = {f"urn:todo-on-ecs:problem:{slug}" for slug in ("unavailable", "not-all-done")}
# Repeated after they were done without a word, these say that there is nothing left to do.
GONE = {"deleteTodo", "deleteFile"}
# The server gives a new id each time: whoever minds doubles creates by PUT.
DOUBLING = {"createTodo": "todos", "announceFile": "files"}


class Broken(AssertionError):
    """The operation did not survive the trouble as it should."""


@dataclass(frozen=True)
class Reference:
    """What the operation does when all is well: how many calls it makes, what it leaves."""

    calls: int
    state: dict[str, Any]


class Cases:
    """Runs cases against one pair of services; safe to use from many threads."""

    def __init__(self, pair: Pair, endpoint: Endpoint) -> None:
        self.pair, self.endpoint = pair, endpoint
        self._references: dict[str, Reference] = {}
        self._lock = threading.Lock()

    def run(self, operation: Operation, kind: str) -> list[str]:
        """Every case of the operation and the kind; gives what the answers were."""
        case = self._write if operation.writes else self._reading()
        return [case(operation, fault) for fault in self._faults(operation, kind)]

    def reference(self, operation: Operation) -> Reference:
        with self._lock:
            if str(operation) not in self._references:
                self._references[str(operation)] = self._measured(operation)
            return self._references[str(operation)]

    def _faults(self, operation: Operation, kind: str) -> Iterator[Fault]:
        for first in range(1, self.reference(operation).calls + 1):
            yield Fault(kind, first)  # and ever after
            yield Fault(kind, first, first)  # and then no more

    def _measured(self, operation: Operation) -> Reference:
        person = self.pair.person()
        world = person.settle()
        counted = self.endpoint.faults[person.sub] = Fault("reset", first=ANY)
        answer = person.send(operation.request(world))
        del self.endpoint.faults[person.sub]
        _hold(answer.status in operation.successes, operation, counted, answer)
        return Reference(counted.calls, self._state(person, world))

    def _reading(self) -> Case:
        """What only reads leaves a person as they were, so one is enough for all cases."""
        person = self.pair.person()
        world = person.settle()
        before = self.pair.emulated.kept(person.sub)

        def read(operation: Operation, fault: Fault) -> str:
            answer, told = self._asked(operation, fault, person, operation.request(world))
            same = self.pair.emulated.kept(person.sub) == before
            _hold(same, operation, fault, "a read has changed something")
            if answer.status == UNAVAILABLE:
                again = person.send(operation.request(world))
                _hold(again.status in operation.successes, operation, fault, again)
            return told

        return read

    def _write(self, operation: Operation, fault: Fault) -> str:
        person = self.pair.person()
        world = person.settle()
        request = operation.request(world)
        answer, told = self._asked(operation, fault, person, request)
        if answer.status == UNAVAILABLE:
            again = person.send(request)
            done = operation.successes | ({404} if operation.id in GONE else set())
            _hold(again.status in done, operation, fault, again)
        self._compare(operation, fault, self._state(person, world))
        return told

    def _asked(
        self, operation: Operation, fault: Fault, person: Person, request: Request
    ) -> tuple[Answer, str]:
        self.endpoint.faults[person.sub] = fault
        started = time.monotonic()
        answer = person.send(request)
        seconds = time.monotonic() - started
        del self.endpoint.faults[person.sub]
        _hold(seconds < LONGEST_SECONDS, operation, fault, f"took {seconds:.1f} s")
        _check(operation, fault, answer)
        return answer, f"{answer.status} after {seconds:.1f} s"

    def _compare(self, operation: Operation, fault: Fault, state: dict[str, Any]) -> None:
        expected = self.reference(operation).state
        doubled = DOUBLING.get(operation.id)
        for name, value in state.items():
            wanted = expected[name]
            if name == doubled:
                # The operation added the last one; done twice, it added two of the kind.
                extra = len(value) - len(wanted)
                _hold(extra in {0, 1}, operation, fault, f"{name}: {value}, not {wanted}")
                value, wanted = sorted(set(value)), sorted(set(wanted))  # noqa: PLW2901
            _hold(value == wanted, operation, fault, f"{name}: {value}, not {wanted}")

    def _state(self, person: Person, world: World) -> dict[str, Any]:
        """What the person has, in words that are the same for everybody."""
        todos = [
            (status, todo["title"], todo["completed"])
            for status in ("all", "trashed")
            for todo in person.ask("GET", f"/me/todos?status={status}").json["items"]
        ]
        kept = self.pair.emulated.kept(person.sub)
        files = [item for item in kept["files"] if item["sk"]["S"].startswith("F#")]
        usage = person.ask("GET", "/me/files/usage").json
        sizes = sum(int(item["size"]["N"]) for item in files)
        if (usage["files"], usage["bytes"]) != (len(files), sizes):
            raise Broken(f"the quota says {usage}, but there are {len(files)} of {sizes} bytes")
        for path in kept["objects"]:
            if not any(path.endswith(item["sk"]["S"].rpartition("#")[2]) for item in files):
                raise Broken(f"nobody knows of the object {path}")
        shown = person.ask("GET", f"/me/todos/{world.todo}/files").json["items"]
        return {
            "todos": sorted(todos),
            "files": sorted("completedAt" in item for item in files),
            "shown": len(shown),
        }


def _check(operation: Operation, fault: Fault, answer: Answer) -> None:
    if answer.status in operation.successes:
        return
    _hold(answer.status == UNAVAILABLE, operation, fault, answer)
    _hold(fault.last > fault.first, operation, fault, "gave up after one fault")
    _hold(int(answer.headers.get("retry-after", "0")) > 0, operation, fault, "no Retry-After")
    _hold(answer.json["type"] in TELLING, operation, fault, answer.text)
    _hold("secret" not in answer.text, operation, fault, "tells AWS's words")


def _hold(condition: object, operation: Operation, fault: Fault, what: object) -> None:
    if not condition:
        raise Broken(f"{operation}, {fault}: {what}")


@contextmanager
def running(folder: Path) -> Iterator[Cases]:
    """Start everything, with the endpoint where the services expect AWS."""
    pair = Pair(folder)
    try:
        background = pair.emulated.background
        endpoint = background.make(lambda: Endpoint(pair.emulated.url))
        background.closing(endpoint.close)
        pair.endpoint = f"http://127.0.0.1:{background.enter(listening(endpoint.handle))}"
        yield Cases(pair.start(), endpoint)
    finally:
        pair.stop()
