"""An operation of CloudFormation, followed to its end: a line for each resource."""

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deploy import stacks
from deploy.account import Account
from deploy.failures import CallFailed, explain
from deploy.stacks import Stack
from deploy.terminal import Refused, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from types_boto3_cloudformation.type_defs import StackEventTypeDef

SUCCEEDED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"}
# What was given up because something else had failed.
CASCADE = "cancelled"
TAKEN = re.compile("already (exists|owned)|AlreadyExists", re.IGNORECASE)
POLL_SECONDS = (0.2, 3.0)
QUIET_SECONDS = 60


class Interrupted(KeyboardInterrupt):
    """The person left while CloudFormation works; the text says that it goes on."""


@dataclass
class Operation:
    """A running operation on a stack, from the event on that was its latest before."""

    account: Account
    stack_id: str
    latest: str | None
    started: float = field(default_factory=time.monotonic)
    said: float = field(default_factory=time.monotonic)
    busy: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    reason: str = ""

    @classmethod
    def before(cls, account: Account, stack_id: str) -> "Operation":
        """To be called before the operation starts."""
        page = stacks.client(account).describe_stack_events(StackName=stack_id)
        return cls(account, stack_id, page["StackEvents"][0]["EventId"])

    def run(self, begin: "Callable[[], object]") -> Stack:
        """Begin it and print what happens until it has ended; refuse a failure with its cause."""
        try:
            begin()  # Who leaves meanwhile cannot know that it has not begun.
            return self._follow()
        except KeyboardInterrupt as error:
            raise Interrupted(
                "Interrupted, but CloudFormation goes on: `make status` shows how far it is."
            ) from error

    def _follow(self) -> Stack:
        try:
            stack = self._until_ended()
        except CallFailed as error:
            raise Refused(
                f"{explain(error).rstrip('.')}. CloudFormation goes on: `make status` shows how "
                "far it is."
            ) from error
        if stack.status not in SUCCEEDED:
            raise Refused(f"{self._cause()}. The stack {stack.name} is {self._outcome(stack)}")
        return stack

    def _cause(self) -> str:
        """What failed first; whatever failed later was only given up."""
        if not self.failures and "DescribeEvents" in self.reason:
            self.failures = self._found_beforehand()
        named = [*self.failures, self.reason or "CloudFormation names no cause"]
        cause = named[0].rstrip(". ")
        taken = ": something else has this name already" if TAKEN.search(cause) else ""
        return cause + taken

    def _found_beforehand(self) -> list[str]:
        """What CloudFormation found wrong before it began, which no ordinary event names."""
        found = stacks.client(self.account).describe_events(
            StackName=self.stack_id, Filters={"FailedEvents": True}
        )["OperationEvents"]
        return [
            f"{event.get('LogicalResourceId')} ({event.get('ResourceType')}): "
            f"{event.get('ValidationStatusReason')}"
            for event in found
            if event.get("EventType") == "VALIDATION_ERROR"
        ]

    def _outcome(self, stack: Stack) -> str:
        way_out = stacks.way_out(self.account, stack) or "everything is as it was before."
        return f"{stack.status}: {way_out}"

    def _until_ended(self) -> Stack:
        pause, longest = POLL_SECONDS
        while True:
            stack = stacks.find(self.account, self.stack_id)
            for event in list(self._new_events()):
                self._tell(event)
            if stack is None:
                raise Refused(f"The stack {self.stack_id} is gone.")
            if not stack.status.endswith("_IN_PROGRESS"):
                return stack
            self._say_that_it_goes_on()
            time.sleep(pause)
            pause = min(pause * 1.5, longest)

    def _new_events(self) -> "Iterator[StackEventTypeDef]":
        """What has happened since the last time, oldest first."""
        paginator = stacks.client(self.account).get_paginator("describe_stack_events")
        new: list[StackEventTypeDef] = []
        for page in paginator.paginate(StackName=self.stack_id):
            for event in page["StackEvents"]:
                if event["EventId"] == self.latest:
                    return self._noted(new)
                new.append(event)
        return self._noted(new)

    def _noted(self, new: "list[StackEventTypeDef]") -> "Iterator[StackEventTypeDef]":
        """Remember how far the events have been read."""
        if new:
            self.latest = new[0]["EventId"]
        return reversed(new)

    def _tell(self, event: "StackEventTypeDef") -> None:
        status, name = event["ResourceStatus"], event["LogicalResourceId"]
        reason = event.get("ResourceStatusReason", "")
        if event.get("PhysicalResourceId") == self.stack_id:
            if "ROLLBACK" in status or status.endswith("_FAILED"):
                self.reason = self.reason or reason
            return
        if status.endswith("_IN_PROGRESS"):
            self.busy[name] = status
            return
        self.busy.pop(name, None)
        what = f"{name} ({event.get('ResourceType')})"
        if status.endswith("_FAILED") and CASCADE not in reason.lower():
            self.failures.append(f"{what}: {reason or 'no reason given'}")
        self._say(f"{status} {what}" + (f": {reason}" if reason else ""))

    def _say_that_it_goes_on(self) -> None:
        if self.busy and time.monotonic() - self.said >= QUIET_SECONDS:
            self._say(f"still waiting for {', '.join(sorted(self.busy))}")

    def _say(self, text: str) -> None:
        self.said = time.monotonic()
        minutes, seconds = divmod(int(self.said - self.started), 60)
        say(f"  {minutes}:{seconds:02} {text}")
