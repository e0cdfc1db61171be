"""One task at any time, and the load balancer before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk.assertions import Match, Template

if TYPE_CHECKING:
    from collections.abc import Callable

CERTIFICATE = (
    "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-000000000000"
)


def test_there_is_never_more_than_one_task(template: Template) -> None:
    template.resource_count_is("AWS::ECS::Service", 1)
    template.resource_count_is("AWS::ApplicationAutoScaling::ScalableTarget", 0)
    template.has_resource_properties(
        "AWS::ECS::Service",
        {
            "DesiredCount": 1,
            "DeploymentConfiguration": Match.object_like(
                {"MinimumHealthyPercent": 0, "MaximumPercent": 100}
            ),
            "AvailabilityZoneRebalancing": "DISABLED",
            "LaunchType": "FARGATE",
            "PlatformVersion": "1.4.0",
        },
    )


def test_a_deployment_that_fails_is_taken_back(template: Template) -> None:
    template.has_resource_properties(
        "AWS::ECS::Service",
        {
            "DeploymentConfiguration": Match.object_like(
                {"DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}}
            )
        },
    )


def test_a_first_start_is_given_the_time_it_may_take(template: Template) -> None:
    (task,) = template.find_resources("AWS::ECS::TaskDefinition").values()
    starts = [
        container["HealthCheck"]["StartPeriod"]
        for container in task["Properties"]["ContainerDefinitions"]
    ]

    template.has_resource_properties("AWS::ECS::Service", {"HealthCheckGracePeriodSeconds": 300})
    assert sum(starts) <= 300


def test_a_task_starts_when_what_it_needs_is_there(
    template: Template, resources: dict[str, Any]
) -> None:
    (service,) = template.find_resources("AWS::ECS::Service").values()

    waits_for = [resources[name]["Type"] for name in service["DependsOn"]]
    routes = {
        resources[name]["Properties"]["RouteTableId"]["Ref"]
        for name in service["DependsOn"]
        if resources[name]["Type"] == "AWS::EC2::Route"
    }

    assert waits_for.count("AWS::EFS::MountTarget") == 2
    assert waits_for.count("AWS::IAM::Policy") == 2
    assert waits_for.count("AWS::ElasticLoadBalancingV2::Listener") == 1
    assert waits_for.count("AWS::EC2::Route") == 2
    assert all("PrivateSubnet" in table for table in routes)


def test_requests_go_from_80_to_5000(template: Template) -> None:
    template.resource_count_is("AWS::ElasticLoadBalancingV2::Listener", 1)
    template.has_resource_properties(
        "AWS::ElasticLoadBalancingV2::Listener",
        {
            "Port": 80,
            "Protocol": "HTTP",
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": Match.any_value()}],
        },
    )
    template.has_resource_properties(
        "AWS::ECS::Service",
        {
            "LoadBalancers": [
                {
                    "ContainerName": "application",
                    "ContainerPort": 5000,
                    "TargetGroupArn": Match.any_value(),
                }
            ]
        },
    )
    template.has_resource_properties(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        {
            "Port": 5000,
            "Protocol": "HTTP",
            "TargetType": "ip",
            "HealthCheckPath": "/health",
            "HealthCheckIntervalSeconds": 15,
            "HealthCheckTimeoutSeconds": 5,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 4,
            "Matcher": {"HttpCode": "200"},
        },
    )


def test_requests_in_flight_end_before_the_application_does(template: Template) -> None:
    template.has_resource_properties(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        {
            "TargetGroupAttributes": Match.array_with(
                [{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]
            )
        },
    )


def test_without_a_certificate_the_application_knows_that_it_is_plain_http(
    template: Template,
) -> None:
    assert environment(template)["HTTPS"] == "no"


def test_with_a_certificate_80_only_leads_to_443(synthesised: Callable[..., Template]) -> None:
    template = synthesised(certificateArn=CERTIFICATE, domainName="todo.example")

    template.resource_count_is("AWS::ElasticLoadBalancingV2::Listener", 2)
    template.has_resource_properties(
        "AWS::ElasticLoadBalancingV2::Listener",
        {
            "Port": 443,
            "Protocol": "HTTPS",
            "Certificates": [{"CertificateArn": CERTIFICATE}],
            "SslPolicy": Match.string_like_regexp("TLS13"),
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": Match.any_value()}],
        },
    )
    template.has_resource_properties(
        "AWS::ElasticLoadBalancingV2::Listener",
        {
            "Port": 80,
            "DefaultActions": [
                {
                    "Type": "redirect",
                    "RedirectConfig": {
                        "Port": "443",
                        "Protocol": "HTTPS",
                        "StatusCode": "HTTP_301",
                    },
                }
            ],
        },
    )
    template.has_resource_properties(
        "AWS::EC2::SecurityGroup",
        {
            "SecurityGroupIngress": [
                Match.object_like({"CidrIp": "0.0.0.0/0", "FromPort": port, "ToPort": port})
                for port in (80, 443)
            ]
        },
    )
    assert environment(template)["HTTPS"] == "yes"


def test_people_come_by_the_load_balancers_own_name(template: Template) -> None:
    (balancer,) = template.find_resources("AWS::ElasticLoadBalancingV2::LoadBalancer")
    own_name = {"Fn::GetAtt": [balancer, "DNSName"]}

    assert environment(template)["HOSTS"] == own_name
    assert template.to_json()["Outputs"]["Url"]["Value"] == {
        "Fn::Join": ["", ["http://", own_name, "/"]]
    }


def test_people_come_by_the_name_of_the_certificate(synthesised: Callable[..., Template]) -> None:
    template = synthesised(certificateArn=CERTIFICATE, domainName="todo.example")
    outputs = template.to_json()["Outputs"]
    (balancer,) = template.find_resources("AWS::ElasticLoadBalancingV2::LoadBalancer")
    own_name = {"Fn::GetAtt": [balancer, "DNSName"]}

    assert environment(template)["HOSTS"] == "todo.example"
    assert outputs["Url"]["Value"] == "https://todo.example/"
    assert outputs["DnsRecord"]["Value"] == {"Fn::Join": ["", ["todo.example CNAME ", own_name]]}


def environment(template: Template) -> dict[str, Any]:
    """What the application is told."""
    (task,) = template.find_resources("AWS::ECS::TaskDefinition").values()
    (application,) = (
        container
        for container in task["Properties"]["ContainerDefinitions"]
        if container["Name"] == "application"
    )
    return {each["Name"]: each["Value"] for each in application["Environment"]}
