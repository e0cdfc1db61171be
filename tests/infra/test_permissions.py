"""Who may do what: exactly what is used, granted to exactly who uses it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

TRUSTED = {
    "TaskRole": "ecs-tasks.amazonaws.com",
    "ExecutionRole": "ecs-tasks.amazonaws.com",
    "InstanceRole": "ec2.amazonaws.com",
}
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
}
# The same for the members of a transaction.
MEMBERS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}

CLIENT = re.compile(r"(client|dynamodb|s3)$")

Statement = dict[str, Any]


def listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def statements(properties: dict[str, Any]) -> list[tuple[str, Statement]]:
    """Every statement that allows or denies something, with its resource's logical id."""
    documents = [
        (name, policy["PolicyDocument"])
        for name in TRUSTED
        for policy in properties[name]["Policies"]
    ]
    documents.append(("FilesBucketPolicy", properties["FilesBucketPolicy"]["PolicyDocument"]))
    return [(name, one) for name, document in documents for one in document["Statement"]]


def granted(properties: dict[str, Any], service: str) -> set[str]:
    """The actions that the task role's policy for one service allows."""
    (policy,) = (
        each for each in properties["TaskRole"]["Policies"] if each["PolicyName"] == service
    )
    return {
        action for one in policy["PolicyDocument"]["Statement"] for action in listed(one["Action"])
    }


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


def wildcards(node: yaml.Node) -> Iterator[yaml.Node]:
    """The scalars under Action, Resource and Principal that stand for everything."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value in {"Action", "NotAction", "Resource", "NotResource", "Principal"}:
                scalars = value.value if isinstance(value, yaml.SequenceNode) else [value]
                yield from (each for each in scalars if _is_wildcard(each))
            yield from wildcards(value)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from wildcards(each)


def _is_wildcard(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and re.fullmatch(r"(\w+:)?\*", node.value) is not None


def test_a_wildcard_has_its_reason_beside_it(template_text: str) -> None:
    lines = template_text.splitlines()
    document = yaml.compose(template_text, Loader=yaml.SafeLoader)
    assert document is not None

    found = [lines[node.start_mark.line] for node in wildcards(document)]

    assert found, "the search itself is broken: the template has some"
    assert [line for line in found if not re.search(r"# \w+", line)] == []


def test_nothing_allows_an_action_by_a_wildcard(properties: dict[str, Any]) -> None:
    allowed = [
        (name, action)
        for name, one in statements(properties)
        if one["Effect"] == "Allow"
        for action in listed(one["Action"])
    ]

    assert len(allowed) > 10, "the search itself is broken"
    assert [each for each in allowed if "*" in each[1]] == []
    assert not any("NotAction" in one or "NotResource" in one for _, one in statements(properties))


def test_nobody_may_read_what_is_not_asked_for_by_its_key(properties: dict[str, Any]) -> None:
    actions = {action for _, one in statements(properties) for action in listed(one["Action"])}

    assert not {action for action in actions if re.search("Scan|PartiQL|ListBucket", action)}


def test_the_task_role_allows_what_the_service_calls_and_no_more(
    properties: dict[str, Any], root: Path, service: str
) -> None:
    calls = used(root / "services" / service / f"{service}_service")

    assert granted(properties, service) == calls


def test_the_task_role_reaches_only_the_services_own_data(properties: dict[str, Any]) -> None:
    resources = {
        policy["PolicyName"]: [one["Resource"] for one in policy["PolicyDocument"]["Statement"]]
        for policy in properties["TaskRole"]["Policies"]
    }

    assert resources == {
        "main": [
            {"Fn::GetAtt": ["TodosTable", "Arn"]},
            {"Fn::Sub": "${TodosTable.Arn}/index/byDue"},
        ],
        "files": [
            {"Fn::GetAtt": ["FilesTable", "Arn"]},
            {"Fn::Sub": "${FilesBucket.Arn}/u/*"},
        ],
    }


@pytest.mark.parametrize("role", TRUSTED)
def test_a_role_is_for_one_aws_service(properties: dict[str, Any], role: str) -> None:
    (trust,) = properties[role]["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Effect"] == "Allow"
    assert trust["Action"] == "sts:AssumeRole"
    assert trust["Principal"] == {"Service": TRUSTED[role]}


@pytest.mark.parametrize("role", ["TaskRole", "ExecutionRole"])
def test_ecs_may_use_a_task_s_roles_for_this_account_alone(
    properties: dict[str, Any], role: str
) -> None:
    (trust,) = properties[role]["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert "${AWS::AccountId}" in trust["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"]


def test_all_roles_of_the_template_are_looked_at_here(resources: dict[str, Any]) -> None:
    roles = {name for name, each in resources.items() if each["Type"] == "AWS::IAM::Role"}

    assert roles == set(TRUSTED)


def test_the_bucket_is_private_and_speaks_tls_only(properties: dict[str, Any]) -> None:
    (only,) = properties["FilesBucketPolicy"]["PolicyDocument"]["Statement"]
    blocks = properties["FilesBucket"]["PublicAccessBlockConfiguration"]

    assert only["Effect"] == "Deny"
    assert only["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(blocks) == 4
    assert all(value is True for value in blocks.values())
