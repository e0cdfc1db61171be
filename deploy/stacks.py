"""CloudFormation's stacks: what is deployed, and whether it can be changed now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from deploy.account import CONFIG, Account
from deploy.terminal import Refused

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.literals import CapabilityType

CAPABILITIES: Sequence["CapabilityType"] = (
    "CAPABILITY_IAM",
    "CAPABILITY_NAMED_IAM",
    "CAPABILITY_AUTO_EXPAND",
)
# A first creation that failed: nothing has ever run on it, so deleting it loses nothing.
NEVER_CREATED = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"}
# A stack that is only a change set so far.
PLANNED = "REVIEW_IN_PROGRESS"


@dataclass(frozen=True)
class Resource:
    """A resource of a stack."""

    type: str
    id: str


@dataclass(frozen=True)
class Stack:
    """A deployed stack."""

    id: str
    name: str
    status: str
    changed: datetime
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]
    is_protected: bool


def client(account: Account) -> "CloudFormationClient":
    return account.session.client("cloudformation", config=CONFIG)


def find(account: Account, name: str) -> Stack | None:
    """The stack of a name or id, unless there is none."""
    try:
        found = client(account).describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return Stack(
        found["StackId"],
        found["StackName"],
        found["StackStatus"],
        found.get("LastUpdatedTime", found["CreationTime"]),
        {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])},
        {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])},
        found.get("EnableTerminationProtection", False),
    )


def existing(account: Account, name: str) -> Stack:
    """The stack of a name, which must be there and up."""
    stack = find(account, name)
    if stack is None or stack.status == PLANNED:
        raise Refused(f"There is no stack {name} in {account.region}: `make deploy` makes it.")
    check_ready(account, stack)
    return stack


def resources(account: Account, stack: Stack) -> dict[str, Resource]:
    """The stack's resources by their logical ids."""
    pages = client(account).get_paginator("list_stack_resources").paginate(StackName=stack.id)
    return {
        each["LogicalResourceId"]: Resource(each["ResourceType"], each["PhysicalResourceId"])
        for page in pages
        for each in page["StackResourceSummaries"]
        if each.get("PhysicalResourceId") and each["ResourceStatus"] != "DELETE_COMPLETE"
    }


def check_ready(account: Account, stack: Stack) -> None:
    """Refuse a stack that CloudFormation would not change now, with the way out."""
    obstacle = way_out(account, stack)
    if obstacle:
        raise Refused(f"The stack {stack.name} is {stack.status}: {obstacle}")


def way_out(account: Account, stack: Stack) -> str | None:
    """What to do about a state in which a stack cannot be changed."""
    command = f"--stack-name {stack.name} --region {account.region}"
    if stack.status in NEVER_CREATED:
        return (
            "its first creation failed, so it holds nothing; "
            f"`aws cloudformation delete-stack {command}` removes it, then repeat."
        )
    if stack.status == "UPDATE_ROLLBACK_FAILED":
        return (
            "mend what its events name, then "
            f"`aws cloudformation continue-update-rollback {command}`."
        )
    if stack.status == "DELETE_FAILED":
        return "`make destroy` tries again."
    if stack.status.endswith("_IN_PROGRESS") and stack.status != PLANNED:
        return "another operation runs; repeat when it has ended (`make status`)."
    return None


def check_ours(stack: Stack, mark: str) -> None:
    """Refuse a foreign stack of the same name: an update would replace everything in it."""
    if stack.status != PLANNED and mark not in stack.parameters:
        raise Refused(
            f"The name {stack.name} is taken by a stack that is not of this application (it has "
            f"no parameter {mark}): take another by STACK=…"
        )
