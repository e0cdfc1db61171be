"""The connections that the system needs are open, each way and wholly, and nothing else is.

Of 64,000 ports that an answer from outside may come to, the network ACLs spare one, RDP's.
"""

from typing import Any

import pytest

from tests.infra.network_locks import packets
from tests.infra.network_model import EPHEMERAL, INTERNET, Network, Ports, span, spans
from tests.infra.network_reading import read_network
from tests.infra.transformed import EGRESS_MODES, decided

HTTP, HTTPS, RDP = span(80, 80), span(443, 443), span(3389, 3389)
INSTANCES = "AutoScalingGroup"
BY_NAT = {"NatGateway", "NatPerAz"}
GATEWAY_ENDPOINTS = ("S3Endpoint", "DynamoDbEndpoint")
INTERFACE_ENDPOINTS = tuple(
    f"{service}Endpoint"
    for service in (
        *("Ecs", "EcsAgent", "EcsTelemetry", "EcrApi", "EcrDkr", "Logs"),
        *("CognitoIdp", "Sqs"),
    )
)
OUTSIDE = {INTERNET, *GATEWAY_ENDPOINTS}
# What orders the making of resources, and what a connection may hang on.
ORDERED = {
    *("AWS::EC2::Route", "AWS::EC2::NetworkAclEntry", "AWS::EC2::VPCEndpoint"),
    *("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SubnetRouteTableAssociation"),
}

Flow = tuple[str, str, Ports]  # who opens it, to whom, on which ports


def flows_out(mode: str) -> list[Flow]:
    """What the instances and their containers need."""
    gateways = [(INSTANCES, endpoint, HTTPS) for endpoint in GATEWAY_ENDPOINTS]
    if mode in BY_NAT:
        return [*gateways, (INSTANCES, INTERNET, HTTPS)]
    return gateways + [(INSTANCES, endpoint, HTTPS) for endpoint in INTERFACE_ENDPOINTS]


def flows(mode: str, scheme: str) -> list[Flow]:
    needed: list[Flow] = [
        ("VpcLink", "LoadBalancer", HTTP),
        ("LoadBalancer", INSTANCES, span(32768, 65535)),
        *flows_out(mode),
    ]
    return needed + ([(INTERNET, "LoadBalancer", HTTP)] if scheme == "internet-facing" else [])


def passes(network: Network, flow: Flow) -> bool:
    """Whether it does for each address, in each subnet, and for each port of an answer."""
    source, target, ports = flow
    answers = EPHEMERAL & ~(RDP if target in OUTSIDE else 0)
    openings = network.openings(source, target)
    return bool(openings) and all(
        opening.ports & ports == ports and opening.answers & answers == answers
        for opening in openings
    )


def test_each_flow_that_the_system_needs_passes(network: Network, mode: str, scheme: str) -> None:
    assert [flow for flow in flows(mode, scheme) if not passes(network, flow)] == []


def test_nothing_else_passes(network: Network, mode: str, scheme: str) -> None:
    expected = {(source, target): spans(ports) for source, target, ports in flows(mode, scheme)}

    assert network.edges() == expected


@pytest.mark.parametrize(
    ("source", "target", "ports"),
    [
        (INTERNET, "LoadBalancer", (22, 443, 3389, 8080, 32768)),
        (INTERNET, INSTANCES, (22, 80, 443, 2375, 3389, 8080, 8081, 32768, 51678)),
        (INTERNET, "VpcLink", (22, 80, 443, 3389, 8080)),
        ("VpcLink", INSTANCES, (22, 80, 443, 3389, 8080, 32768)),
        ("LoadBalancer", INSTANCES, (22, 80, 443, 2375, 3389, 8080, 8081)),
        ("LoadBalancer", INTERNET, (22, 25, 53, 80, 443)),
        (INSTANCES, "LoadBalancer", (22, 80, 443, 3389)),
        (INSTANCES, INSTANCES, (22, 80, 443, 2375, 3389, 8080, 32768)),
        (INSTANCES, INTERNET, (22, 25, 53, 80, 123, 587, 3389, 6667, 8080)),
        (INSTANCES, "S3Endpoint", (22, 80)),
        ("VpcLink", INTERNET, (22, 80, 443)),
    ],
)
def test_what_others_would_try_is_refused(
    network: Network, source: str, target: str, ports: tuple[int, ...]
) -> None:
    assert [port for port in ports if network.open_ports(source, target) >> port & 1] == []


def test_the_network_acls_let_exactly_these_packets_across(
    network: Network, mode: str, scheme: str
) -> None:
    every, but_rdp = ((1024, 65535),), ((1024, 3388), (3390, 65535))
    http, https = ((80, 80),), ((443, 443),)
    public, by_nat = scheme == "internet-facing", mode in BY_NAT
    expected: dict[tuple[str, str], tuple[tuple[int, int], ...]] = {
        (INTERNET, "Public"): (http if public else ()) + (but_rdp if by_nat else ()),
        (INTERNET, "Private"): but_rdp,
        ("Public", INTERNET): (https if by_nat else ()) + (every if public else ()),
        ("Public", "Public"): but_rdp if public and by_nat else (),
        ("Public", "Private"): every,
        ("Private", INTERNET): https,  # S3 and DynamoDB too
        ("Private", "Public"): http + (https if by_nat else ()) + every,
        ("Private", "Private"): () if by_nat else https + every,
    }

    assert packets(network) == {kinds: {ports} for kinds, ports in expected.items()}


def test_instances_come_after_and_go_before_all_that_their_way_out_hangs_on(
    plain_template: dict[str, Any],
) -> None:
    resources = plain_template["Resources"]
    names = [name for name, each in resources.items() if each["Type"] in ORDERED]

    needed = {name for name in names for mode in EGRESS_MODES if hangs(plain_template, mode, name)}

    # The NAT gateways, which the private subnets' routes name, wait for the public ones' route.
    assert needed - {"PublicDefaultRoute"} == set(resources[INSTANCES]["DependsOn"])


def hangs(template: dict[str, Any], mode: str, name: str) -> bool:
    """Whether a flow out of the instances is gone without the resource."""
    resources = decided(template, mode, "internal")["Resources"]
    if resources.pop(name, None) is None:
        return False
    network = read_network(resources)
    known = {party.name for party in network.parties}
    return not all(flow[1] in known and passes(network, flow) for flow in flows_out(mode))
