"""No way around: whom the internet reaches, and that each lock alone keeps it from instances."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.infra.network_locks import acls_alone, addresses_alone, groups_alone, routes_alone
from tests.infra.network_model import INTERNET, Network, spans
from tests.infra.network_reading import read_network
from tests.infra.transformed import decided

Resources = dict[str, dict[str, Any]]
Change = Callable[[Resources], object]
Lock = Callable[[Network], Network]

INSTANCES = "AutoScalingGroup"
FRONT_DOOR = (INTERNET, "Api", "VpcLink", "LoadBalancer", INSTANCES)
SIDE_DOOR = (INTERNET, "LoadBalancer", INSTANCES)
ANY_PORT = [(0, 65535)]
ANYWHERE = {"CidrBlock": "0.0.0.0/0"}


def reached(network: Network) -> dict[str, list[tuple[int, int]]]:
    """To whom the internet opens connections, and on which ports."""
    found = {each.name: spans(network.open_ports(INTERNET, each.name)) for each in network.parties}
    return {name: ports for name, ports in found.items() if ports}


def test_the_instances_are_reached_by_the_api_alone(network: Network, scheme: str) -> None:
    one_more = {SIDE_DOOR} if scheme == "internet-facing" else set()

    assert network.paths(INTERNET, INSTANCES) == {FRONT_DOOR} | one_more


def test_the_internet_itself_opens_nothing_but_a_public_balancer(
    network: Network, scheme: str
) -> None:
    expected = {"LoadBalancer": [(80, 80)]} if scheme == "internet-facing" else {}

    assert reached(network) == expected


def test_addresses_alone_keep_the_internet_out(network: Network, scheme: str) -> None:
    expected = {"LoadBalancer": ANY_PORT} if scheme == "internet-facing" else {}

    assert reached(addresses_alone(network)) == expected


def test_routes_alone_keep_the_internet_out_of_private_subnets(network: Network) -> None:
    assert reached(routes_alone(network)) == {"LoadBalancer": ANY_PORT}


def test_network_acls_alone_keep_the_internet_out(network: Network, mode: str, scheme: str) -> None:
    # What answers to a NAT gateway come by is open to whom an answer to a client gets through.
    answers = [] if mode == "VpcEndpoints" else [(1024, 3388), (3390, 65535)]
    expected = {"LoadBalancer": [(80, 80), *answers]} if scheme == "internet-facing" else {}

    assert reached(acls_alone(network)) == expected


def test_security_groups_alone_keep_the_internet_out(network: Network, scheme: str) -> None:
    expected = {"LoadBalancer": [(80, 80)]} if scheme == "internet-facing" else {}

    assert reached(groups_alone(network)) == expected


def set_in(name: str, **properties: Any) -> Change:
    return lambda resources: resources[name]["Properties"].update(properties)


def launch(**data: Any) -> Change:
    def change(resources: Resources) -> None:
        resources["InstanceLaunchTemplate"]["Properties"]["LaunchTemplateData"].update(data)

    return change


def let_in(group: str, ports: tuple[int, int], **source: Any) -> Change:
    rule = {"GroupId": ref(group), "IpProtocol": "tcp", "FromPort": ports[0], "ToPort": ports[1]}
    kind = "AWS::EC2::SecurityGroupIngress"
    return lambda resources: resources.update(
        {f"More{len(resources)}": {"Type": kind, "Properties": rule | source}}
    )


def allow_all(acl: str, *, egress: bool) -> Change:
    rule = {"NetworkAclId": ref(acl), "RuleNumber": 1, "RuleAction": "allow", "Protocol": -1}
    properties = rule | ANYWHERE | {"Egress": egress}
    entry = {"Type": "AWS::EC2::NetworkAclEntry", "Properties": properties}
    return lambda resources: resources.update({f"More{len(resources)}": entry})


def without(name: str) -> Change:
    return lambda resources: resources.pop(name)


def all_of(*changes: Change) -> Change:
    return lambda resources: [change(resources) for change in changes]


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


SSH = (22, 22)
FROM_ANYWHERE = {"CidrIp": "0.0.0.0/0"}
INTERFACE = {"AssociatePublicIpAddress": True, "Groups": [ref("InstanceSecurityGroup")]}
PUBLIC_LAUNCH = launch(NetworkInterfaces=[INTERFACE], SecurityGroupIds=[])
OUT_OF_A = all_of(
    without("PrivateSubnetADefaultRoute"),
    set_in("PrivateSubnetARouteTableAssociation", RouteTableId=ref("PublicRouteTable")),
)
ALL_ACLS = all_of(
    *(
        allow_all(f"{kind}NetworkAcl", egress=egress)
        for kind in ("Public", "Private")
        for egress in (False, True)
    )
)
BUT_RDP = [(1024, 3388), (3390, 65535)]
PRIVATE = (INSTANCES, "VpcLink")
# What somebody might write into the template, the lock that it opens, and who is reached by it.
OPENED: dict[str, tuple[Change, Lock, dict[str, Any]]] = {
    "SSH from anywhere": (
        let_in("InstanceSecurityGroup", SSH, **FROM_ANYWHERE),
        groups_alone,
        {INSTANCES: [SSH]},
    ),
    "SSH from one address": (
        let_in("InstanceSecurityGroup", SSH, CidrIp="198.51.100.7/32"),
        groups_alone,
        {INSTANCES: [SSH]},
    ),
    "the balancer's port for everybody": (
        let_in("LoadBalancerSecurityGroup", (80, 80), **FROM_ANYWHERE),
        groups_alone,
        {"LoadBalancer": [(80, 80)]},
    ),
    "a public balancer": (
        set_in("LoadBalancer", Scheme="internet-facing"),
        addresses_alone,
        {"LoadBalancer": ANY_PORT},
    ),
    "instances with public addresses": (PUBLIC_LAUNCH, addresses_alone, {INSTANCES: ANY_PORT}),
    "a subnet that gives public addresses": (
        set_in("PrivateSubnetB", MapPublicIpOnLaunch=True),
        addresses_alone,
        dict.fromkeys(PRIVATE, ANY_PORT),
    ),
    "a private route to the internet gateway": (
        set_in("PrivateSubnetCDefaultRoute", GatewayId=ref("InternetGateway")),
        routes_alone,
        dict.fromkeys(("LoadBalancer", *PRIVATE), ANY_PORT),
    ),
    "a private subnet with the public routes": (
        OUT_OF_A,
        routes_alone,
        dict.fromkeys(("LoadBalancer", *PRIVATE), ANY_PORT),
    ),
    "a private subnet without its network ACL": (
        without("PrivateSubnetBNetworkAclAssociation"),
        acls_alone,
        dict.fromkeys(PRIVATE, ANY_PORT),
    ),
    "answers from private subnets to anywhere": (
        set_in("PrivateOutboundAnswers", **ANYWHERE),
        acls_alone,
        dict.fromkeys(PRIVATE, BUT_RDP),
    ),
    "network ACLs that allow all": (
        ALL_ACLS,
        acls_alone,
        dict.fromkeys(("LoadBalancer", *PRIVATE), ANY_PORT),
    ),
    "answers of the balancer to anywhere": (
        set_in("PublicOutboundFromBalancer", **ANYWHERE),
        acls_alone,
        {"LoadBalancer": BUT_RDP},
    ),
}
# What together makes a new way to the instances, and the way.
WAYS: dict[str, tuple[Change, tuple[str, ...]]] = {
    "the VPC link in the balancer's security group": (
        set_in("VpcLink", SecurityGroupIds=[ref("LoadBalancerSecurityGroup")]),
        (INTERNET, "Api", "VpcLink", INSTANCES),
    ),
    "all four locks of the balancer open": (
        all_of(
            set_in("LoadBalancer", Scheme="internet-facing"),
            let_in("LoadBalancerSecurityGroup", (80, 80), **FROM_ANYWHERE),
            set_in("PublicInboundToBalancer", **ANYWHERE),
            set_in("PublicOutboundFromBalancer", **ANYWHERE),
        ),
        SIDE_DOOR,
    ),
    "all four locks of the instances open": (
        all_of(
            PUBLIC_LAUNCH,
            OUT_OF_A,
            ALL_ACLS,
            let_in("InstanceSecurityGroup", (32768, 65535), **FROM_ANYWHERE),
        ),
        (INTERNET, INSTANCES),
    ),
}


def changed(template: dict[str, Any], change: Change) -> Network:
    """The default network with something else in the template."""
    resources = decided(template, "NatGateway", "internal")["Resources"]
    change(resources)
    return read_network(resources)


@pytest.mark.parametrize("name", OPENED)
def test_one_open_lock_is_seen_and_the_others_hold(
    plain_template: dict[str, Any], name: str
) -> None:
    change, lock, expected = OPENED[name]
    network = changed(plain_template, change)

    assert reached(lock(network)) == expected
    assert network.paths(INTERNET, INSTANCES) == {FRONT_DOOR}


@pytest.mark.parametrize("name", WAYS)
def test_a_new_way_is_seen(plain_template: dict[str, Any], name: str) -> None:
    change, way = WAYS[name]

    assert way in changed(plain_template, change).paths(INTERNET, INSTANCES)
