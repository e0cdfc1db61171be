"""The runbook knows every alarm, and its commands exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from local.cloudformation import template as templates
from tests.docs.commands import commands
from tests.docs.test_documentation import PAGES, ROOT

if TYPE_CHECKING:
    from tests.docs.commands import Command

OPERATIONS = (ROOT / "docs/operations.md").read_text()
DELIVERY = (ROOT / "docs/delivery.md").read_text()
CORE = templates.read(ROOT / "template.yaml")
BOOTSTRAP = templates.read(ROOT / "bootstrap.yaml")
FOUND = [
    pytest.param(each, id=f"{page.stem}-{each.service}-{each.words[0]}")
    for page in PAGES
    for each in commands(page.read_text())
]


def test_every_alarm_has_its_runbook_in_the_template_s_order() -> None:
    section = OPERATIONS.split("\n## Alarms\n")[1].split("\n## ")[0]

    assert re.findall(r"^### (\w+)$", section, re.MULTILINE) == list(
        CORE.resources("AWS::CloudWatch::Alarm")
    )


@pytest.mark.parametrize("alarm", CORE.resources("AWS::CloudWatch::Alarm"))
def test_a_runbook_says_whether_a_mail_comes(alarm: str) -> None:
    section = OPERATIONS.split(f"\n### {alarm}\n")[1].split("\n##")[0]
    actions = CORE.resources("AWS::CloudWatch::Alarm")[alarm]["Properties"].get("AlarmActions", [])

    is_silent = "nobody is told by mail" in section or "is no trouble" in section
    assert is_silent == ({"Ref": "AlarmTopic"} not in actions)


def test_there_are_commands_to_check() -> None:
    assert len(FOUND) > 20


@pytest.mark.parametrize("command", FOUND)
def test_a_command_is_as_aws_knows_it(command: Command) -> None:
    assert command.problems() == []


@pytest.mark.parametrize(
    "wrong",
    [
        "aws dynamodb describe-table --table todos",
        "aws dynamodb describe-table",
        "aws dynamodb describe-table --table-name todos --query Tabel.TableStatus",
        "aws ecs list-tasks --desired-status GONE",
    ],
)
def test_a_wrong_command_is_found(wrong: str) -> None:
    (command,) = commands(f"`{wrong}`")

    assert command.problems()


def test_the_resources_that_are_looked_up_are_the_template_s() -> None:
    named = set(re.findall(r"\$\(resource (\w+)\)", OPERATIONS))

    assert len(named) > 10
    assert named <= set(CORE.body["Resources"])


def test_every_role_of_a_pipeline_is_made_known_to_it() -> None:
    named = re.findall(r"\$\(role (\w+)\)", DELIVERY)
    pipelines = {
        name.removesuffix("RoleArn")
        for name in BOOTSTRAP.body["Outputs"]
        if name.endswith("RoleArn") and not name.endswith("StackRoleArn")
    }

    assert len(named) == len(pipelines)
    assert set(named) == pipelines


def test_the_environments_are_those_that_roles_trust() -> None:
    (listed,) = re.findall(r"for environment in (.+); do", DELIVERY)
    trusted = re.findall(r":environment:([\w-]+)", (ROOT / "bootstrap.yaml").read_text())

    assert set(listed.split()) == set(trusted)


def test_the_cost_is_that_of_the_page_on_it() -> None:
    (cost,) = re.findall(r"Costs ([\d.]+) \$ a month", DELIVERY)

    assert (
        f"| `NatGateway` | `730 * (nat + address)` | 36.50 | {cost} |"
        in (ROOT / "docs/cost.md").read_text()
    )
