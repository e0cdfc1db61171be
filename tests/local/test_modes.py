"""Each way to deploy the network, deployed: what the emulator says that it made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local import aws
from local.cloudformation.stack import Stack, deploy
from local.cloudformation.template import Template, read
from local.settings import REPOSITORY, STACK
from tests.infra.transformed import COMBINATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from local.settings import Settings

PUBLIC, PRIVATE = ([f"{kind}Subnet{zone}" for zone in "ABC"] for kind in ("Public", "Private"))
GATEWAYS = ["S3Endpoint", "DynamoDbEndpoint"]
INTERFACES = [
    f"{service}Endpoint"
    for service in (
        *("Ecs", "EcsAgent", "EcsTelemetry", "EcrApi", "EcrDkr", "Logs"),
        *("CognitoIdp", "Sqs"),
    )
]
# Who lets whom out: the security group, to which group or addresses, and on which ports.
LEAVING = {
    "VpcLinkSecurityGroup": ("LoadBalancerSecurityGroup", 80, 80),
    "LoadBalancerSecurityGroup": ("InstanceSecurityGroup", 32768, 65535),
    "InstanceSecurityGroup": ("0.0.0.0/0", 443, 443),
}


@pytest.fixture
def fresh(session: boto3.Session, emulated: Settings) -> Iterator[Settings]:
    yield emulated
    client = session.client("cloudformation", endpoint_url=emulated.endpoint_url, config=aws.CONFIG)
    client.delete_stack(StackName=STACK)


def template(mode: str, scheme: str) -> Template:
    """The real one; what a deployment says is its default."""
    wanted = read(REPOSITORY / "template.yaml")
    wanted.body["Parameters"]["EgressMode"]["Default"] = mode
    wanted.body["Parameters"]["LoadBalancerScheme"]["Default"] = scheme
    return wanted


class Described:
    """What the emulator answers about the stack's network, with logical names for its own."""

    def __init__(self, session: boto3.Session, settings: Settings, stack: Stack) -> None:
        client: Any = session.client  # typed for a service that is known beforehand
        self._ec2 = client("ec2", endpoint_url=settings.endpoint_url, config=aws.CONFIG)
        self._elb = client("elbv2", endpoint_url=settings.endpoint_url, config=aws.CONFIG)
        self._ecs = client("ecs", endpoint_url=settings.endpoint_url, config=aws.CONFIG)
        self._stack = stack
        self._names = {value: name for name, value in stack.values.items()}
        self._filter = [{"Name": "vpc-id", "Values": [stack.values["Vpc"]]}]

    def everything(self) -> dict[str, object]:
        return {
            "balancer": self.balancer(),
            "routes": self.routes(),
            "endpoints": self.endpoints(),
            "leaving": self.leaving(),
            "service": self.service(),
        }

    def balancer(self) -> tuple[str, list[str]]:
        arn = self._stack.values["LoadBalancer"]
        (found,) = self._elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
        zones = [self._names[zone["SubnetId"]] for zone in found["AvailabilityZones"]]
        return found["Scheme"], sorted(zones)

    def routes(self) -> dict[str, list[tuple[str, str | None]]]:
        """Where each subnet's packets go: addresses and gateway; a NAT gateway is not emulated."""
        tables = self._ec2.describe_route_tables(Filters=self._filter)["RouteTables"]
        return {
            self._names[each["SubnetId"]]: [
                (route["DestinationCidrBlock"], self._names.get(route.get("GatewayId")))
                for route in table["Routes"]
                if route.get("GatewayId") != "local"
            ]
            for table in tables
            for each in table["Associations"]
            if each.get("SubnetId")
        }

    def endpoints(self) -> dict[str, list[str]]:
        """Each endpoint's subnets, or those of its route tables."""
        found = self._ec2.describe_vpc_endpoints(Filters=self._filter)["VpcEndpoints"]
        return {
            self._names[each["VpcEndpointId"]]: sorted(
                self._names[place].removesuffix("RouteTable")
                for place in [*each.get("SubnetIds", []), *each.get("RouteTableIds", [])]
            )
            for each in found
        }

    def leaving(self) -> dict[str, tuple[str, int, int]]:
        groups = self._ec2.describe_security_groups(Filters=self._filter)["SecurityGroups"]
        return {
            self._names[group["GroupId"]]: self._rule(group["IpPermissionsEgress"])
            for group in groups
            if group["GroupName"] != "default"
        }

    def _rule(self, rules: list[dict[str, Any]]) -> tuple[str, int, int]:
        (rule,) = rules
        groups = [self._names[each["GroupId"]] for each in rule["UserIdGroupPairs"]]
        (target,) = groups + [each["CidrIp"] for each in rule["IpRanges"]]
        return target, rule["FromPort"], rule["ToPort"]

    def service(self) -> tuple[str, int]:
        """The ECS service's state, and how many target groups it is in."""
        cluster, arn = (self._stack.values[name] for name in ("Cluster", "Service"))
        (found,) = self._ecs.describe_services(cluster=cluster, services=[arn])["services"]
        return found["status"], len(found["loadBalancers"])


def expected(mode: str, scheme: str) -> dict[str, object]:
    alone = mode == "VpcEndpoints"
    front, back = [("0.0.0.0/0", "InternetGateway")], ([] if alone else [("0.0.0.0/0", None)])
    endpoint_group = {"EndpointSecurityGroup": ("127.0.0.1/32", 443, 443)}
    return {
        "balancer": (scheme, PUBLIC),
        "routes": {
            **dict.fromkeys(PUBLIC, front),
            **dict.fromkeys(PRIVATE, back),
        },
        "endpoints": dict.fromkeys(GATEWAYS + (INTERFACES if alone else []), PRIVATE),
        "leaving": LEAVING | (endpoint_group if alone else {}),
        "service": ("ACTIVE", 2),
    }


@pytest.mark.parametrize(("mode", "scheme"), COMBINATIONS)
def test_what_is_deployed_is_what_the_parameters_say(
    session: boto3.Session, fresh: Settings, mode: str, scheme: str
) -> None:
    stack = deploy(session, fresh, template(mode, scheme))

    assert Described(session, fresh, stack).everything() == expected(mode, scheme)


def test_a_deployed_network_changes_from_each_mode_to_the_next(
    session: boto3.Session, fresh: Settings
) -> None:
    for mode, scheme in (*COMBINATIONS, COMBINATIONS[0]):
        stack = deploy(session, fresh, template(mode, scheme))

        assert Described(session, fresh, stack).everything() == expected(mode, scheme)
