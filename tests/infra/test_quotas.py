"""AWS's quotas, at their defaults: each figure of the template leaves a fifth of its limit or more.

A policy counts with the longest names, so that it does not matter what a stack is called.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from tests.infra.transformed import COMBINATIONS, decided

Resources = Mapping[str, dict[str, Any]]
Figure = Callable[[Resources], int]

NAME = "n" * 128  # about what the longest ARN, name or id of ours has
HTTP_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def of_type(resources: Resources, kind: str) -> list[dict[str, Any]]:
    found = (each for each in resources.values() if each["Type"] == f"AWS::{kind}")
    return [each.get("Properties", {}) for each in found]


def most(keys: Iterable[object]) -> int:
    """How often the most frequent one is among them."""
    return max(Counter(str(key) for key in keys).values(), default=0)


def longest(documents: Iterable[object]) -> int:
    """The characters of the longest document, as AWS counts them: without white space."""
    return max(len(json.dumps(_written(each), separators=(",", ":"))) for each in documents)


def _written(node: object) -> object:
    """With long names for what only a deployment knows."""
    if isinstance(node, list):
        return [_written(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "Fn::Sub" in node:
        return re.sub(r"\$\{[^}]+\}", NAME, node["Fn::Sub"])
    if node.keys() & {"Ref", "Fn::GetAtt"}:
        return NAME
    return {key: _written(item) for key, item in node.items()}


def number(kind: str) -> Figure:
    return lambda resources: len(of_type(resources, kind))


def by(kind: str, *keys: str) -> Figure:
    """The most resources of a kind that have these properties in common."""
    return lambda resources: most(
        [str(each.get(key)) for key in keys] for each in of_type(resources, kind)
    )


def items(kind: str, key: str) -> Figure:
    """The most items that a property of a resource lists."""
    return lambda resources: max(len(each.get(key, [])) for each in of_type(resources, kind))


def texts(kind: str, *keys: str) -> Figure:
    """The characters of the longest resource's documents."""
    return lambda resources: longest(
        [each[key] for key in keys if key in each] for each in of_type(resources, kind)
    )


def endpoints(kind: str) -> Figure:
    return lambda resources: sum(
        each["VpcEndpointType"] == kind for each in of_type(resources, "EC2::VPCEndpoint")
    )


def group_rules(way: str) -> Figure:
    def figure(resources: Resources) -> int:
        inside = items("EC2::SecurityGroup", f"SecurityGroup{way}")(resources)
        return inside + by(f"EC2::SecurityGroup{way}", "GroupId")(resources)

    return figure


def condition_values(resources: Resources) -> list[list[str]]:
    rules = of_type(resources, "ElasticLoadBalancingV2::ListenerRule")
    return [
        [value for each in rule["Conditions"] for value in each["PathPatternConfig"]["Values"]]
        for rule in rules
    ]


def api_routes(resources: Resources) -> int:
    (api,) = of_type(resources, "ApiGatewayV2::Api")
    return sum(len(item.keys() & HTTP_METHODS) for item in api["Body"]["paths"].values())


def user_data(resources: Resources) -> int:
    (template,) = of_type(resources, "EC2::LaunchTemplate")
    script = template["LaunchTemplateData"]["UserData"]["Fn::Base64"]
    return longest([script])


QUOTAS: dict[str, tuple[int, Figure]] = {
    "resources of a stack": (500, len),
    "subnets of a VPC": (200, number("EC2::Subnet")),
    "route tables of a VPC": (200, number("EC2::RouteTable")),
    "routes of a table": (50, by("EC2::Route", "RouteTableId")),
    "addresses in a region": (5, number("EC2::EIP")),
    "NAT gateways in a zone": (5, by("EC2::NatGateway", "SubnetId")),
    "network ACLs of a VPC": (200, number("EC2::NetworkAcl")),
    "entries of a network ACL each way": (
        20,
        by("EC2::NetworkAclEntry", "NetworkAclId", "Egress"),
    ),
    "interface endpoints of a VPC": (50, endpoints("Interface")),
    "gateway endpoints in a region": (20, endpoints("Gateway")),
    "characters of an endpoint's policy": (20_480, texts("EC2::VPCEndpoint", "PolicyDocument")),
    "rules of a security group inwards": (60, group_rules("Ingress")),
    "rules of a security group outwards": (60, group_rules("Egress")),
    "security groups of the balancer": (
        5,
        items("ElasticLoadBalancingV2::LoadBalancer", "SecurityGroups"),
    ),
    "rules of the balancer": (100, number("ElasticLoadBalancingV2::ListenerRule")),
    "values in a rule's conditions": (5, lambda each: max(map(len, condition_values(each)))),
    "wildcards in a rule's conditions": (
        6,
        lambda each: max("".join(values).count("*") for values in condition_values(each)),
    ),
    "target groups of the balancer": (100, number("ElasticLoadBalancingV2::TargetGroup")),
    "target groups of an ECS service": (5, items("ECS::Service", "LoadBalancers")),
    "containers of a task definition": (10, items("ECS::TaskDefinition", "ContainerDefinitions")),
    "local indexes of a table": (5, items("DynamoDB::Table", "LocalSecondaryIndexes")),
    "characters of a bucket's policy": (20_480, texts("S3::BucketPolicy", "PolicyDocument")),
    "characters of a role's own policies": (10_240, texts("IAM::Role", "Policies")),
    "characters of a role's trust policy": (2_048, texts("IAM::Role", "AssumeRolePolicyDocument")),
    "managed policies of a role": (10, items("IAM::Role", "ManagedPolicyArns")),
    "bytes of user data": (16_384, user_data),
    "VPC links in a region": (10, number("ApiGatewayV2::VpcLink")),
    "routes of an API": (300, api_routes),
}


def headroom(limit: int) -> int:
    """The largest figure that leaves a fifth of the limit."""
    return limit * 4 // 5


@pytest.mark.parametrize("name", QUOTAS)
def test_a_quota_has_headroom_in_each_way_to_deploy_the_network(
    deployed: dict[str, Any], name: str
) -> None:
    limit, figure = QUOTAS[name]

    assert figure(deployed) <= headroom(limit)


@pytest.mark.parametrize("name", QUOTAS)
def test_each_figure_counts_something(plain_template: dict[str, Any], name: str) -> None:
    _, figure = QUOTAS[name]

    assert any(figure(decided(plain_template, *each)["Resources"]) for each in COMBINATIONS)


def test_parameters_and_outputs_are_far_from_their_quota(template: dict[str, Any]) -> None:
    assert len(template["Parameters"]) <= headroom(200)
    assert len(template["Outputs"]) <= headroom(200)


def test_the_template_fits_by_way_of_s3_and_by_no_other(
    template_text: str, plain_template: dict[str, Any]
) -> None:
    largest = max(len(template_text.encode()), len(json.dumps(plain_template)))

    # What a request may hold itself is 51,200 bytes: whoever deploys the template needs a bucket.
    assert 51_200 < largest <= headroom(1_000_000)
