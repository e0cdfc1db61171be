"""What outlives the stack: the database's files, told or deleted.

`python -m fargate.teardown STACK [FILE_SYSTEM…]`, once the stack is gone.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

TAG = "todo-list-stack"  # infrastructure/storage.py sets it to the stack's name


def main(stack: str, unwanted: Sequence[str]) -> int:
    # boto3 does not know AWS_REGION, which the other tools and pipelines set.
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    try:
        session = boto3.Session(region_name=region or None)
        if _stands(session, stack):
            return _refuse(f"The stack {stack} still stands, so nothing of it is deleted.")
        left = {found["FileSystemId"]: found for found in kept(session, stack)}
        if strange := sorted(set(unwanted) - set(left)):
            return _refuse(f"Not of a stack {stack}, so nothing is deleted: {' '.join(strange)}")
        for name in unwanted:
            session.client("efs").delete_file_system(FileSystemId=name)
            sys.stdout.write(f"deleted: file system {name}\n")
            del left[name]
    except (BotoCoreError, ClientError) as error:
        return _refuse(str(error))
    _tell(left)
    return 0


def kept(session: boto3.Session, stack: str) -> Iterator[dict[str, Any]]:
    """The file systems of stacks of this name, as EFS describes them, the oldest first."""
    pages = session.client("efs").get_paginator("describe_file_systems").paginate()
    found = [each for page in pages for each in page["FileSystems"]]
    for each in sorted(found, key=lambda each: each["CreationTime"]):
        if {"Key": TAG, "Value": stack} in each["Tags"]:
            yield each


def _stands(session: boto3.Session, stack: str) -> bool:
    try:
        found = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return False
        raise
    return any(each["StackStatus"] != "DELETE_COMPLETE" for each in found)


def _tell(left: dict[str, dict[str, Any]]) -> None:
    for name, found in left.items():
        made = found["CreationTime"].date().isoformat()
        sys.stdout.write(
            f"kept: file system {name}, made on {made}\n"
            f"  to use it again: make fargate-deploy CONTEXT=fileSystemId={name}\n"
            f"  to delete it: make fargate-destroy DATA={name}\n"
        )


def _refuse(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
