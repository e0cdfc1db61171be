"""What the services call, found in their code, is what the task role allows: no more, no less."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# What IAM asks for when a service calls a method of boto3's client.
ACTIONS = {
    "get_item": "dynamodb:GetItem",
    "put_item": "dynamodb:PutItem",
    "update_item": "dynamodb:UpdateItem",
    "delete_item": "dynamodb:DeleteItem",
    "query": "dynamodb:Query",
    "scan": "dynamodb:Scan",
    "head_object": "s3:GetObject",
    "get_object": "s3:GetObject",
    "put_object": "s3:PutObject",
    "delete_object": "s3:DeleteObject",
    "change_message_visibility": "sqs:ChangeMessageVisibility",
    "delete_message": "sqs:DeleteMessage",
    "receive_message": "sqs:ReceiveMessage",
}
# The same for the members of a transaction.
MEMBERS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}

CLIENT = re.compile(r"(client|dynamodb|s3|sqs)$")


def granted(properties: dict[str, Any], service: str) -> set[str]:
    """The actions that the task role's policy for one service allows."""
    (policy,) = (
        each for each in properties["TaskRole"]["Policies"] if each["PolicyName"] == service
    )
    actions = [one["Action"] for one in policy["PolicyDocument"]["Statement"]]
    return {each for one in actions for each in ([one] if isinstance(one, str) else one)}


def used(folder: Path) -> set[str]:
    """The actions behind the calls in a service's code."""
    trees = [ast.parse(module.read_text()) for module in sorted(folder.glob("*.py"))]
    return {action for tree in trees for node in ast.walk(tree) for action in _actions(node)}


def _actions(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and CLIENT.search(ast.unparse(node.func.value)):
            yield from _action(node.func.attr)
        if node.args and isinstance(node.args[0], ast.Constant):
            yield from _action(node.args[0].value)  # the operation of a presigned request
    elif isinstance(node, ast.Dict):
        keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
        yield from (MEMBERS[key] for key in MEMBERS.keys() & keys)


def _action(method: object) -> Iterator[str]:
    if method in ACTIONS:
        yield ACTIONS[str(method)]


def test_the_task_role_allows_what_the_service_calls_and_no_more(
    properties: dict[str, Any], root: Path, service: str
) -> None:
    calls = used(root / "services" / service / f"{service}_service")

    assert granted(properties, service) == calls
