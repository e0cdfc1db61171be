"""Two zones, and no way in but the load balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_cdk.assertions import Template

ANYBODY = "0.0.0.0/0"


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        name: resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == kind
    }


def group(resources: dict[str, Any], owner: str) -> str:
    """The logical id of a security group."""
    (found,) = (
        name
        for name in of_type(resources, "AWS::EC2::SecurityGroup")
        if name.startswith(f"Network{owner}SecurityGroup")
    )
    return found


def rules(resources: dict[str, Any], direction: str) -> set[tuple[str, str, int, int]]:
    """(group, peer, first port, last port) of every rule, within a group or beside it."""
    peers = {"Ingress": "SourceSecurityGroupId", "Egress": "DestinationSecurityGroupId"}
    found = []
    for name, properties in of_type(resources, "AWS::EC2::SecurityGroup").items():
        found += [(name, rule) for rule in properties.get(f"SecurityGroup{direction}", [])]
    for rule in of_type(resources, f"AWS::EC2::SecurityGroup{direction}").values():
        found.append((rule["GroupId"]["Fn::GetAtt"][0], rule))
    return {
        (
            name,
            rule["CidrIp"] if "CidrIp" in rule else rule[peers[direction]]["Fn::GetAtt"][0],
            rule["FromPort"],
            rule["ToPort"],
        )
        for name, rule in found
    }


def test_the_network_has_its_size(template: Template) -> None:
    template.resource_count_is("AWS::EC2::VPC", 1)
    template.has_resource_properties(
        "AWS::EC2::VPC",
        {"CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": True, "EnableDnsSupport": True},
    )


def test_each_of_two_zones_has_a_public_and_a_private_subnet(resources: dict[str, Any]) -> None:
    subnets = of_type(resources, "AWS::EC2::Subnet")

    placed = {
        (subnet["CidrBlock"], subnet["AvailabilityZone"]["Fn::Select"][0], "Public" in name)
        for name, subnet in subnets.items()
    }
    assert placed == {
        ("10.0.0.0/24", 0, True),
        ("10.0.1.0/24", 1, True),
        ("10.0.2.0/24", 0, False),
        ("10.0.3.0/24", 1, False),
    }
    assert {subnet["MapPublicIpOnLaunch"] for subnet in subnets.values()} == {False}


def test_public_subnets_lead_to_the_internet_and_private_ones_through_the_nat_gateway(
    resources: dict[str, Any],
) -> None:
    routes = of_type(resources, "AWS::EC2::Route")
    tables = of_type(resources, "AWS::EC2::SubnetRouteTableAssociation")
    ways = {
        route["RouteTableId"]["Ref"]: "gateway" if "GatewayId" in route else "nat"
        for route in routes.values()
    }

    reached = {
        (table["SubnetId"]["Ref"], ways[table["RouteTableId"]["Ref"]]) for table in tables.values()
    }

    assert {route["DestinationCidrBlock"] for route in routes.values()} == {ANYBODY}
    assert len(reached) == 4
    for subnet, way in reached:
        assert way == ("gateway" if "PublicSubnet" in subnet else "nat")


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("AWS::EC2::NatGateway", 1),
        ("AWS::EC2::EIP", 1),
        ("AWS::EC2::InternetGateway", 1),
        ("AWS::EC2::VPCGatewayAttachment", 1),
        ("AWS::EC2::RouteTable", 4),
    ],
)
def test_there_is_one_way_out(template: Template, kind: str, count: int) -> None:
    template.resource_count_is(kind, count)


def test_the_nat_gateway_stands_in_a_public_subnet(resources: dict[str, Any]) -> None:
    (gateway,) = of_type(resources, "AWS::EC2::NatGateway").values()

    assert "PublicSubnet" in gateway["SubnetId"]["Ref"]


def test_the_layers_of_the_applications_image_do_not_pass_the_nat_gateway(
    resources: dict[str, Any],
) -> None:
    (endpoint,) = of_type(resources, "AWS::EC2::VPCEndpoint").values()
    private = {
        table["RouteTableId"]["Ref"]
        for table in of_type(resources, "AWS::EC2::SubnetRouteTableAssociation").values()
        if "Private" in table["SubnetId"]["Ref"]
    }

    assert endpoint["VpcEndpointType"] == "Gateway"
    assert str(endpoint["ServiceName"]).endswith(".s3']]}")
    assert private <= {table["Ref"] for table in endpoint["RouteTableIds"]}


def test_nothing_comes_in_but_by_the_load_balancer(resources: dict[str, Any]) -> None:
    balancer, task, files = (group(resources, owner) for owner in ("Balancer", "Task", "Files"))

    assert rules(resources, "Ingress") == {
        (balancer, ANYBODY, 80, 80),
        (task, balancer, 5000, 5000),
        (files, task, 2049, 2049),
    }


def test_each_speaks_only_with_whom_it_must(resources: dict[str, Any]) -> None:
    balancer, task, files = (group(resources, owner) for owner in ("Balancer", "Task", "Files"))

    assert rules(resources, "Egress") == {
        (balancer, task, 5000, 5000),
        (task, files, 2049, 2049),
        (task, ANYBODY, 443, 443),
        (files, "255.255.255.255/32", 252, 86),  # nobody: CloudFormation has no empty list
    }


def test_nothing_but_the_load_balancer_stands_in_public(resources: dict[str, Any]) -> None:
    public = {name for name in of_type(resources, "AWS::EC2::Subnet") if "Public" in name}
    (balancer,) = of_type(resources, "AWS::ElasticLoadBalancingV2::LoadBalancer").values()
    (service,) = of_type(resources, "AWS::ECS::Service").values()
    targets = of_type(resources, "AWS::EFS::MountTarget").values()
    network = service["NetworkConfiguration"]["AwsvpcConfiguration"]

    assert {subnet["Ref"] for subnet in balancer["Subnets"]} == public
    assert balancer["Scheme"] == "internet-facing"
    assert network["AssignPublicIp"] == "DISABLED"
    assert len(network["Subnets"]) == 2
    assert public.isdisjoint(subnet["Ref"] for subnet in network["Subnets"])
    assert len({target["SubnetId"]["Ref"] for target in targets}) == 2
    assert public.isdisjoint(target["SubnetId"]["Ref"] for target in targets)


def test_who_may_come_can_be_chosen(synthesised: Callable[..., Template]) -> None:
    resources = synthesised(allowedCidr="203.0.113.7/32").to_json()["Resources"]

    open_to = {peer for _, peer, _, _ in rules(resources, "Ingress") if "/" in peer}

    assert open_to == {"203.0.113.7/32"}
