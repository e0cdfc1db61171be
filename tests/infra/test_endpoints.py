"""The VPC's endpoints: which services have one, who is let in, and what goes through."""

from typing import Any

import pytest

PRIVATE = [{"Ref": f"PrivateSubnet{zone}"} for zone in "ABC"]
TABLES = [{"Ref": f"PrivateSubnet{zone}RouteTable"} for zone in "ABC"]
INTERFACES = {
    *("ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs", "cognito-idp", "sqs"),
}
GATEWAYS = {"S3Endpoint": "s3", "DynamoDbEndpoint": "dynamodb"}
LAYERS = "arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*"
TABLE_NAMES = "dynamodb:${AWS::Region}:${AWS::AccountId}:table/${AWS::StackName}-*"
OURS = {"StringEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}}


def endpoints(resources: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    found = {
        name: each["Properties"]
        for name, each in resources.items()
        if each["Type"] == "AWS::EC2::VPCEndpoint"
    }
    return {name: each for name, each in found.items() if each["VpcEndpointType"] == kind}


def task_actions(properties: dict[str, Any], service: str) -> set[str]:
    """What the services' role may do in one AWS service."""
    policies = properties["TaskRole"]["Policies"]
    statements = [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]
    actions = [each["Action"] for each in statements]
    flat = {one for each in actions for one in ([each] if isinstance(each, str) else each)}
    return {action for action in flat if action.startswith(f"{service}:")}


def service_name(service: str) -> dict[str, str]:
    return {"Fn::Sub": f"com.amazonaws.${{AWS::Region}}.{service}"}


def test_s3_and_dynamodb_are_reached_past_the_nat_gateways_in_every_mode(
    deployed: dict[str, Any],
) -> None:
    found = endpoints(deployed, "Gateway")

    assert {name: each["ServiceName"] for name, each in found.items()} == {
        name: service_name(service) for name, service in GATEWAYS.items()
    }
    assert all(each["RouteTableIds"] == TABLES for each in found.values())


def test_without_a_nat_gateway_each_service_has_an_endpoint_in_each_private_subnet(
    deployed: dict[str, Any], mode: str
) -> None:
    services = INTERFACES if mode == "VpcEndpoints" else set()

    found = endpoints(deployed, "Interface").values()

    assert sorted(each["ServiceName"]["Fn::Sub"] for each in found) == sorted(
        service_name(service)["Fn::Sub"] for service in services
    )
    for each in found:
        assert each["PrivateDnsEnabled"] is True
        assert each["SubnetIds"] == PRIVATE
        assert each["SecurityGroupIds"] == [{"Ref": "EndpointSecurityGroup"}]


@pytest.mark.parametrize(
    ("endpoint", "statements"),
    [
        (
            "S3Endpoint",
            [
                {
                    "Sid": "OwnFiles",
                    "Action": ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
                    "Resource": {"Fn::Sub": "arn:${AWS::Partition}:s3:::*/u/*"},
                    "Condition": OURS,
                },
                {"Sid": "ImageLayers", "Action": "s3:GetObject", "Resource": {"Fn::Sub": LAYERS}},
            ],
        ),
        (
            "DynamoDbEndpoint",
            [
                {
                    "Sid": "OwnTables",
                    "Action": [
                        f"dynamodb:{action}"
                        for action in ("DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")
                    ],
                    "Resource": {"Fn::Sub": f"arn:${{AWS::Partition}}:{TABLE_NAMES}"},
                }
            ],
        ),
    ],
)
def test_an_endpoint_lets_through_what_the_services_do_in_this_account_alone(
    properties: dict[str, Any], endpoint: str, statements: list[dict[str, Any]]
) -> None:
    allowed = [{"Effect": "Allow", "Principal": "*", **each} for each in statements]

    assert properties[endpoint]["PolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": allowed,
    }
    # No less than the role allows, or a call would be refused on its way.
    assert set(statements[0]["Action"]) == task_actions(properties, GATEWAYS[endpoint])


def test_tables_are_named_after_the_stack(properties: dict[str, Any]) -> None:
    # CloudFormation does that for tables without a name of their own; the endpoint counts on it.
    assert "TableName" not in properties["TodosTable"] | properties["FilesTable"]
