"""The network of network_model.py, read from a template's resources.

What could carry a packet and is not known here is refused, so that nothing is passed over.
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network
from typing import Any

from local.cloudformation.template import references
from tests.infra.network_model import (
    ALL_PORTS,
    ALLOW_ALL,
    EVERYWHERE,
    INTERNET,
    Acl,
    AclRule,
    Group,
    GroupRule,
    Network,
    Party,
    Ports,
    Subnet,
    span,
)

Resources = Mapping[str, dict[str, Any]]

EC2 = "AWS::EC2::"
KNOWN = {
    *("VPC", "Subnet", "InternetGateway", "VPCGatewayAttachment", "EIP", "NatGateway"),
    *("RouteTable", "Route", "SubnetRouteTableAssociation", "VPCEndpoint", "LaunchTemplate"),
    *("NetworkAcl", "NetworkAclEntry", "SubnetNetworkAclAssociation"),
    *("SecurityGroup", "SecurityGroupIngress", "SecurityGroupEgress"),
}
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
INSTANCES = "AWS::AutoScaling::AutoScalingGroup"
VPC_LINK = "AWS::ApiGatewayV2::VpcLink"
HTTP_API = "AWS::ApiGatewayV2::Api"
# What may be in a subnet.
INHABITANTS = {BALANCER, INSTANCES, VPC_LINK}


class NotUnderstood(Exception):
    """The template has something that the model does not know."""


def read_network(resources: Resources) -> Network:
    """The network of a transformed template whose conditions are decided."""
    _refuse_unknown(resources)
    (vpc,) = _of_type(resources, f"{EC2}VPC").values()
    return Network(
        vpc=IPv4Network(vpc["CidrBlock"]),
        subnets={name: _subnet(resources, name) for name in _of_type(resources, f"{EC2}Subnet")},
        groups={
            name: _group(resources, name) for name in _of_type(resources, f"{EC2}SecurityGroup")
        },
        parties=tuple(_parties(resources)),
        nat_gateways={
            name: _ref(each["SubnetId"])
            for name, each in _of_type(resources, f"{EC2}NatGateway").items()
        },
        handovers=_handovers(resources),
    )


def _refuse_unknown(resources: Resources) -> None:
    subnets = _of_type(resources, f"{EC2}Subnet").keys()
    for name, each in resources.items():
        kind: str = each["Type"]
        known = kind.removeprefix(EC2) in KNOWN if kind.startswith(EC2) else kind in INHABITANTS
        if not known and (kind.startswith(EC2) or subnets & references(each)):
            raise NotUnderstood(f"{name}: {kind}")


def _of_type(resources: Resources, kind: str) -> dict[str, dict[str, Any]]:
    found = {name: each for name, each in resources.items() if each["Type"] == kind}
    return {name: each.get("Properties", {}) for name, each in found.items()}


def _ref(value: object) -> str:
    name = value.get("Ref") if isinstance(value, dict) else None
    if not isinstance(name, str):
        raise NotUnderstood(str(value))
    return name


def _only(properties: Mapping[str, Any], *keys: str) -> None:
    """Refuse a property that would change the way of a packet and is not read."""
    if unread := properties.keys() - {*keys, "Tags"}:
        raise NotUnderstood(str(unread))


def _subnet(resources: Resources, name: str) -> Subnet:
    properties = resources[name]["Properties"]
    _only(properties, "VpcId", "AvailabilityZone", "CidrBlock", "MapPublicIpOnLaunch")
    tables = [
        _ref(each["RouteTableId"])
        for each in _of_type(resources, f"{EC2}SubnetRouteTableAssociation").values()
        if _ref(each["SubnetId"]) == name
    ]
    acls = [
        _ref(each["NetworkAclId"])
        for each in _of_type(resources, f"{EC2}SubnetNetworkAclAssociation").values()
        if _ref(each["SubnetId"]) == name
    ]
    return Subnet(
        block=IPv4Network(properties["CidrBlock"]),
        acl=_acl(resources, acls[0]) if acls else ALLOW_ALL,  # the VPC's own
        routes=_routes(resources, tables),
        endpoints=frozenset(
            endpoint
            for endpoint, each in _of_type(resources, f"{EC2}VPCEndpoint").items()
            if {_ref(table) for table in each.get("RouteTableIds", [])} & {*tables}
        ),
        gives_public_addresses=properties.get("MapPublicIpOnLaunch", False),
    )


def _routes(resources: Resources, tables: Iterable[str]) -> dict[IPv4Network, str]:
    attached = {
        _ref(each["InternetGatewayId"])
        for each in _of_type(resources, f"{EC2}VPCGatewayAttachment").values()
    }
    routes = {}
    for each in _of_type(resources, f"{EC2}Route").values():
        _only(each, "RouteTableId", "DestinationCidrBlock", "GatewayId", "NatGatewayId")
        if _ref(each["RouteTableId"]) in tables:
            hop = _ref(each.get("GatewayId") or each["NatGatewayId"])
            block = IPv4Network(each["DestinationCidrBlock"])
            routes[block] = INTERNET if hop in attached else hop
    return routes


def _acl(resources: Resources, name: str) -> Acl:
    rules: dict[bool, list[AclRule]] = {False: [], True: []}
    for each in _of_type(resources, f"{EC2}NetworkAclEntry").values():
        if _ref(each["NetworkAclId"]) != name or each.get("Icmp") == {"Type": 3, "Code": 4}:
            continue  # an ICMP message about a packet's size opens no connection
        rules[each.get("Egress", False)].append(
            AclRule(
                number=each["RuleNumber"],
                allows=each["RuleAction"] == "allow",
                block=IPv4Network(each["CidrBlock"]),
                ports=_acl_ports(each),
            )
        )
    return Acl(tuple(rules[False]), tuple(rules[True]))


def _acl_ports(entry: Mapping[str, Any]) -> Ports:
    if entry["Protocol"] == -1:
        return ALL_PORTS
    if entry["Protocol"] != 6:
        raise NotUnderstood(f"protocol {entry['Protocol']}")
    return span(entry["PortRange"]["From"], entry["PortRange"]["To"])


def _group(resources: Resources, name: str) -> Group:
    properties = resources[name]["Properties"]
    ingress, egress = (
        [*properties.get(f"SecurityGroup{way}", [])]
        + [
            each
            for each in _of_type(resources, f"{EC2}SecurityGroup{way}").values()
            if _ref(each["GroupId"]) == name
        ]
        for way in ("Ingress", "Egress")
    )
    rules = tuple(map(_group_rule, egress)) or (GroupRule(ALL_PORTS, EVERYWHERE),)
    return Group(tuple(map(_group_rule, ingress)), rules)


def _group_rule(rule: Mapping[str, Any]) -> GroupRule:
    peers = ("CidrIp", "SourceSecurityGroupId", "DestinationSecurityGroupId")
    _only(rule, "Description", "GroupId", "IpProtocol", "FromPort", "ToPort", *peers)
    if rule["IpProtocol"] not in {"tcp", "-1"}:
        raise NotUnderstood(f"protocol {rule['IpProtocol']}")
    every = rule["IpProtocol"] == "-1"
    ports = ALL_PORTS if every else span(rule["FromPort"], rule["ToPort"])
    if "CidrIp" in rule:
        return GroupRule(ports, IPv4Network(rule["CidrIp"]))
    return GroupRule(ports, _ref(rule.get(peers[1]) or rule.get(peers[2])))


def _parties(resources: Resources) -> Iterable[Party]:
    yield Party(INTERNET)
    for name, each in _of_type(resources, BALANCER).items():
        public = each.get("Scheme", "internet-facing") == "internet-facing"
        yield Party(name, _names(each["Subnets"]), _names(each["SecurityGroups"]), public)
    for name, each in _of_type(resources, VPC_LINK).items():
        yield Party(name, _names(each["SubnetIds"]), _names(each["SecurityGroupIds"]))
    for name, each in _of_type(resources, f"{EC2}VPCEndpoint").items():
        if each["VpcEndpointType"] == "Gateway":
            yield Party(name)
        else:
            yield Party(name, _names(each["SubnetIds"]), _names(each["SecurityGroupIds"]))
    for name, each in _of_type(resources, INSTANCES).items():
        yield _instances(resources, name, each)
    for each in _of_type(resources, f"{EC2}EIP").values():
        _only(each, "Domain")  # for a NAT gateway, then, which takes no connection


def _names(references: Iterable[object]) -> tuple[str, ...]:
    return tuple(map(_ref, references))


def _instances(resources: Resources, name: str, group: Mapping[str, Any]) -> Party:
    template = _ref(group["LaunchTemplate"]["LaunchTemplateId"])
    data = resources[template]["Properties"]["LaunchTemplateData"]
    interfaces = data.get("NetworkInterfaces", [])
    groups = [
        *data.get("SecurityGroupIds", []),
        *(each for interface in interfaces for each in interface.get("Groups", [])),
    ]
    public = any(interface.get("AssociatePublicIpAddress") for interface in interfaces)
    return Party(name, _names(group["VPCZoneIdentifier"]), _names(groups), public)


def _handovers(resources: Resources) -> frozenset[tuple[str, str]]:
    """From the internet to the API, and from the API to its VPC links."""
    found = set()
    for name, each in _of_type(resources, HTTP_API).items():
        found.add((INTERNET, name))
        found |= {
            (name, link) for link in _of_type(resources, VPC_LINK) if link in references(each)
        }
    return frozenset(found)
