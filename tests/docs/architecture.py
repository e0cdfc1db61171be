"""The diagrams of docs/architecture.md: `python -m tests.docs.architecture` draws them anew."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from local.cloudformation.template import read
from tests.pair.operations import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE = ROOT / "docs/architecture.md"
BLOCK = re.compile(r"(<!-- drawn: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
SHORT = {  # what a type is called in a diagram; the rest by its last word
    "AWS::Serverless::HttpApi": "HTTP API",
    "AWS::ApiGatewayV2::VpcLink": "VPC link",
    "AWS::EC2::VPCEndpoint": "endpoint",
    "AWS::EC2::NatGateway": "NAT gateway",
    "AWS::DynamoDB::Table": "table",
    "AWS::S3::Bucket": "bucket",
}

Edge = tuple[str, str, str]  # from, what, to
TEMPLATE = read(ROOT / "template.yaml").body
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]


def of_type(*ends: str) -> dict[str, dict[str, Any]]:
    """Logical id → properties of the resources whose type ends so."""
    return {
        name: resource.get("Properties", {})
        for name, resource in RESOURCES.items()
        if resource["Type"].endswith(ends)
    }


def referred(value: object) -> list[str]:
    """The logical ids that a value refers to, in their order."""
    text = json.dumps(value)
    found = re.findall(r'"(?:Ref|Fn::GetAtt)": (?:\[)?"(\w+)"|\$\{(\w+)[.}]', text)
    names = (first or second for first, second in found)
    return [name for name in dict.fromkeys(names) if name in RESOURCES]


def request() -> Iterator[Edge]:
    """From the browser to the data."""
    yield from _door()
    yield from _rules()
    for name, properties in of_type("::ECS::Service").items():
        for entry in properties["LoadBalancers"]:
            yield entry["TargetGroupArn"]["Ref"], name, entry["ContainerName"]
    yield from _stores()
    for name, properties in of_type("::S3::Bucket").items():
        if "CorsConfiguration" in properties:
            yield "browser", "signed URLs", name


def _door() -> Iterator[Edge]:
    links, listeners = of_type("::VpcLink"), of_type("::Listener")
    for name, properties in of_type("::HttpApi").items():
        yield "browser", "access token", name
        met = referred(properties)
        for link in (each for each in met if each in links):
            yield name, "", link
            for listener in (each for each in met if each in listeners):
                yield link, listener, listeners[listener]["LoadBalancerArn"]["Ref"]
    for properties in listeners.values():
        for action in properties["DefaultActions"]:
            answer = action["FixedResponseConfig"]["StatusCode"]
            yield properties["LoadBalancerArn"]["Ref"], "else", answer


def _rules() -> Iterator[Edge]:
    for properties in of_type("::ListenerRule").values():
        pattern = properties["Conditions"][0]["PathPatternConfig"]["Values"][0]
        listener = RESOURCES[properties["ListenerArn"]["Ref"]]["Properties"]
        balancer = listener["LoadBalancerArn"]["Ref"]
        target = properties["Actions"][0]["TargetGroupArn"]["Ref"]
        yield balancer, f"{properties['Priority']}: {pattern}", target


def _stores() -> Iterator[Edge]:
    kinds = of_type("::Table", "::Bucket", "::Queue")
    for properties in of_type("::TaskDefinition").values():
        for container in properties["ContainerDefinitions"]:
            for store in referred(container["Environment"]):
                if store in kinds:
                    yield container["Name"], "", store


def removal() -> Iterator[Edge]:
    """From what is gone to the worker, and to the dead letters."""
    for name, properties in of_type("::Pipe").items():
        yield referred(properties["Source"])[0], name, referred(properties["Target"])[0]
    for name, properties in of_type("::Subscription").items():
        if endpoints := referred(properties.get("Endpoint")):
            yield referred(properties["TopicArn"])[0], name, endpoints[0]
    queues = of_type("::Queue")
    for name, properties in queues.items():
        if "RedrivePolicy" in properties:
            times = properties["RedrivePolicy"]["maxReceiveCount"]
            yield name, f"failed {times} times", referred(properties["RedrivePolicy"])[0]
    for start, what, end in _stores():
        if end in queues:
            yield end, what, start


def network() -> Iterator[Edge]:
    """Who may speak to whom, and the ways out."""
    for name, properties in of_type("::SecurityGroupIngress").items():
        source = referred(properties.get("SourceSecurityGroupId"))
        ports = sorted({properties["FromPort"], properties["ToPort"]})
        what = f"tcp {'-'.join(map(str, ports))}{_only_if(name)}"
        yield (source or ["internet"])[0], what, referred(properties["GroupId"])[0]
    for name, properties in of_type("::Route").items():
        way = referred([properties.get(key) for key in ("GatewayId", "NatGatewayId")])
        table = properties["RouteTableId"]["Ref"]
        for end in way:
            yield table, f"{properties['DestinationCidrBlock']}{_only_if(name)}", end
    for name, properties in of_type("::VPCEndpoint").items():
        if properties.get("VpcEndpointType") == "Gateway":
            for table in referred(properties["RouteTableIds"]):
                yield table, "", name


def _only_if(name: str) -> str:
    condition = RESOURCES[name].get("Condition")
    return f", if {condition}" if condition else ""


def scaling() -> Iterator[Edge]:
    """What happens upon what."""
    for name, properties in of_type("::Alarm").items():
        for action in referred(properties.get("AlarmActions", [])):
            yield name, "", action
    for name, properties in of_type("::ScalingPolicy").items():
        what = properties["PolicyType"]
        for target in referred(properties["ScalingTargetId"]):
            yield name, what, target
    for name, properties in of_type("::ScalableTarget").items():
        limits = f"{properties['MinCapacity']} to {properties['MaxCapacity']} tasks"
        services = of_type("::ECS::Service")
        for service in referred(properties["ResourceId"]):
            if service in services:
                yield name, limits, service


def label(name: str) -> str:
    if name not in RESOURCES:
        return name
    kind = RESOURCES[name]["Type"]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.rpartition(":")[2]).lower()
    return f"{name}<br/><small>{SHORT.get(kind, words)}</small>"


def diagram(edges: Callable[[], Iterator[Edge]]) -> str:
    """The edges as Mermaid draws them."""
    found = list(dict.fromkeys(edges()))
    ends = dict.fromkeys(end for start, _, stop in found for end in (start, stop))
    ids = {name: f"n{number}" for number, name in enumerate(ends, 1)}
    lines = ["```mermaid", "flowchart TD"]
    lines += [f'    {ids[name]}["{label(name)}"]' for name in ends]
    lines += [
        f'    {ids[start]} -- "{what}" --> {ids[stop]}'
        if what
        else f"    {ids[start]} --> {ids[stop]}"
        for start, what, stop in found
    ]
    return "\n".join([*lines, "```\n"])


# What one may look for, and the types that it is made of.
PARTS = {
    "VPC": ["::VPC"],
    "subnets": ["::Subnet"],
    "route tables": ["::RouteTable"],
    "network ACLs": ["::NetworkAcl"],
    "NAT gateways": ["::NatGateway"],
    "endpoints": ["::VPCEndpoint"],
    "security groups": ["::SecurityGroup"],
    "load balancer": ["::LoadBalancer"],
    "target groups": ["::TargetGroup"],
    "listener and its rules": ["::Listener", "::ListenerRule"],
    "tables": ["::Table"],
    "bucket": ["::Bucket"],
    "user pool and its client": ["::UserPool", "::UserPoolClient"],
    "roles": ["::Role"],
    "cluster, instances": ["::Cluster", "::LaunchTemplate", "::AutoScalingGroup"],
    "capacity provider": ["::CapacityProvider"],
    "task definition, service": ["::TaskDefinition", "::ECS::Service"],
    "API (routes, authorizer and CORS in api.yaml)": ["::HttpApi"],
    "scaling of the tasks": ["::ScalableTarget", "::ScalingPolicy"],
    "alarms": ["::Alarm"],
    "dashboard": ["::Dashboard"],
}


def parts() -> str:
    head = "| part | in template.yaml |\n|---|---|\n"
    return (
        head
        + "\n".join(
            f"| {part} | {', '.join(f'`{name}`' for name in of_type(*types))} |"
            for part, types in PARTS.items()
        )
        + "\n"
    )


def drawn(page: str) -> str:
    """The page with its blocks as the template wants them."""
    blocks = {each.__name__: diagram(each) for each in (request, removal, network, scaling)}
    blocks["parts"] = parts()
    return BLOCK.sub(lambda found: f"{found[1]}{blocks[found[2]]}{found[3]}", page)


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text()))
