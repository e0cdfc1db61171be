"""How to-dos are written for their owner: JSON in answers; JSON, CSV and iCalendar as downloads.

Downloads are made piece by piece, so that their size does not matter.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import orjson

from .todos import Todo

PIECE = 65_536  # bytes, about
COLUMNS = ["id", "title", "description", "notes", "dueDate", "completed", "completedAt"]
COLUMNS += ["priority", "labels", "position", "createdAt", "updatedAt"]
# What makes a spreadsheet program take a cell for a formula.
FORMULA = re.compile(r"[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]")  # the last four: full-width ones
UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # in iCalendar's text
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
LINE = 75  # bytes of iCalendar
ICAL_PRIORITIES = {1: 9, 2: 5, 3: 1}  # there 1 is the highest


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of download."""

    media_type: str
    write: Callable[[Iterable[Todo]], Iterator[bytes]]


def fields(todo: Todo) -> dict[str, object]:
    return {
        "id": todo.id,
        "title": todo.title,
        "description": todo.description,
        "notes": todo.notes,
        "dueDate": todo.due_date,
        "completed": todo.completed_at is not None,
        "completedAt": todo.completed_at,
        "priority": todo.priority,
        "labels": todo.labels,
        "position": todo.position,
        "version": todo.version,
        "createdAt": todo.created_at,
        "updatedAt": todo.updated_at,
        "deletedAt": todo.deleted_at,
    }


def write_json(todos: Iterable[Todo]) -> Iterator[bytes]:
    opening = b"["
    for todo in todos:
        yield opening + orjson.dumps(fields(todo))
        opening = b",\n"
    yield b"[]" if opening == b"[" else b"]"


def write_csv(todos: Iterable[Todo]) -> Iterator[bytes]:
    """RFC 4180. With a byte order mark, without which Excel does not read UTF-8; a cell that would
    be a formula begins with an apostrophe; labels stand on lines of their own."""
    line = csv.writer(_Line()).writerow
    yield "\ufeff".encode()
    yield line(COLUMNS)
    for todo in todos:
        values = {**fields(todo), "labels": "\n".join(todo.labels)}
        values["completed"] = "true" if todo.completed_at else "false"
        yield line([_cell(values[name]) for name in COLUMNS])


class _Line:
    """Hands back what the csv module writes."""

    @staticmethod
    def write(text: str) -> bytes:
        return text.encode()


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def write_icalendar(todos: Iterable[Todo]) -> Iterator[bytes]:
    """RFC 5545, a VTODO each; the notes follow the description, since there is but one."""
    yield _lines("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//todo-on-ecs//EN")
    for todo in todos:
        yield _lines("BEGIN:VTODO", *_properties(todo), "END:VTODO")
    yield _lines("END:VCALENDAR")


def _properties(todo: Todo) -> Iterator[str]:
    yield f"UID:{todo.id}"
    yield f"DTSTAMP:{_moment(todo.updated_at)}"
    yield f"CREATED:{_moment(todo.created_at)}"
    yield f"LAST-MODIFIED:{_moment(todo.updated_at)}"
    yield f"SEQUENCE:{todo.version - 1}"
    yield f"SUMMARY:{_text(todo.title)}"
    if text := "\n\n".join(part for part in (todo.description, todo.notes) if part):
        yield f"DESCRIPTION:{_text(text)}"
    if todo.due_date:
        yield f"DUE;VALUE=DATE:{todo.due_date.replace('-', '')}"
    if todo.priority:
        yield f"PRIORITY:{ICAL_PRIORITIES[todo.priority]}"
    if todo.labels:
        yield f"CATEGORIES:{','.join(map(_text, todo.labels))}"
    if todo.completed_at:
        yield f"COMPLETED:{_moment(todo.completed_at)}"
    yield "STATUS:COMPLETED" if todo.completed_at else "STATUS:NEEDS-ACTION"


def _moment(instant: str) -> str:
    return f"{instant[:19]}Z".replace("-", "").replace(":", "")


def _text(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return UNWRITABLE.sub("", plain).translate(ESCAPED)


def _lines(*lines: str) -> bytes:
    return b"".join(_folded(line.encode()) for line in lines)


def _folded(line: bytes) -> bytes:
    folded = b""
    while len(line) > LINE:
        end = LINE
        while line[end] & 0xC0 == 0x80:  # noqa: PLR2004 - a byte within a character of UTF-8
            end -= 1
        folded += line[:end] + b"\r\n"
        line = b" " + line[end:]
    return folded + line + b"\r\n"


def in_pieces(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Fewer and larger chunks: each is a call of the system."""
    piece = bytearray()
    for chunk in chunks:
        piece += chunk
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


FORMATS = {
    "json": Format("application/json", write_json),
    "csv": Format("text/csv; charset=utf-8", write_csv),
    "ics": Format("text/calendar; charset=utf-8", write_icalendar),
}
