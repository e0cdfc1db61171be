"""Lists of to-dos, read page by page.

A request reads what its page holds. Only when filters pass over many does it read more, and then
ends at a bound with a short page, whose cursor goes on from there.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import chain
from typing import TYPE_CHECKING, Any

from . import aws, items, runs
from .items import Item
from .runs import Run
from .selection import Selection
from .todos import Todo

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

MOST_PASSED = 1_000  # to-dos a page that filters pass over; at 0.5 KB each, 63 read units
LONGEST = 2.0  # seconds a page, after which no further query begins
CHUNK = 250  # to-dos a query; one of 1 MB ends earlier


@dataclass(frozen=True, slots=True)
class Page:
    """Some to-dos, and where the next page starts, if there is one."""

    todos: list[Todo]
    cursor: str | None


class _Enough(Exception):
    """The bound is reached."""


class TodoLists:
    """One user's to-dos at a time: `user` is always the verified subject of a token."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def page(self, user: str, selection: Selection, limit: int, cursor: str | None) -> Page:
        """At most `limit` to-dos after `cursor`. Costs what the page holds, plus one."""
        found: list[Todo] = []
        passed, last, end = 0, "", time.monotonic() + LONGEST

        def size() -> int:
            if last and (passed >= MOST_PASSED or time.monotonic() > end):
                raise _Enough
            # The more were passed over, the more will be.
            return min(CHUNK, limit + 1 - len(found) + passed)

        try:
            for run, item in self._read(user, selection, cursor, size):
                todo = items.todo(item)
                if not (run.owns(item) and selection.holds(todo)):
                    passed += 1
                elif len(found) == limit:
                    return Page(found, runs.encode(selection, last))
                else:
                    found.append(todo)
                last = run.key(item)
        except _Enough:
            return Page(found, runs.encode(selection, last))
        return Page(found, None)

    def each(self, user: str, selection: Selection) -> Iterator[Todo]:
        """All to-dos of the selection, however many, of which few are in memory."""
        for run, item in self._read(user, selection, None, lambda: CHUNK):
            todo = items.todo(item)
            if run.owns(item) and selection.holds(todo):
                yield todo

    def _read(
        self, user: str, selection: Selection, cursor: str | None, size: Callable[[], int]
    ) -> Iterator[tuple[Run, Item]]:
        found = [self._query(user, run, size) for run in runs.planned(selection, cursor)]
        if runs.merged(selection):
            return merge(*found, key=lambda pair: runs.instant(*pair))
        return chain.from_iterable(found)

    def _query(self, user: str, run: Run, size: Callable[[], int]) -> Iterator[tuple[Run, Item]]:
        parameters: dict[str, Any] = {
            "TableName": self._table,
            "ConsistentRead": True,  # people see their own writes
            "KeyConditionExpression": f"pk = :pk AND {run.attribute} BETWEEN :low AND :high",
            "ExpressionAttributeValues": {
                ":pk": items.partition(user),
                ":low": {"S": run.low},
                ":high": {"S": run.high},
            },
            "ScanIndexForward": run.forward,
        }
        if run.index:
            parameters["IndexName"] = run.index
        if run.after:
            key = items.key(user, run.after.rpartition("#")[2])
            parameters["ExclusiveStartKey"] = {**key, run.attribute: {"S": run.after}}
        while True:
            with aws.translated_errors():
                answer = self._client.query(**parameters, Limit=size())
            yield from ((run, item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            parameters["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
