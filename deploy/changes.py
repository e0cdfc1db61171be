"""Changes of a stack: made as a change set, shown, executed and followed."""

import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from deploy import stacks
from deploy.account import Account
from deploy.progress import Operation
from deploy.stacks import CAPABILITIES, PLANNED, Stack
from deploy.templates import Parameters, declared
from deploy.terminal import Refused, say

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import ParameterTypeDef

NO_CHANGES = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True)
class Change:
    """What a stack is to become; what is not given stays as it is."""

    name: str
    template: Path
    given: Parameters
    # A parameter that only stacks of this template have.
    mark: str
    # Where the template is, if it is too long for a request.
    url: str | None = None
    # What CloudFormation does it as; without one, as the person.
    role: str | None = None

    @property
    def source(self) -> dict[str, str]:
        if self.url:
            return {"TemplateURL": self.url}
        return {"TemplateBody": self.template.read_text("utf-8")}


def deploy(account: Account, change: Change, approved: Collection[str] | None = None) -> Stack:
    """Create or update the stack, and give it as it is then; only what was approved, if given."""
    change_set = make(account, change)
    if change_set is None:
        return stacks.existing(account, change.name)
    if approved is not None and set(approved) != set(lines(account, change.name, change_set)):
        discard(account, change.name, change_set)
        raise Refused(
            f"The stack {change.name} has changed since the plan was made, so this would do "
            "something else than what was approved: run the pipeline anew."
        )
    cloudformation = stacks.client(account)
    # By the stack's name too: that is what a pipeline's role is allowed.
    made: Any = {"StackName": change.name, "ChangeSetName": change_set}
    operation = Operation.before(account, cloudformation.describe_change_set(**made)["StackId"])
    return operation.run(lambda: cloudformation.execute_change_set(**made))


def make(account: Account, change: Change, purpose: str = "deploy") -> str | None:
    """Make a change set and show it; None when there is nothing to change."""
    stack = stacks.find(account, change.name)
    if stack:
        stacks.check_ready(account, stack)
        stacks.check_ours(stack, change.mark)
    is_new = stack is None or stack.status == PLANNED
    previous = {} if stack is None or is_new else stack.parameters
    check_complete(change, previous)
    role: Any = {"RoleARN": change.role} if change.role else {}
    source: Any = change.source
    made = stacks.client(account).create_change_set(
        StackName=change.name,
        ChangeSetName=f"{purpose}-{secrets.token_hex(8)}",
        ChangeSetType="CREATE" if is_new else "UPDATE",
        Parameters=_values(set(declared(change.template)), previous, change.given),
        Capabilities=CAPABILITIES,
        **source,
        **role,
    )["Id"]
    if not _is_complete(account, change, made):
        return None
    told = lines(account, change.name, made)
    for line in told[-1:] if is_new else told:
        say(f"  {line}")
    return made


def update_parameters(
    account: Account, stack: Stack, changed: Parameters, role: str | None
) -> Stack | None:
    """Update a stack by its own template and values, but for `changed`; None if nothing changes."""
    operation = Operation.before(account, stack.id)
    passed: Any = {"RoleARN": role} if role else {}
    update = partial(
        stacks.client(account).update_stack,
        StackName=stack.id,
        UsePreviousTemplate=True,
        Parameters=_values(set(stack.parameters), stack.parameters, changed),
        Capabilities=CAPABILITIES,
        **passed,
    )
    try:
        return operation.run(update)
    except ClientError as error:
        if any(text in str(error) for text in NO_CHANGES):
            return None
        raise


def check_complete(change: Change, previous: Parameters) -> None:
    """Refuse a change without a value that the template needs."""
    for name, parameter in declared(change.template).items():
        if name not in change.given and name not in previous and parameter.is_required:
            raise Refused(
                f"{name} is missing for the stack {change.name} "
                f"({parameter.declared.get('Description')}): give it by PARAMETERS={name}=…"
            )


def _values(names: set[str], previous: Parameters, given: Parameters) -> "list[ParameterTypeDef]":
    values: list[ParameterTypeDef] = [
        {"ParameterKey": name, "ParameterValue": value} for name, value in given.items()
    ]
    kept = sorted((names & set(previous)) - set(given))
    values.extend({"ParameterKey": name, "UsePreviousValue": True} for name in kept)
    return values


def _is_complete(account: Account, change: Change, change_set: str) -> bool:
    """Whether there is anything to change; refuse what CloudFormation refuses."""
    cloudformation: Any = stacks.client(account)
    made = {"StackName": change.name, "ChangeSetName": change_set}
    found = cloudformation.describe_change_set(**made)
    while found["Status"] in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}:
        time.sleep(1)
        found = cloudformation.describe_change_set(**made)
    if found["Status"] == "CREATE_COMPLETE":
        return True
    discard(account, change.name, change_set)
    reason = found.get("StatusReason", "no reason given")
    if any(text in reason for text in NO_CHANGES):
        say("  nothing to change")
        return False
    raise Refused(f"CloudFormation refuses {change.template.name} for {change.name}: {reason}")


def discard(account: Account, stack: str, change_set: str) -> None:
    stacks.client(account).delete_change_set(StackName=stack, ChangeSetName=change_set)


def lines(account: Account, stack: str, change_set: str) -> list[str]:
    """What a change set would do, and a sum of it."""
    paginator = stacks.client(account).get_paginator("describe_change_set")
    pages = paginator.paginate(StackName=stack, ChangeSetName=change_set)
    found = [change["ResourceChange"] for page in pages for change in page["Changes"]]
    added = sum(change["Action"] == "Add" for change in found)
    return [
        *map(_line, found),
        f"{added} resources to add, {len(found) - added} to change or remove",
    ]


def _line(change: Any) -> str:
    replaced = {"True": ", replaced", "Conditional": ", perhaps replaced"}
    what = f"{change['Action']} {change['LogicalResourceId']} ({change['ResourceType']}"
    return what + replaced.get(change.get("Replacement", ""), "") + ")"
