"""What a deleted stack leaves behind: people's data and logs, and what keeping them costs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from deploy import stacks
from deploy.account import CONFIG, Account
from deploy.buckets import delete_bucket

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import StackSummaryTypeDef

# What each service says of something that is not there.
MISSING = {"404", "NoSuchBucket", "ResourceNotFoundException", "UserPoolNotFoundException"}

# Made once for the whole account; never deleted here.
SHARED = {"AWS::IAM::OIDCProvider", "AWS::IAM::ServiceLinkedRole"}


@dataclass(frozen=True)
class Kept:
    """A resource that its stack has left."""

    name: str
    type: str
    id: str


@dataclass(frozen=True)
class Kind:
    """What can be done with a type of resource."""

    cost: str
    find: Callable[[Account, str], object]
    delete: Callable[[Account, str], object]


def kept(account: Account, marks: Mapping[str, str]) -> list[Kept]:
    """What the deleted stacks of these names, each with its mark, have left and is still there.

    CloudFormation tells of a deleted stack for 90 days.
    """
    return [
        resource
        for stack_id in _deleted(account, marks)
        for resource in _skipped(account, stack_id)
        if _is_there(account, resource)
    ]


def cost(resource: Kept) -> str:
    if resource.type in SHARED:
        return "nothing, and others may use it"
    return KINDS[resource.type].cost if resource.type in KINDS else "unknown"


def delete(account: Account, resource: Kept) -> None:
    """Delete it with what protects it from that."""
    KINDS[resource.type].delete(account, resource.id)


def can_delete(resource: Kept) -> bool:
    return resource.type in KINDS


def _deleted(account: Account, marks: Mapping[str, str]) -> Iterator[str]:
    paginator = stacks.client(account).get_paginator("list_stacks")
    for page in paginator.paginate(StackStatusFilter=["DELETE_COMPLETE"]):
        for stack in page["StackSummaries"]:
            if stack["StackName"] in marks and _is_ours(account, stack, marks):
                yield stack["StackId"]


def _is_ours(account: Account, summary: "StackSummaryTypeDef", marks: Mapping[str, str]) -> bool:
    """Another application's stack may have had the name before."""
    stack = stacks.find(account, summary["StackId"])
    return stack is not None and marks[stack.name] in stack.parameters


def _skipped(account: Account, stack_id: str) -> Iterator[Kept]:
    paginator = stacks.client(account).get_paginator("describe_stack_events")
    seen = set()
    for page in paginator.paginate(StackName=stack_id):
        for event in page["StackEvents"]:
            physical = event.get("PhysicalResourceId", "")
            if event["ResourceStatus"] == "DELETE_SKIPPED" and physical not in seen:
                seen.add(physical)
                yield Kept(event["LogicalResourceId"], event["ResourceType"], physical)


def _is_there(account: Account, resource: Kept) -> bool:
    if resource.type not in KINDS:
        return True
    try:
        return bool(KINDS[resource.type].find(account, resource.id))
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return False
        raise


def _delete_table(account: Account, name: str) -> None:
    dynamodb = account.session.client("dynamodb", config=CONFIG)
    dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
    dynamodb.get_waiter("table_exists").wait(TableName=name)
    dynamodb.delete_table(TableName=name)


def _delete_pool(account: Account, pool: str) -> None:
    cognito = account.session.client("cognito-idp", config=CONFIG)
    # An update sets what it does not name back to its default; nobody uses this pool any more.
    cognito.update_user_pool(UserPoolId=pool, DeletionProtection="INACTIVE")
    cognito.delete_user_pool(UserPoolId=pool)


def _log_group(account: Account, name: str) -> bool:
    logs = account.session.client("logs", config=CONFIG)
    groups = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return any(group.get("logGroupName") == name for group in groups)


KINDS: Mapping[str, Kind] = {
    "AWS::DynamoDB::Table": Kind(
        "0.25 $ for each GB and month, and 0.20 $ for its point-in-time backup",
        lambda account, name: account.session.client("dynamodb", config=CONFIG).describe_table(
            TableName=name
        ),
        _delete_table,
    ),
    "AWS::S3::Bucket": Kind(
        "0.023 $ for each GB and month",
        lambda account, name: account.session.client("s3", config=CONFIG).head_bucket(Bucket=name),
        delete_bucket,
    ),
    "AWS::Cognito::UserPool": Kind(
        "nothing while nobody signs in",
        lambda account, pool: account.session.client(
            "cognito-idp", config=CONFIG
        ).describe_user_pool(UserPoolId=pool),
        _delete_pool,
    ),
    "AWS::Logs::LogGroup": Kind(
        "0.03 $ for each GB and month, until its retention has passed",
        _log_group,
        lambda account, name: account.session.client("logs", config=CONFIG).delete_log_group(
            logGroupName=name
        ),
    ),
}
