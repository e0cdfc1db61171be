"""What outlives the stack: the database's files and the secrets, told or deleted.

`python -m fargate.teardown STACK [delete]`, once the stack is gone.
"""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

TAG = "todo-list-stack"  # infrastructure/storage.py sets it to the stack's name


@dataclass(frozen=True)
class Kept:
    kind: str
    name: str


def main(stack: str, *, delete: bool) -> int:
    try:
        if _stands(stack):
            sys.stderr.write(f"The stack {stack} still stands, so nothing of it is deleted.\n")
            return 1
        _settle(list(kept(stack)), delete=delete)
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def kept(stack: str) -> "Iterator[Kept]":
    """What is left of a stack of this name, in this account and region."""
    for page in boto3.client("efs").get_paginator("describe_file_systems").paginate():
        for found in page["FileSystems"]:
            if _is_of(stack, found["Tags"]):
                yield Kept("file system", found["FileSystemId"])
    for page in boto3.client("secretsmanager").get_paginator("list_secrets").paginate():
        for secret in page["SecretList"]:
            if _is_of(stack, secret.get("Tags", [])):
                yield Kept("secret", secret["ARN"])


def _is_of(stack: str, tags: list[Any]) -> bool:
    return {"Key": TAG, "Value": stack} in tags


def _stands(stack: str) -> bool:
    try:
        found = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return False
        raise
    return any(each["StackStatus"] != "DELETE_COMPLETE" for each in found)


def _settle(left: list[Kept], *, delete: bool) -> None:
    for each in left:
        if delete:
            _delete(each)
        sys.stdout.write(f"{'deleted' if delete else 'kept'}: {each.kind} {each.name}\n")
    if left and not delete:
        sys.stdout.write("They cost money; make fargate-destroy DATA=delete deletes them.\n")


def _delete(kept: Kept) -> None:
    if kept.kind == "file system":
        boto3.client("efs").delete_file_system(FileSystemId=kept.name)
    else:
        client = boto3.client("secretsmanager")
        client.delete_secret(SecretId=kept.name, ForceDeleteWithoutRecovery=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], delete=sys.argv[2:] == ["delete"]))
