"""Who may do what, to the last action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_cdk.assertions import Template


def statements(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """(the role's name, the statement), action and resource as lists."""
    for policy in template.find_resources("AWS::IAM::Policy").values():
        (role,) = (each["Ref"] for each in policy["Properties"]["Roles"])
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            yield (
                role,
                {
                    **statement,
                    "Action": listed(statement["Action"]),
                    "Resource": listed(statement["Resource"]),
                },
            )


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def actions(template: Template, role: str) -> set[str]:
    return {
        action
        for name, statement in statements(template)
        for action in statement["Action"]
        if name.startswith(role)
    }


def test_the_task_may_mount_its_folder_and_nothing_else(template: Template) -> None:
    (found,) = (
        statement for role, statement in statements(template) if role.startswith("TaskRole")
    )
    (condition,) = found["Condition"].items()

    assert found["Effect"] == "Allow"
    assert found["Action"] == ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    assert [set(resource) for resource in found["Resource"]] == [{"Fn::GetAtt"}]
    assert condition[0] == "StringEquals"
    assert list(condition[1]) == ["elasticfilesystem:AccessPointArn"]


def test_ecs_may_fetch_the_image_and_the_secrets_and_write_the_logs(template: Template) -> None:
    assert actions(template, "TaskExecutionRole") == {
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
    }


def test_there_is_no_wildcard_but_the_one_that_ecr_demands(template: Template) -> None:
    wild = [
        (statement["Action"], statement["Resource"])
        for _, statement in statements(template)
        if any("*" in str(part) for part in [*statement["Action"], *statement["Resource"]])
    ]

    # This action knows no resource; the token opens nothing by itself.
    assert wild == [(["ecr:GetAuthorizationToken"], ["*"])]


def test_there_are_no_other_roles_and_ecs_alone_takes_them(template: Template) -> None:
    roles = template.find_resources("AWS::IAM::Role")

    assert len(roles) == 2
    for role in roles.values():
        (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        # ECS acts for others, too: only for tasks of this account does it get the role.
        assert statement["Condition"] == {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        }
        assert "ManagedPolicyArns" not in role["Properties"]
        assert "Policies" not in role["Properties"]


@pytest.mark.parametrize("kind", ["AWS::Lambda::Function", "AWS::IAM::User", "AWS::IAM::AccessKey"])
def test_nothing_acts_besides(template: Template, kind: str) -> None:
    template.resource_count_is(kind, 0)
