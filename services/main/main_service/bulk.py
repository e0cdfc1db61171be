"""The same work on many to-dos, in the time that one request has.

Each to-do is written by itself, on condition that it is still at the version that was read: what a
person changes or restores meanwhile is looked at anew. 10,000 take 3 s of CPU; whoever has less of
it is told to ask again (docs/decisions/0010-bulk-work-is-many-small-writes.md).
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from .todos import NotAllDone, Todo

WORKERS = 8  # as many connections as the threads that answer requests
LONGEST = 20.0  # seconds; API Gateway waits 30, and the writes under way may need 6
BATCH = 250


def work_through(found: Iterator[Todo], work: Callable[[Todo], object]) -> None:
    """Do `work` on each to-do; raises NotAllDone when time is up."""
    end = time.monotonic() + LONGEST

    def in_time(todo: Todo) -> None:
        if time.monotonic() > end:
            raise NotAllDone
        work(todo)

    with ThreadPoolExecutor(WORKERS) as workers:
        while batch := list(islice(found, BATCH)):
            for _ in workers.map(in_time, batch):
                pass
