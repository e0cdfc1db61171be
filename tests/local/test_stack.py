"""Deploying to the emulator. The stack's name is fixed, so these tests share one stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local import aws
from local.cloudformation.stack import DeployFailed, deploy
from local.cloudformation.template import Template, TemplateRefused, read
from local.emulator.state import DataDamaged
from local.load_balancer.registry import ListenerGone, Registry
from local.settings import REPOSITORY, STACK

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from local.settings import Settings
    from tests.local.background import Background


@pytest.fixture
def cloudformation(session: boto3.Session, emulated: Settings) -> Iterator[Any]:
    client = session.client("cloudformation", endpoint_url=emulated.endpoint_url, config=aws.CONFIG)
    yield client
    client.delete_stack(StackName=STACK)


def template(**resources: Any) -> Template:
    return Template({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}, **resources}})


def test_the_real_template_is_deployed_and_a_second_time_nothing_changes(
    session: boto3.Session, emulated: Settings, cloudformation: Any
) -> None:
    wanted = read(REPOSITORY / "template.yaml")

    first = deploy(session, emulated, wanted)
    second = deploy(session, emulated, wanted)

    assert first.values == second.values
    assert first.only("AWS::ECS::Service").startswith("arn:aws:ecs:")
    target = second.properties("AWS::ApplicationAutoScaling::ScalableTarget")
    assert target["MinCapacity"] == 2
    cluster = first.values["Cluster"]
    assert target["ResourceId"] == f"service/{cluster}/{first.values['Service.Name']}"
    stacks = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    assert stacks[0]["StackStatus"] == "CREATE_COMPLETE"


def test_a_changed_template_updates_the_stack(
    session: boto3.Session, emulated: Settings, cloudformation: Any
) -> None:
    deploy(session, emulated, template())
    stack = deploy(session, emulated, template(Queue={"Type": "AWS::SQS::Queue"}))

    assert stack.values["Queue"]
    stacks = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    assert stacks[0]["StackStatus"] == "UPDATE_COMPLETE"


@pytest.mark.usefixtures("cloudformation")
def test_a_type_that_nobody_knows_is_named_with_what_to_do(
    session: boto3.Session, emulated: Settings
) -> None:
    unknown = template(New={"Type": "AWS::Brand::New"})

    with pytest.raises(DeployFailed, match=r"AWS::Brand::New.*UNEMULATED"):
        deploy(session, emulated, unknown)


@pytest.mark.usefixtures("cloudformation")
def test_a_resource_that_fails_is_named_and_the_next_try_starts_afresh(
    session: boto3.Session, emulated: Settings
) -> None:
    # A rule of a listener that does not exist.
    failing = template(
        Rule={
            "Type": "AWS::ElasticLoadBalancingV2::ListenerRule",
            "Properties": {
                "ListenerArn": "arn:aws:elasticloadbalancing:eu-central-1:000000000000:listener/x",
                "Priority": 1,
                "Conditions": [],
                "Actions": [],
            },
        }
    )

    with pytest.raises(DeployFailed, match=r"Rule \(AWS::ElasticLoadBalancingV2::ListenerRule\): "):
        deploy(session, emulated, failing)

    assert deploy(session, emulated, template()).values["Topic"]


@pytest.mark.usefixtures("cloudformation")
def test_a_large_template_is_deployed_too(session: boto3.Session, emulated: Settings) -> None:
    large = template()
    large.body["Metadata"] = {"Padding": "x" * 60_000}

    assert deploy(session, emulated, large).values["Topic"]


def test_a_parameter_without_a_value_is_named(session: boto3.Session, emulated: Settings) -> None:
    wanted = template()
    wanted.body["Parameters"] = {"Unheard": {"Type": "String"}}

    with pytest.raises(TemplateRefused, match="Unheard"):
        deploy(session, emulated, wanted)


@pytest.mark.usefixtures("cloudformation")
@pytest.mark.parametrize("of_type", ["AWS::SQS::Queue", "AWS::S3::Bucket"])
def test_what_must_be_there_once_is_there_once(
    session: boto3.Session, emulated: Settings, of_type: str
) -> None:
    queues = {name: {"Type": "AWS::SQS::Queue"} for name in ("One", "Two")}
    stack = deploy(session, emulated, template(**queues))

    with pytest.raises(TemplateRefused, match=of_type):
        stack.only(of_type)
    with pytest.raises(TemplateRefused, match=of_type):
        stack.properties(of_type)


GROUP = {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Port": 80}}
PIECES: dict[str, dict[str, Any]] = {
    "Table": {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        },
    },
    "Bucket": {"Type": "AWS::S3::Bucket"},
    "Pool": {"Type": "AWS::Cognito::UserPool"},
    "Group": GROUP,
    "Balancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer"},
    "Listener": {
        "Type": "AWS::ElasticLoadBalancingV2::Listener",
        "Properties": {
            "LoadBalancerArn": {"Ref": "Balancer"},
            "Port": 80,
            "Protocol": "HTTP",
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "Group"}}],
        },
    },
}


@pytest.mark.usefixtures("cloudformation")
@pytest.mark.parametrize(
    ("name", "service", "operation", "parameter"),
    [
        ("Table", "dynamodb", "delete_table", "TableName"),
        ("Bucket", "s3", "delete_bucket", "Bucket"),
        ("Pool", "cognito-idp", "delete_user_pool", "UserPoolId"),
        ("Listener", "elbv2", "delete_listener", "ListenerArn"),
        ("Group", "elbv2", "delete_target_group", "TargetGroupArn"),
    ],
)
def test_a_piece_that_is_gone_is_named(
    session: boto3.Session,
    emulated: Settings,
    name: str,
    service: str,
    operation: str,
    parameter: str,
) -> None:
    names = ["Group", "Balancer", "Listener"] if name == "Listener" else [name]
    wanted = Template({"Resources": {piece: PIECES[piece] for piece in names}})
    stack = deploy(session, emulated, wanted)
    client: Any = session.client  # typed for a service that is known beforehand
    asked = client(service, endpoint_url=emulated.endpoint_url, config=aws.CONFIG)
    getattr(asked, operation)(**{parameter: stack.values[name]})

    with pytest.raises(
        DataDamaged, match=rf"{name} \({PIECES[name]['Type']}\) is gone.*make reset"
    ):
        deploy(session, emulated, wanted)


@pytest.mark.usefixtures("cloudformation")
def test_a_listener_that_goes_later_is_named(
    session: boto3.Session, emulated: Settings, background: Background
) -> None:
    names = ("Group", "Balancer", "Listener")
    wanted = Template({"Resources": {piece: PIECES[piece] for piece in names}})
    arn = deploy(session, emulated, wanted).only("AWS::ElasticLoadBalancingV2::Listener")
    registry = Registry(session, emulated.endpoint_url, arn)
    assert background.run(registry.listener()).rules
    elb = session.client("elbv2", endpoint_url=emulated.endpoint_url, config=aws.CONFIG)

    elb.delete_listener(ListenerArn=arn)

    with pytest.raises(ListenerGone):
        background.run(registry.listener())
