"""What the rehearsals have called is what the roles of bootstrap.yaml allow: no more, no less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.infra.deployments import allowed
from tests.infra.test_bootstrap_pipelines import GRANTS
from tests.pipelines.calls import Call
from tests.pipelines.conditions import Conditions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.pipelines.stage import Stage

# Whoever signs may ask for this.
FREE = "sts:GetCallerIdentity"
REFUSED_BEFOREHAND = "read when CloudFormation refuses a change beforehand; the emulator never does"
# Role → action → why no rehearsal calls it.
NOT_CALLED: Mapping[str, Mapping[str, str]] = {
    "PlanRole": {},
    "CoreRole": {
        "cloudformation:DescribeEvents": REFUSED_BEFOREHAND,
        "cloudformation:DeleteChangeSet": "only if another deployment came since the plan",
    },
    "MainServiceRole": {"cloudformation:DescribeEvents": REFUSED_BEFOREHAND},
    "FilesServiceRole": {"cloudformation:DescribeEvents": REFUSED_BEFOREHAND},
    "FrontendRole": {
        "cloudformation:DescribeEvents": REFUSED_BEFOREHAND,
        "s3:DeleteObject": "of assets that no page has named for 30 days",
    },
}


def implied(call: Call) -> Iterator[str]:
    """What AWS asks for beyond the call's own action; the emulator does not."""
    if "RoleARN" in call.given:
        yield "iam:PassRole"
    if "TemplateURL" in call.given or "UsePreviousTemplate" in call.given:
        yield "s3:GetObject"  # of the template, and of the contract that it includes
    # The core's template takes the instances' image from a public parameter.
    changing = call.action in {"cloudformation:CreateChangeSet", "cloudformation:UpdateStack"}
    if changing and "todo-on-ecs-website" not in call.given["StackName"]:
        yield "ssm:GetParameters"
        yield "cloudformation:CreateChangeSet"  # of the transforms in the template


@pytest.mark.parametrize("role", GRANTS)
def test_a_role_allows_what_its_pipeline_called_and_no_more(stage: Stage, role: str) -> None:
    calls = stage.endpoint.calls[role]
    called = {call.action for call in calls} | {each for call in calls for each in implied(call)}

    assert called - {FREE} | set(NOT_CALLED[role]) == allowed(role)
    assert called.isdisjoint(NOT_CALLED[role])


@pytest.mark.parametrize(
    ("role", "action", "given", "is_allowed"),
    [
        ("CoreRole", "ExecuteChangeSet", {"ChangeSetName": "deploy-1"}, True),
        ("CoreRole", "ExecuteChangeSet", {"ChangeSetName": "plan-1"}, False),
        ("CoreRole", "ExecuteChangeSet", {"ChangeSetName": "arn:x:changeSet/plan-1/2"}, False),
        ("CoreRole", "CreateChangeSet", {"ChangeSetName": "x", "RoleARN": "CoreStackRole"}, True),
        ("CoreRole", "CreateChangeSet", {"ChangeSetName": "x", "RoleARN": "ImageStackRole"}, False),
        ("CoreRole", "CreateChangeSet", {"ChangeSetName": "x"}, False),
        ("PlanRole", "CreateChangeSet", {"ChangeSetName": "plan-1"}, True),
        ("PlanRole", "CreateChangeSet", {"ChangeSetName": "deploy-1"}, False),
        ("MainServiceRole", "UpdateStack", {"RoleARN": "ImageStackRole"}, True),
        ("MainServiceRole", "UpdateStack", {"RoleARN": "CoreStackRole"}, False),
        (
            "FilesServiceRole",
            "UpdateStack",
            {"RoleARN": "ImageStackRole", "TemplateURL": "https://x"},
            False,
        ),
    ],
)
def test_the_endpoint_holds_to_what_the_emulator_does_not_know(
    *, role: str, action: str, given: dict[str, str], is_allowed: bool
) -> None:
    roles = ("CoreStackRole", "ImageStackRole", "CoreRole", "PlanRole", "MainServiceRole")
    conditions = Conditions({f"{name}Arn": name for name in roles})

    assert conditions.allow(role, Call(f"cloudformation:{action}", given)) is is_allowed
