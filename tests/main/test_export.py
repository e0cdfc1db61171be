"""Downloads of everything."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import icalendar
import pytest
from main_service import formats, todos
from main_service.aws import Unavailable
from main_service.todos import NewTodo
from werkzeug.test import create_environ, run_wsgi_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from main_service.store import TodoStore
    from main_service.todos import Todo
    from werkzeug.test import TestResponse

ALICE = "a11ce000-0000-4000-8000-000000000001"
FULL: dict[str, Any] = {
    "title": "Grüße; 👋, senden\\n" + "ß" * 100,
    "description": 'an "alle"\r\nheute,\x07 bald',
    "notes": "Zeile 1\nZeile 2\t…",
    "dueDate": "2026-02-28",
    "completed": True,
    "priority": 3,
    "labels": ["home, sweet", "später"],
}


def export(client: FlaskClient, format_: str) -> TestResponse:
    answer = client.get(f"/me/todos/export?format={format_}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="todos.{format_}"'
    return answer


def rows(client: FlaskClient) -> list[dict[str, str]]:
    text = export(client, "csv").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def entries(client: FlaskClient) -> list[Any]:
    calendar = icalendar.Calendar.from_ical(export(client, "ics").data)
    assert (calendar["VERSION"], calendar.errors) == ("2.0", [])
    return list(calendar.walk("VTODO"))


@pytest.fixture
def some(alice: FlaskClient, bob: FlaskClient) -> list[dict[str, Any]]:
    bob.post("/me/todos", json={"title": "bob's"})
    made = [
        alice.post("/me/todos", json=fields).get_json()
        for fields in (FULL, {"title": "trashed"}, {"title": "plain"})
    ]
    alice.delete(f"/me/todos/{made[1]['id']}")
    return [made[0], made[2]]


def test_json_holds_everything_outside_the_trash_oldest_first(
    alice: FlaskClient, some: list[dict[str, Any]]
) -> None:
    answer = export(alice, "json")

    assert answer.mimetype == "application/json"
    assert answer.get_json() == some
    assert alice.get("/me/todos/export").data == answer.data


def test_nothing_is_an_empty_download(alice: FlaskClient) -> None:
    assert export(alice, "json").get_json() == []
    assert rows(alice) == []
    assert entries(alice) == []


def test_csv_holds_what_a_person_wrote(alice: FlaskClient, some: list[dict[str, Any]]) -> None:
    answer = export(alice, "csv")
    full, plain = rows(alice)

    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbfid,title,description,")
    assert (full["title"], full["description"]) == (FULL["title"], FULL["description"])
    assert (full["notes"], full["dueDate"]) == (FULL["notes"], FULL["dueDate"])
    assert full["labels"].split("\n") == FULL["labels"]
    assert (full["completed"], full["priority"]) == ("true", "3")
    assert full["completedAt"] == some[0]["completedAt"]
    assert plain | {"title": "plain", "dueDate": "", "completed": "false", "labels": ""} == plain


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_csv_cell_is_never_a_formula(alice: FlaskClient, first: str) -> None:
    text = f'{first}HYPERLINK("http://x")'
    alice.post(
        "/me/todos", json={"title": text, "description": text, "notes": text, "labels": [text[:40]]}
    )

    (row,) = rows(alice)

    assert {row[name] for name in ("title", "description", "notes", "labels")} == {f"'{text}"}


@pytest.mark.parametrize("first", ["\t", "\r", "\n", "\r\n"])
def test_a_csv_cell_does_not_hide_a_formula(alice: FlaskClient, first: str) -> None:
    alice.post("/me/todos", json={"title": "x", "notes": f"{first}=1+1"})

    assert rows(alice)[0]["notes"] == f"'{first}=1+1"


def test_a_calendar_holds_what_a_person_wrote(
    alice: FlaskClient, some: list[dict[str, Any]]
) -> None:
    full, plain = entries(alice)

    assert full["SUMMARY"] == FULL["title"]
    assert full["DESCRIPTION"] == 'an "alle"\nheute, bald\n\nZeile 1\nZeile 2\t…'
    assert (full["DUE"].dt, full["PRIORITY"]) == (date(2026, 2, 28), 1)
    assert [str(label) for label in full["CATEGORIES"].cats] == FULL["labels"]
    assert (full["STATUS"], plain["STATUS"]) == ("COMPLETED", "NEEDS-ACTION")
    completed = datetime.fromisoformat(some[0]["completedAt"]).replace(microsecond=0)
    assert full["COMPLETED"].dt == completed.astimezone(UTC)
    assert [full["UID"], plain["UID"]] == [todo["id"] for todo in some]
    assert not {"DUE", "PRIORITY", "DESCRIPTION", "CATEGORIES", "COMPLETED"} & set(plain)


@pytest.mark.parametrize(("priority", "expected"), [(1, 9), (2, 5), (3, 1)])
def test_a_calendars_priorities_run_the_other_way(
    alice: FlaskClient, priority: int, expected: int
) -> None:
    alice.post("/me/todos", json={"title": "x", "priority": priority})

    assert entries(alice)[0]["PRIORITY"] == expected


def test_a_calendars_lines_are_short_and_end_as_they_should(
    alice: FlaskClient, some: list[dict[str, Any]]
) -> None:
    data = export(alice, "ics").data

    assert some
    assert data.endswith(b"END:VCALENDAR\r\n")
    lines = data.split(b"\r\n")
    assert max(len(line) for line in lines) == 75
    assert not [line for line in lines if b"\n" in line or b"\r" in line]
    assert all(line.decode() is not None for line in lines)  # no character is cut in two


@pytest.mark.parametrize("format_", ["json", "csv", "ics"])
def test_a_large_download_comes_in_pieces(
    alice: FlaskClient, store: TodoStore, format_: str
) -> None:
    for number in range(20):
        store.add(ALICE, todos.created(NewTodo(title=str(number), notes="x" * 10_000)))

    answer = alice.get(f"/me/todos/export?format={format_}")
    pieces = list(answer.iter_encoded())

    assert "Content-Length" not in answer.headers
    assert len(pieces) > 2
    assert max(len(piece) for piece in pieces) < formats.PIECE + 11_000


class Broken:
    """A store that fails after so many to-dos."""

    def __init__(self, good: int) -> None:
        self.good = good

    def each(self, _user: str) -> Iterator[Todo]:
        for number in range(self.good):
            yield todos.created(NewTodo(title=str(number), notes="x" * 10_000))
        raise Unavailable


def test_trouble_at_the_beginning_is_told(
    alice: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(alice.application.extensions, "store", Broken(0))

    assert alice.get("/me/todos/export").status_code == 503


def test_trouble_in_the_middle_breaks_the_download_off(
    alice: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(alice.application.extensions, "store", Broken(10))
    headers = {"X-Request-Id": "r-1", "Authorization": alice.environ_base["HTTP_AUTHORIZATION"]}
    environ = create_environ("/me/todos/export", headers=headers)
    answer, _, _ = run_wsgi_app(alice.application, environ)  # the client would read all of it
    pieces = iter(answer)
    first = next(pieces)

    with pytest.raises(Unavailable):
        list(pieces)

    assert first.startswith(b"[{")
    (record,) = [record for record in caplog.records if record.exc_info]
    assert getattr(record, "fields")["requestId"] == "r-1"  # noqa: B009 - logging's `extra`
