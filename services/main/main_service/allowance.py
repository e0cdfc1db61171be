"""How many to-dos a user may have, trash included.

A count of all items would cost more than the to-do itself, and a counter written with every to-do
a third more. So the item `sk = COUNT` is raised by a few at a time, and this process then creates
as many without asking (docs/decisions/0009-the-limit-is-lent-out.md). What it does not use stays
counted until the limit seems to be reached; then the to-dos are counted really, at most once a
minute, which also forgets what DynamoDB deleted. After such a count the limit may be overshot: by
what the other tasks still hold, at most LENT each, and by requests that are under way.
"""

import threading
import time
from typing import TYPE_CHECKING, Any

from . import aws, dynamodb, items
from .todos import TooManyTodos

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

LENT = 20  # to-dos at a time
LIFETIME = 60.0  # seconds until what was lent is no longer used
COUNT_PAUSE = 60  # seconds between two counts of the same user
USERS = 1_000  # remembered; about 0.3 KB each


class Allowance:
    """Says whether a user may create another to-do."""

    def __init__(self, client: "DynamoDBClient", table: str, limit: int) -> None:
        self._client, self._table, self._limit = client, table, limit
        self._size = max(1, min(LENT, limit // 100))
        self._lock = threading.Lock()
        self._lent: dict[str, tuple[int, float]] = {}  # how many are left, and until when

    def take(self, user: str) -> None:
        """One to-do; raises TooManyTodos when there is no room."""
        with self._lock:
            left, until = self._lent.pop(user, (0, 0.0))
            if left and until > time.monotonic():
                self._lent[user] = left - 1, until
                return
        left = self._borrow(user) - 1
        with self._lock:
            if len(self._lent) >= USERS:
                self._lent.pop(next(iter(self._lent)))
            self._lent[user] = left, time.monotonic() + LIFETIME

    def recount(self, user: str) -> None:
        """Many to-dos are gone for good: count anew as soon as the limit seems reached."""
        self._update(user, "attribute_exists(todos)", "REMOVE countedAt", {})

    def _borrow(self, user: str) -> int:
        if self._raise(user, self._size):
            return self._size
        room = self._limit - self._counted(user)
        if room > 0 and self._raise(user, min(self._size, room)):
            return min(self._size, room)
        raise TooManyTodos(self._limit)

    def _raise(self, user: str, number: int) -> bool:
        most = {"N": str(self._limit - number)}
        values = {":number": {"N": str(number)}, ":most": most}
        return self._update(user, "todos <= :most", "ADD todos :number", values)

    def _counted(self, user: str) -> int:
        """What the counter says, after a real count unless there just was one."""
        with aws.translated_errors():
            key = items.counter_key(user)
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        counter: Any = answer.get("Item", {})
        moment = int(time.time())
        if int(counter.get("countedAt", {"N": 0})["N"]) > moment - COUNT_PAUSE:
            return int(counter["todos"]["N"])
        number = self._count(user)
        seen = counter.get("todos")
        self._update(  # in vain if others have raised it meanwhile; they then may have the room
            user,
            "todos = :seen" if seen else "attribute_not_exists(todos)",
            "SET todos = :number, countedAt = :moment",
            {
                ":number": {"N": str(number)},
                ":moment": {"N": str(moment)},
                **({":seen": seen} if seen else {}),
            },
        )
        return number

    def _count(self, user: str) -> int:
        parameters: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {":pk": items.partition(user), ":prefix": {"S": "T#"}},
            "ProjectionExpression": "version",
            "ConsistentRead": True,
        }
        number = 0
        while True:
            with aws.translated_errors():
                answer = self._client.query(**parameters)
            number += len(answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return number
            parameters["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _update(self, user: str, condition: str, update: str, values: dict[str, Any]) -> bool:
        parameters: dict[str, Any] = {"ExpressionAttributeValues": values} if values else {}
        try:
            with aws.translated_errors():
                self._client.update_item(
                    TableName=self._table,
                    Key=items.counter_key(user),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    **parameters,
                )
        except dynamodb.ConditionalCheckFailed:
            return False
        return True
