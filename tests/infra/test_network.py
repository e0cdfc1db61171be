"""The network: what is where, and who may talk to whom."""

from ipaddress import IPv4Network
from itertools import chain
from typing import Any

SUBNETS = {kind: [f"{kind}Subnet{zone}" for zone in "ABC"] for kind in ("Public", "Private")}
HOST_PORTS = (32768, 65535)

Rule = tuple[str, str, tuple[int, int]]


def references(names: list[str]) -> list[dict[str, str]]:
    return [{"Ref": name} for name in names]


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: each for name, each in resources.items() if each["Type"] == kind}


def ports(rule: dict[str, Any]) -> tuple[int, int]:
    assert rule["IpProtocol"] == "tcp"
    return rule["FromPort"], rule["ToPort"]


def entrances(resources: dict[str, Any], *, public: bool) -> set[Rule]:
    """(from, to, ports) of everything that a security group lets in."""
    found: set[Rule] = set()
    for ingress in of_type(resources, "AWS::EC2::SecurityGroupIngress").values():
        if ingress.get("Condition") == "LoadBalancerIsPublic" and not public:
            continue
        rule = ingress["Properties"]
        source = rule.get("SourceSecurityGroupId", {}).get("Ref") or rule["CidrIp"]
        found.add((source, rule["GroupId"]["Ref"], ports(rule)))
    return found


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


def test_each_subnet_has_the_routes_of_its_kind(resources: dict[str, Any]) -> None:
    routes = [each["Properties"] for each in of_type(resources, "AWS::EC2::Route").values()]
    associations = of_type(resources, "AWS::EC2::SubnetRouteTableAssociation").values()

    ways_out = {
        each["Properties"]["SubnetId"]["Ref"]: [
            {key: value for key, value in route.items() if key != "RouteTableId"}
            for route in routes
            if route["RouteTableId"] == each["Properties"]["RouteTableId"]
        ]
        for each in associations
    }

    everywhere = {"DestinationCidrBlock": "0.0.0.0/0"}
    gateway = {**everywhere, "GatewayId": {"Ref": "InternetGateway"}}
    nat = {**everywhere, "NatGatewayId": {"Ref": "NatGateway"}}
    assert ways_out == {name: [gateway] for name in SUBNETS["Public"]} | {
        name: [nat] for name in SUBNETS["Private"]
    }


def test_s3_and_dynamodb_are_reached_past_the_nat_gateway(properties: dict[str, Any]) -> None:
    tables = references([f"{name}RouteTable" for name in SUBNETS["Private"]])

    for endpoint, service in (("S3Endpoint", "s3"), ("DynamoDbEndpoint", "dynamodb")):
        assert properties[endpoint]["VpcEndpointType"] == "Gateway"
        assert properties[endpoint]["ServiceName"]["Fn::Sub"].endswith(f".{service}")
        assert properties[endpoint]["RouteTableIds"] == tables


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
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    allowed = {
        ("VpcLinkSecurityGroup", "LoadBalancerSecurityGroup", (80, 80)),
        ("LoadBalancerSecurityGroup", "InstanceSecurityGroup", HOST_PORTS),
    }

    internal, public = entrances(resources, public=False), entrances(resources, public=True)

    assert internal == allowed
    assert public - internal == {("0.0.0.0/0", "LoadBalancerSecurityGroup", (80, 80))}
    assert template["Parameters"]["LoadBalancerScheme"]["Default"] == "internal"
    assert resources["LoadBalancer"]["Properties"]["Scheme"] == {"Ref": "LoadBalancerScheme"}


def test_a_public_load_balancer_is_a_choice_of_its_own(template: dict[str, Any]) -> None:
    condition = template["Conditions"]["LoadBalancerIsPublic"]

    assert condition == {"Fn::Equals": [{"Ref": "LoadBalancerScheme"}, "internet-facing"]}


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
    }
