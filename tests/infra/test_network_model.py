"""The model of a network by itself: small networks of which everybody can tell what is open."""

from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

import pytest

from tests.infra.network_model import (
    ALL_PORTS,
    EVERYWHERE,
    INTERNET,
    Acl,
    AclRule,
    Group,
    GroupRule,
    Network,
    Party,
    Subnet,
    span,
    spans,
)
from tests.infra.network_reading import NotUnderstood, read_network

OPEN = (AclRule(100, allows=True, block=EVERYWHERE, ports=ALL_PORTS),)
FRONT, BACK = IPv4Network("10.0.0.0/24"), IPv4Network("10.0.1.0/24")
HTTP = span(80, 80)
SMALL = Network(
    vpc=IPv4Network("10.0.0.0/16"),
    subnets={"front": Subnet(FRONT, routes={EVERYWHERE: INTERNET}), "back": Subnet(BACK)},
    groups={
        "web": Group(ingress=(GroupRule(HTTP, EVERYWHERE),)),
        "app": Group(ingress=(GroupRule(span(8080, 8080), "web"),)),
    },
    parties=(
        Party(INTERNET),
        Party("web", ("front",), ("web",), public=True),
        Party("app", ("back",), ("app",)),
        Party("store"),
    ),
)


def rule(number: int, ports: int, block: str = "0.0.0.0/0", *, allows: bool = True) -> AclRule:
    return AclRule(number, allows, IPv4Network(block), ports)


def with_subnet(name: str, **changes: Any) -> Network:
    subnet = replace(SMALL.subnets[name], **changes)
    return replace(SMALL, subnets={**SMALL.subnets, name: subnet})


def test_ports_are_counted_exactly() -> None:
    assert spans(0) == []
    assert spans(ALL_PORTS) == [(0, 65535)]
    assert spans(span(1024, 65535) & ~span(3389, 3389)) == [(1024, 3388), (3390, 65535)]


def test_what_is_public_and_lets_somebody_in_is_reached_and_what_it_leads_to() -> None:
    assert SMALL.edges() == {
        (INTERNET, "web"): [(80, 80)],
        ("web", INTERNET): [(0, 65535)],
        ("web", "app"): [(8080, 8080)],
        ("web", "web"): [(80, 80)],
        ("app", "web"): [(80, 80)],
    }
    assert SMALL.paths(INTERNET, "app") == {(INTERNET, "web", "app")}


@pytest.mark.parametrize(
    "changed",
    [
        with_subnet("front", routes={}),  # no way back
        with_subnet("front", routes={EVERYWHERE: "nat"}),
        with_subnet("front", acl=Acl(inbound=OPEN)),  # no answer gets out
        with_subnet("front", acl=Acl(outbound=OPEN)),
        with_subnet("front", acl=Acl((rule(1, HTTP, allows=False), *OPEN), OPEN)),
        with_subnet("front", acl=Acl(OPEN, (rule(1, span(0, 1023)),))),
        replace(SMALL, groups={**SMALL.groups, "web": Group()}),
        replace(SMALL, parties=(Party(INTERNET), Party("web", ("front",), ("web",)))),
    ],
)
def test_one_thing_that_is_missing_closes_the_door(changed: Network) -> None:
    assert (INTERNET, "web") not in changed.edges()


def test_the_lowest_number_decides_and_nothing_said_is_no() -> None:
    acl = Acl((rule(20, HTTP, allows=False), rule(10, HTTP)), OPEN)

    assert with_subnet("front", acl=acl).open_ports(INTERNET, "web") == HTTP


def test_an_acl_for_some_addresses_leaves_the_others_out() -> None:
    some = Acl((rule(1, HTTP, "198.51.100.0/24"),), OPEN)
    network = with_subnet("front", acl=some)

    assert network.open_ports(INTERNET, "web") == HTTP
    assert {opening.ports for opening in network.openings(INTERNET, "web")} == {0, HTTP}


def test_within_a_subnet_no_acl_is_asked() -> None:
    closed = with_subnet("front", acl=Acl())

    assert closed.edges() == {("web", "web"): [(80, 80)]}


@pytest.mark.parametrize(
    ("front", "back", "leaves"),
    [
        (OPEN, OPEN, True),
        ((rule(1, span(443, 443)),), OPEN, False),  # the gateway's answers stay outside
        (OPEN, (rule(1, span(443, 443)),), False),  # they get no further than the gateway
    ],
)
def test_a_nat_gateway_leads_out_and_never_in(
    front: tuple[AclRule, ...], back: tuple[AclRule, ...], *, leaves: bool
) -> None:
    subnets = {
        "front": Subnet(FRONT, Acl(front, OPEN), {EVERYWHERE: INTERNET}),
        "back": Subnet(BACK, Acl(back, OPEN), {EVERYWHERE: "nat"}),
    }
    network = replace(SMALL, subnets=subnets, nat_gateways={"nat": "front"})

    assert (("app", INTERNET) in network.edges()) is leaves
    assert (INTERNET, "app") not in network.edges()


def test_a_gateway_endpoint_is_reached_from_the_subnets_that_know_it() -> None:
    known = with_subnet("back", endpoints=frozenset({"store"}))

    assert known.edges().keys() - SMALL.edges().keys() == {("app", "store")}


def test_what_others_hand_over_is_a_step_too() -> None:
    network = replace(SMALL, handovers=frozenset({("app", "api"), ("api", "back office")}))

    assert network.paths("web", "back office") == {("web", "app", "api", "back office")}


@pytest.mark.parametrize(
    "resource",
    [
        {"Type": "AWS::EC2::VPCPeeringConnection"},
        {"Type": "AWS::EC2::EIP", "Properties": {"InstanceId": {"Ref": "Instance"}}},
        {"Type": "AWS::RDS::DBSubnetGroup", "Properties": {"SubnetIds": [{"Ref": "Subnet"}]}},
        {
            "Type": "AWS::EC2::Route",
            "Properties": {
                "RouteTableId": {"Ref": "Table"},
                "DestinationIpv6CidrBlock": "::/0",
                "GatewayId": {"Ref": "Gateway"},
            },
        },
    ],
)
def test_what_the_model_does_not_know_is_refused(resource: dict[str, Any]) -> None:
    known = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"CidrBlock": "10.0.0.0/24"}},
    }

    assert read_network(known).edges() == {}
    with pytest.raises(NotUnderstood):
        read_network({**known, "New": resource})
