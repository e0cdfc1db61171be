"""The list of to-dos against a plain-Python oracle, along many random ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)
from main_service import todos
from uuid_utils import uuid7

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from main_service.store import TodoStore
    from main_service.todos import Todo
    from werkzeug.test import TestResponse

Fields = dict[str, Any]

PATCH = "application/merge-patch+json"
WORDS = ["Straße", "STRASSE", "İstanbul", "milk", "Milk & honey", "🗒"]
DAYS = ["2026-01-01", "2026-01-02", "2026-02-01", "9999-12-31"]
LABELS = ["home", "Home", "milk"]
POSITIONS = ["a0", "a1", "a0V", "Zz", "g0Q00000"]
DEFAULTS: Fields = {
    "description": "",
    "notes": "",
    "dueDate": None,
    "completed": False,
    "priority": 0,
    "labels": [],
}

fields = st.fixed_dictionaries(
    {"title": st.sampled_from(WORDS)},
    optional={
        "description": st.sampled_from(["", *WORDS]),
        "notes": st.sampled_from(["", *WORDS]),
        "dueDate": st.sampled_from([None, *DAYS]),
        "completed": st.booleans(),
        "priority": st.integers(0, 3),
        "labels": st.lists(st.sampled_from(LABELS), unique=True),
        "position": st.sampled_from(POSITIONS),
    },
)
patches = fields.flatmap(
    lambda found: st.sets(st.sampled_from(sorted(found)), min_size=1).map(
        lambda names: {name: found[name] for name in names}
    )
)
queries = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["open", "done", "all", "trashed"]),
        "sort": st.sampled_from(["due", "created", "position"]),
        "limit": st.one_of(st.integers(1, 4), st.integers(5, 100)),
    },
    optional={
        "q": st.sampled_from(["strasse", "ß", "MILK", "&", "🗒", "nothing", "."]),
        "label": st.sampled_from(LABELS),
        "dueFrom": st.sampled_from(DAYS),
        "dueTo": st.sampled_from(DAYS),
    },
)
picks = st.integers(0, 1_000)
# In the order of creation, in none, and in none but beginning like a time.
ids = st.sampled_from("75r").map(
    lambda kind: str(uuid7()) if kind == "7" else ("00" if kind == "r" else "f0") + str(uuid4())[2:]
)


class Oracle:
    """What the list should hold: the to-dos as they were answered, by id."""

    def __init__(self) -> None:
        self.todos: dict[str, Fields] = {}

    def page(self, query: Fields) -> list[Fields]:
        found = [todo for todo in self.todos.values() if self._holds(todo, query)]
        if query["status"] == "trashed":
            return sorted(found, key=lambda todo: (todo["deletedAt"], todo["id"]), reverse=True)
        if query["sort"] == "position":
            return sorted(found, key=lambda todo: (todo["position"], todo["id"]))
        if query["sort"] == "created":
            return sorted(found, key=self._creation)
        done = [todo for todo in found if todo["completed"]]
        still_open = [todo for todo in found if not todo["completed"]]
        return [
            *sorted(still_open, key=lambda todo: (todo["dueDate"] or "never", todo["id"])),
            *sorted(done, key=lambda todo: (todo["completedAt"], todo["id"]), reverse=True),
        ]

    @staticmethod
    def _creation(todo: Fields) -> tuple[str, bool, str]:
        return todo["createdAt"], UUID(todo["id"]).version != 7, todo["id"]

    @staticmethod
    def _holds(todo: Fields, query: Fields) -> bool:
        trashed = todo["deletedAt"] is not None
        states = {"open": not todo["completed"], "done": todo["completed"], "all": True}
        texts = [todo["title"], todo["description"], todo["notes"], *todo["labels"]]
        due = todo["dueDate"]
        return (
            (trashed if query["status"] == "trashed" else not trashed and states[query["status"]])
            and ("label" not in query or query["label"] in todo["labels"])
            and ("q" not in query or any(query["q"].casefold() in t.casefold() for t in texts))
            and ("dueFrom" not in query or (due is not None and due >= query["dueFrom"]))
            and ("dueTo" not in query or (due is not None and due <= query["dueTo"]))
        )

    def outside_the_trash(self) -> list[str]:
        return [id_ for id_, todo in self.todos.items() if todo["deletedAt"] is None]

    def in_the_trash(self) -> list[str]:
        return [id_ for id_, todo in self.todos.items() if todo["deletedAt"] is not None]


class TodoList(RuleBasedStateMachine):
    """One person's list, reached over HTTP by somebody who may have fallen behind."""

    app: Flask
    store: TodoStore
    token: Callable[[str], str]

    def __init__(self) -> None:
        super().__init__()
        self.user, self.oracle = str(uuid4()), Oracle()
        self.client = self.app.test_client()
        self.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.token(self.user)}"

    # --- what the person does -------------------------------------------------------------------

    @rule(given=fields)
    def create(self, given: Fields) -> None:
        self._created(self.client.post("/me/todos", json=given), given)

    @rule(given=fields, id_=ids)
    def create_offline_and_repeat(self, given: Fields, id_: str) -> None:
        first, again = (self._put(id_, given, {"If-None-Match": "*"}) for _ in range(2))

        self._created(first, given)
        assert (again.status_code, again.get_json()) == (200, first.get_json())

    @precondition(lambda self: self.oracle.todos)
    @rule(pick=picks, given=fields)
    def create_over_another(self, pick: int, given: Fields) -> None:
        todo = self._any(list(self.oracle.todos), pick)
        given = given | {"title": "another"}

        answer = self._put(todo["id"], given, {"If-None-Match": "*"})

        assert answer.status_code == (200 if self._would_make(given, todo) else 409)

    @precondition(lambda self: self.oracle.todos)
    @rule(pick=picks, given=patches)
    def patch(self, pick: int, given: Fields) -> None:
        todo = self._any(list(self.oracle.todos), pick)

        self._changed(todo, self._patch(todo["id"], given, {}), given)

    @precondition(lambda self: self.oracle.todos)
    @rule(pick=picks, behind=st.integers(0, 3), given=patches)
    def patch_a_version(self, pick: int, behind: int, given: Fields) -> None:
        todo = self._any(list(self.oracle.todos), pick)
        tag = f'"{max(1, todo["version"] - behind)}"'
        answer = self._patch(todo["id"], given, {"If-Match": tag})

        if todo["deletedAt"] is None and tag != f'"{todo["version"]}"':
            assert answer.status_code == 412
        else:
            self._changed(todo, answer, given)

    @precondition(lambda self: self.oracle.outside_the_trash())
    @rule(pick=picks, ours=patches, theirs=patches)
    def patch_while_another_patches(self, pick: int, ours: Fields, theirs: Fields) -> None:
        """Between reading and writing ours, theirs is written; neither may be lost."""
        todo = self._any(self.oracle.outside_the_trash(), pick)
        rivals = iter([theirs])

        def change(current: Todo) -> Todo:
            for rival in rivals:
                self._changed(todo, self._patch(todo["id"], rival, {}), rival)
            return todos.patched(current, todos.TodoPatch.model_validate(ours))

        self.store.change(self.user, todo["id"], change, None)

        before = self.oracle.todos[todo["id"]]
        self._changed(before, self.client.get(f"/me/todos/{todo['id']}"), ours)

    @precondition(lambda self: self.oracle.todos)
    @rule(pick=picks, given=fields)
    def replace(self, pick: int, given: Fields) -> None:
        todo = self._any(list(self.oracle.todos), pick)

        answer = self._put(todo["id"], given, {"If-Match": f'"{todo["version"]}"'})

        self._changed(todo, answer, DEFAULTS | given)

    @precondition(lambda self: self.oracle.todos)
    @rule(pick=picks)
    def trash(self, pick: int) -> None:
        todo = self._any(list(self.oracle.todos), pick)

        answer = self.client.delete(f"/me/todos/{todo['id']}")

        assert answer.status_code == (404 if todo["deletedAt"] else 204)
        self._learn_of_the_trash([] if todo["deletedAt"] else [todo["id"]])

    @precondition(lambda self: self.oracle.todos)
    @rule(pick=picks)
    def restore(self, pick: int) -> None:
        todo = self._any(list(self.oracle.todos), pick)

        answer = self.client.post(f"/me/todos/{todo['id']}/restore")

        assert answer.status_code == 200
        self._versions_agree(todo, answer.get_json(), {"deletedAt": None})

    @rule()
    def trash_what_is_done(self) -> None:
        done = [id_ for id_ in self.oracle.outside_the_trash() if self._todo(id_)["completed"]]

        assert self.client.delete("/me/todos?status=done").status_code == 204

        self._learn_of_the_trash(done)

    @rule()
    def empty_the_trash(self) -> None:
        assert self.client.delete("/me/todos?status=trashed").status_code == 204

        for id_ in self.oracle.in_the_trash():
            del self.oracle.todos[id_]

    # --- what the person then sees --------------------------------------------------------------

    @rule(query=queries)
    def look_through_a_list(self, query: Fields) -> None:
        assert self._list(query) == self.oracle.page(query)

    @precondition(lambda self: self.oracle.todos)
    @rule(pick=picks)
    def look_at_one(self, pick: int) -> None:
        todo = self._any(list(self.oracle.todos), pick)

        answer = self.client.get(f"/me/todos/{todo['id']}")

        assert answer.status_code == (404 if todo["deletedAt"] else 200)
        assert todo["deletedAt"] or answer.get_json() == todo

    def teardown(self) -> None:
        for status in ("all", "trashed"):
            for sort in ("due", "created", "position"):
                query = {"status": status, "sort": sort, "limit": 2}
                assert self._list(query) == self.oracle.page(query)
        exported = self.client.get("/me/todos/export").get_json()
        assert exported == self.oracle.page({"status": "all", "sort": "created"})

    # --- how -------------------------------------------------------------------------------------

    def _todo(self, id_: str) -> Fields:
        return self.oracle.todos[id_]

    def _any(self, ids: list[str], pick: int) -> Fields:
        return self._todo(ids[pick % len(ids)])

    def _put(self, id_: str, given: Fields, headers: dict[str, str]) -> TestResponse:
        return self.client.put(f"/me/todos/{id_}", json=given, headers=headers)

    def _patch(self, id_: str, given: Fields, headers: dict[str, str]) -> TestResponse:
        path = f"/me/todos/{id_}"
        return self.client.patch(path, json=given, headers=headers, content_type=PATCH)

    def _list(self, query: Fields) -> list[Fields]:
        found: list[Fields] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.client.get("/me/todos", query_string=query | cursor).get_json()
            assert len(page["items"]) <= query["limit"]
            found += page["items"]
            if page["nextCursor"] is None:
                return found
            cursor = {"cursor": page["nextCursor"]}

    def _created(self, answer: TestResponse, given: Fields) -> None:
        todo = answer.get_json()
        expected = DEFAULTS | {"position": todo["position"]} | given
        assert answer.status_code == 201
        assert {name: todo[name] for name in expected} == expected
        assert (todo["version"], todo["deletedAt"]) == (1, None)
        assert (todo["completedAt"] is not None) == todo["completed"]
        self.oracle.todos[todo["id"]] = todo

    def _changed(self, before: Fields, answer: TestResponse, given: Fields) -> None:
        if before["deletedAt"]:
            assert answer.status_code == 404
        else:
            assert answer.status_code == 200
            self._versions_agree(before, answer.get_json(), given)

    def _versions_agree(self, before: Fields, after: Fields, given: Fields) -> None:
        """After is before with what was given, one version later if that is a difference."""
        moments = {name: after[name] for name in ("updatedAt", "completedAt")}
        expected = before | given
        if expected != before:
            expected |= moments | {"version": before["version"] + 1}
        assert after == expected
        assert (after["completedAt"] is not None) == after["completed"]
        assert not before["completed"] or after["completedAt"] in {before["completedAt"], None}
        self.oracle.todos[before["id"]] = after

    @staticmethod
    def _would_make(given: Fields, todo: Fields) -> bool:
        made = DEFAULTS | given
        return todo["deletedAt"] is None and all(todo[name] == made[name] for name in made)

    def _learn_of_the_trash(self, expected: list[str]) -> None:
        """Only the trash itself tells when something was put there."""
        query = {"status": "trashed", "sort": "due", "limit": 100}
        trashed = {todo["id"]: todo for todo in self._list(query)}
        assert set(trashed) == {*self.oracle.in_the_trash(), *expected}
        for id_ in expected:
            assert trashed[id_]["deletedAt"] == trashed[id_]["updatedAt"]
            moments = {name: trashed[id_][name] for name in ("deletedAt", "updatedAt")}
            after = self._todo(id_) | moments | {"version": self._todo(id_)["version"] + 1}
            assert trashed[id_] == after
            self.oracle.todos[id_] = after


def test_the_list_is_what_the_oracle_says(
    app: Flask, store: TodoStore, token: Callable[[str], str]
) -> None:
    machine = type(
        "Machine", (TodoList,), {"app": app, "store": store, "token": staticmethod(token)}
    )

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.generate],
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
