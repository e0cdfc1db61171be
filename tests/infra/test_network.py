"""The network: what is where, in each way to deploy it. Who reaches whom is in test_flows.py."""

from collections import Counter
from ipaddress import IPv4Network
from itertools import chain
from typing import Any

SUBNETS = {kind: [f"{kind}Subnet{zone}" for zone in "ABC"] for kind in ("Public", "Private")}
HOST_PORTS = (32768, 65535)
# In which zones a mode has a NAT gateway, and which one each zone's private subnet uses.
NAT_ZONES = {"NatGateway": "A", "NatPerAz": "ABC", "VpcEndpoints": ""}
NAT_OF_ZONES = {"NatGateway": "AAA", "NatPerAz": "ABC", "VpcEndpoints": ""}
# The packets that say that another one was too large for its way.
PATH_MTU = {"Type": 3, "Code": 4}

Rule = tuple[str, str, tuple[int, int]]


def references(names: list[str]) -> list[dict[str, str]]:
    return [{"Ref": name} for name in names]


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: each for name, each in resources.items() if each["Type"] == kind}


def properties_of(resources: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in of_type(resources, kind).values()]


def ports(rule: dict[str, Any]) -> tuple[int, int]:
    assert rule["IpProtocol"] == "tcp"
    return rule["FromPort"], rule["ToPort"]


def entrances(resources: dict[str, Any]) -> set[Rule]:
    """(from, to, ports) of everything that a security group lets in."""
    found: set[Rule] = set()
    for rule in properties_of(resources, "AWS::EC2::SecurityGroupIngress"):
        source = rule.get("SourceSecurityGroupId", {}).get("Ref") or rule["CidrIp"]
        found.add((source, rule["GroupId"]["Ref"], ports(rule)))
    return found


def test_what_has_a_public_address_waits_for_the_way_to_the_internet(
    resources: dict[str, Any],
) -> None:
    # AWS makes none of these while the VPC has no internet gateway, and lets none of it go before.
    gates = {"AWS::EC2::EIP": "InternetGatewayAttachment"}
    gates |= dict.fromkeys(
        ("AWS::EC2::NatGateway", "AWS::ElasticLoadBalancingV2::LoadBalancer"), "PublicDefaultRoute"
    )

    waiting = {name: each for kind in gates for name, each in of_type(resources, kind).items()}

    assert len(waiting) == 7
    assert resources["PublicDefaultRoute"]["DependsOn"] == "InternetGatewayAttachment"
    for name, each in waiting.items():
        assert each.get("DependsOn") == gates[each["Type"]], name


def test_three_public_and_three_private_subnets_lie_in_three_zones(
    properties: dict[str, Any],
) -> None:
    for names in SUBNETS.values():
        zones = [properties[name]["AvailabilityZone"]["Fn::Select"][0] for name in names]

        assert zones == [0, 1, 2]


def test_subnets_are_disjoint_parts_of_the_vpc(properties: dict[str, Any]) -> None:
    vpc = IPv4Network(properties["Vpc"]["CidrBlock"])
    blocks = [IPv4Network(properties[name]["CidrBlock"]) for name in chain(*SUBNETS.values())]

    assert vpc == IPv4Network("10.0.0.0/16")
    assert [block.prefixlen for block in blocks] == [24] * 6
    for position, block in enumerate(blocks):
        assert block.subnet_of(vpc)
        assert not any(block.overlaps(other) for other in blocks[position + 1 :])


def test_no_subnet_gives_what_is_in_it_a_public_address(resources: dict[str, Any]) -> None:
    subnets = of_type(resources, "AWS::EC2::Subnet")

    assert set(subnets) == set(chain(*SUBNETS.values()))
    for name, subnet in subnets.items():
        # So no MapPublicIpOnLaunch, and nothing of IPv6, whose addresses are all public.
        assert set(subnet["Properties"]) == {"VpcId", "AvailabilityZone", "CidrBlock", "Tags"}, name


def test_each_subnet_has_the_routes_of_its_kind(deployed: dict[str, Any], mode: str) -> None:
    routes = properties_of(deployed, "AWS::EC2::Route")
    associations = properties_of(deployed, "AWS::EC2::SubnetRouteTableAssociation")

    ways_out = {
        each["SubnetId"]["Ref"]: [
            {key: value for key, value in route.items() if key != "RouteTableId"}
            for route in routes
            if route["RouteTableId"] == each["RouteTableId"]
        ]
        for each in associations
    }

    everywhere = {"DestinationCidrBlock": "0.0.0.0/0"}
    expected = {
        name: [everywhere | {"GatewayId": {"Ref": "InternetGateway"}}] for name in SUBNETS["Public"]
    }
    expected |= {name: [] for name in SUBNETS["Private"]}
    for name, zone in zip(SUBNETS["Private"], NAT_OF_ZONES[mode], strict=False):
        expected[name] = [everywhere | {"NatGatewayId": {"Ref": f"NatGateway{zone}"}}]
    assert ways_out == expected


def test_a_nat_gateway_is_in_its_zone_s_public_subnet(deployed: dict[str, Any], mode: str) -> None:
    gateways = of_type(deployed, "AWS::EC2::NatGateway")

    places = {name: each["Properties"]["SubnetId"]["Ref"] for name, each in gateways.items()}
    addresses = {each["Properties"]["AllocationId"]["Fn::GetAtt"][0] for each in gateways.values()}

    zones = NAT_ZONES[mode]
    assert places == {f"NatGateway{zone}": f"PublicSubnet{zone}" for zone in zones}
    assert addresses == {f"NatGateway{zone}Address" for zone in zones}
    assert of_type(deployed, "AWS::EC2::EIP").keys() == addresses


def test_each_subnet_has_the_network_acl_of_its_kind(resources: dict[str, Any]) -> None:
    associations = properties_of(resources, "AWS::EC2::SubnetNetworkAclAssociation")

    assert {each["SubnetId"]["Ref"]: each["NetworkAclId"]["Ref"] for each in associations} == {
        name: f"{kind}NetworkAcl" for kind, names in SUBNETS.items() for name in names
    }


def test_an_acl_s_rules_have_numbers_of_their_own(resources: dict[str, Any]) -> None:
    entries = properties_of(resources, "AWS::EC2::NetworkAclEntry")

    numbers = Counter(
        (each["NetworkAclId"]["Ref"], each.get("Egress", False), each["RuleNumber"])
        for each in entries
    )

    assert set(numbers.values()) == {1}


def test_a_packet_that_is_too_large_is_heard_of_everywhere(resources: dict[str, Any]) -> None:
    entries = properties_of(resources, "AWS::EC2::NetworkAclEntry")

    messages = {
        (each["NetworkAclId"]["Ref"], each.get("Egress", False))
        for each in entries
        if each["Protocol"] == 1 and each["CidrBlock"] == "0.0.0.0/0" and each["Icmp"] == PATH_MTU
    }

    assert len(messages) == 4
    # Nothing else is let through but TCP.
    assert Counter(each["Protocol"] for each in entries).keys() == {1, 6}
    assert all(each["Icmp"] == PATH_MTU for each in entries if each["Protocol"] == 1)


def test_instances_are_in_private_subnets_alone(properties: dict[str, Any]) -> None:
    private = references(SUBNETS["Private"])

    assert properties["AutoScalingGroup"]["VPCZoneIdentifier"] == private
    assert properties["VpcLink"]["SubnetIds"] == private
    assert properties["LoadBalancer"]["Subnets"] == references(SUBNETS["Public"])


def test_security_groups_are_the_ones_that_the_rules_speak_of(properties: dict[str, Any]) -> None:
    data = properties["InstanceLaunchTemplate"]["LaunchTemplateData"]

    assert properties["VpcLink"]["SecurityGroupIds"] == references(["VpcLinkSecurityGroup"])
    assert properties["LoadBalancer"]["SecurityGroups"] == references(["LoadBalancerSecurityGroup"])
    assert data["SecurityGroupIds"] == references(["InstanceSecurityGroup"])


def test_only_the_vpc_link_and_then_the_load_balancer_lead_to_the_instances(
    deployed: dict[str, Any], mode: str, scheme: str
) -> None:
    expected = {
        ("VpcLinkSecurityGroup", "LoadBalancerSecurityGroup", (80, 80)),
        ("LoadBalancerSecurityGroup", "InstanceSecurityGroup", HOST_PORTS),
    }
    if scheme == "internet-facing":
        expected.add(("0.0.0.0/0", "LoadBalancerSecurityGroup", (80, 80)))
    if mode == "VpcEndpoints":
        expected.add(("InstanceSecurityGroup", "EndpointSecurityGroup", (443, 443)))

    assert entrances(deployed) == expected
    assert deployed["LoadBalancer"]["Properties"]["Scheme"] == scheme


def test_a_deployment_that_says_nothing_has_one_nat_gateway_and_no_side_door(
    template: dict[str, Any],
) -> None:
    parameters = template["Parameters"]

    assert parameters["LoadBalancerScheme"]["Default"] == "internal"
    assert parameters["EgressMode"]["Default"] == "NatGateway"


def test_each_security_group_says_what_leaves_it(resources: dict[str, Any]) -> None:
    # Without a rule of its own for what leaves, a group lets everything out.
    leaving = {}
    for name, group in of_type(resources, "AWS::EC2::SecurityGroup").items():
        assert "SecurityGroupIngress" not in group["Properties"], name
        (rule,) = group["Properties"]["SecurityGroupEgress"]
        target = rule.get("DestinationSecurityGroupId", {}).get("Ref") or rule["CidrIp"]
        leaving[name] = (target, ports(rule))

    assert leaving == {
        "VpcLinkSecurityGroup": ("LoadBalancerSecurityGroup", (80, 80)),
        "LoadBalancerSecurityGroup": ("InstanceSecurityGroup", HOST_PORTS),
        "InstanceSecurityGroup": ("0.0.0.0/0", (443, 443)),
        "EndpointSecurityGroup": ("127.0.0.1/32", (443, 443)),
    }
