"""docs/fargate.md counts what the template has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.cdk.conftest import CONTEXT, ROOT

if TYPE_CHECKING:
    from aws_cdk.assertions import Template

PAGE = (ROOT / "docs" / "fargate.md").read_text()


def test_the_number_of_resources_is_the_templates(resources: dict[str, Any]) -> None:
    (count,) = re.findall(r"the CDK writes (\d+) resources", PAGE)

    assert int(count) == len(resources)


def test_what_is_paid_for_is_what_there_is(template: Template) -> None:
    (task,) = template.find_resources("AWS::ECS::TaskDefinition").values()
    (balancer,) = template.find_resources("AWS::ElasticLoadBalancingV2::LoadBalancer").values()
    cpu, memory = (int(task["Properties"][name]) / 1024 for name in ("Cpu", "Memory"))

    row = f"| the task: {cpu:g} vCPU, {memory:g} GB | `730 * ({cpu:g} * vcpu + {memory:g} * gb)`"
    assert row in PAGE
    assert len(balancer["Properties"]["Subnets"]) == 2  # an address in each
    template.resource_count_is("AWS::EC2::NatGateway", 1)
    template.resource_count_is("AWS::SecretsManager::Secret", 2)


def test_everything_that_may_be_chosen_is_told() -> None:
    table = PAGE.split("`CONTEXT` takes the names")[1].split("\n\n")[1]
    told = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))

    assert told == {name for name in CONTEXT if re.fullmatch(r"\w+", name)}


def test_the_settings_of_the_application_are_those_that_it_reads(template: Template) -> None:
    source = (ROOT / "fargate" / "web" / "todo_list" / "config.py").read_text()
    read = set(re.findall(r'^    "([A-Z_]+)": Variable', source, re.MULTILINE))
    (task,) = template.find_resources("AWS::ECS::TaskDefinition").values()
    (application,) = (
        each for each in task["Properties"]["ContainerDefinitions"] if each["Name"] == "application"
    )

    given = {each["Name"] for each in application["Environment"] + application["Secrets"]}

    assert given == {"HOSTS", "HTTPS", "DATABASE_PASSWORD", "SECRET_KEY"}
    assert given < read
