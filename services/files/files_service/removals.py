"""Removals: what the tables' streams say has gone, as it comes from the queue.

A message is a record of a stream, or several, as EventBridge Pipes passes them on. Knows neither
the queue nor the database.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

# A stream tells the second in which something happened, and its clock is not ours.
CLOCK_TOLERANCE = timedelta(seconds=1)
_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
OWNER = re.compile(r"U#([A-Za-z0-9][A-Za-z0-9_-]{0,127})")
TODO = re.compile(f"T#({_ID})")
REMINDER = re.compile(f"P#({_ID})#({_ID})")


class MessageMalformed(Exception):
    """The message is no record of a stream."""


@dataclass(frozen=True, slots=True)
class TodoRemoved:
    """A to-do is gone for good, and so is what was attached to it before `moment`."""

    user: str
    todo_id: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class UploadOverdue:
    """The time for completing an upload is over."""

    user: str
    todo_id: str
    file_id: str


def read(body: str) -> list[TodoRemoved | UploadOverdue]:
    """What a message says, without what is of no interest here: filters may be missing."""
    try:
        content = json.loads(body)
        return list(_read_records(content if isinstance(content, list) else [content]))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        # Not the error's own text: it may hold the keys.
        raise MessageMalformed(type(error).__name__) from None


def _read_records(records: list[Any]) -> Iterator[TodoRemoved | UploadOverdue]:
    for record in records:
        change = record["dynamodb"]
        owner = OWNER.fullmatch(change["Keys"]["pk"]["S"])
        sort_key = change["Keys"]["sk"]["S"]
        if record["eventName"] != "REMOVE" or not owner:
            continue
        if todo := TODO.fullmatch(sort_key):
            moment = datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC)
            yield TodoRemoved(owner[1], todo[1], moment + CLOCK_TOLERANCE)
        elif reminder := REMINDER.fullmatch(sort_key):
            yield UploadOverdue(owner[1], reminder[1], reminder[2])
