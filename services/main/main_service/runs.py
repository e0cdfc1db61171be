"""Ranges of the table's indexes (items.py): which of them a list reads, and from where."""

import base64
import re
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from .items import Item
from .selection import Selection
from .todos import CLOCK_SKEW

_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_INSTANT = rf"{_DAY}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}[.][0-9]{{3}}Z"
_END = "~"  # sorts after every character of a key


class CursorRefused(Exception):
    """The cursor was not made here, or for another list."""


@dataclass(frozen=True, slots=True)
class Run:
    """A range of one index (None: of the table itself), both ends included, in one direction."""

    index: str | None
    attribute: str
    low: str
    high: str
    form: re.Pattern[str]
    forward: bool = True
    after: str | None = None  # the key where the page before ended

    def has(self, key: str) -> bool:
        return self.form.fullmatch(key) is not None and self.low <= key <= self.high

    def key(self, item: Item) -> str:
        text: str = item[self.attribute]["S"]
        return text

    def owns(self, item: Item) -> bool:
        """The table itself also holds what the order of creation finds by its own index."""
        return self.index is not None or "createdKey" not in item


def _run(index: str, attribute: str, prefix: str, middle: str, *, forward: bool = True) -> Run:
    form = re.compile(f"{prefix}{middle}#{_ID}")
    return Run(index, attribute, prefix, f"{prefix}{_END}", form, forward)


OPEN = _run("byDue", "dueKey", "O#", _DAY)
DONE = _run("byDue", "dueKey", "C#", _INSTANT, forward=False)
BY_HAND = _run("byPosition", "positionKey", "O#", "[0-9A-Za-z]{2,128}")
TRASH = _run("byPosition", "positionKey", "D#", _INSTANT, forward=False)
BY_CREATION = replace(_run("byCreated", "createdKey", "", _INSTANT), low="0")  # no key is empty
BY_ID = Run(None, "sk", "T#", f"T#{_END}", re.compile(f"T#{_ID}"))


def planned(selection: Selection, cursor: str | None) -> list[Run]:
    """The runs to read for a page: merged by `instant` if sorted so, else one after the other."""
    runs = _ranges(selection)
    if cursor:
        after = _decode(cursor, selection)
        number = next((n for n, run in enumerate(runs) if run.has(after)), None)
        if number is None:
            raise CursorRefused
        runs = _resumed(runs, number, after)
    return [run for run in runs if run.low <= run.high]


def merged(selection: Selection) -> bool:
    return selection.sort == "created" and selection.status != "trashed"


def instant(run: Run, item: Item) -> str:
    """When the item was created, as the run is sorted by it."""
    key = run.key(item)
    return _instant(_milliseconds(key)) if run.attribute == "sk" else key.partition("#")[0]


def _ranges(selection: Selection) -> list[Run]:
    if selection.status == "trashed":
        return [TRASH]
    if selection.sort == "position":
        return [BY_HAND]
    if selection.sort == "created":
        soon = int((time.time() + CLOCK_SKEW) * 1000)
        return [replace(BY_ID, high=f"T#{_prefix(soon)}"), BY_CREATION]
    runs = {"open": [_due(selection)], "done": [DONE], "all": [_due(selection), DONE]}
    return runs[selection.status]


def _due(selection: Selection) -> Run:
    if selection.due_from is None and selection.due_to is None:
        return OPEN
    last_day = selection.due_to or "9999-12-31"  # before those without a date
    return replace(OPEN, low=f"O#{selection.due_from or ''}", high=f"O#{last_day}#{_END}")


def _resumed(runs: list[Run], number: int, after: str) -> list[Run]:
    if runs[-1] is not BY_CREATION:
        return [replace(runs[number], after=after), *runs[number + 1 :]]
    # Of two that were created in the same millisecond the one found by its id comes first.
    by_id, by_creation = runs
    if number == 0:
        moment = _instant(_milliseconds(after))
        return [replace(by_id, after=after), replace(by_creation, low=moment)]
    low = f"T#{_prefix(_parsed(after.partition('#')[0]) + 1)}"
    return [replace(by_id, low=low), replace(by_creation, after=after)]


def _milliseconds(key: str) -> int:
    """The time in the key `T#<id>`."""
    return int(key[2:10] + key[11:15], 16)


def _prefix(milliseconds: int) -> str:
    """How a UUID of version 7 begins that was made then."""
    digits = f"{milliseconds:012x}"
    return f"{digits[:8]}-{digits[8:]}"


def _instant(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _parsed(moment: str) -> int:
    try:
        return round(datetime.fromisoformat(moment).timestamp() * 1000)
    except ValueError:
        raise CursorRefused from None


def encode(selection: Selection, after: str) -> str:
    """A cursor has no owner in it: that always comes from the token."""
    text = orjson.dumps({"list": selection.digest(), "after": after})
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _decode(cursor: str, selection: Selection) -> str:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        content: Any = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        after = content["after"]
    except (ValueError, TypeError, KeyError):
        raise CursorRefused from None
    if content != {"list": selection.digest(), "after": after} or not isinstance(after, str):
        raise CursorRefused
    return after
