"""What CloudFormation may do for each stack, held against what its handlers say they need."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest

from local.cloudformation.template import read
from tests.infra.conftest import ROOT
from tests.infra.deployments import (
    Grant,
    allowed,
    covers,
    documents,
    listed,
    may,
    resources,
    statements,
)

STACK_ROLES = ("CoreStackRole", "ImageStackRole", "WebsiteStackRole")
# cfn-lint keeps AWS's resource schemas, in which each handler lists its permissions.
HANDLERS = """
import json, sys
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER as schemas
types, region = json.loads(sys.stdin.read())
handlers = [schemas.get_resource_schema(region, t).schema.get("handlers", {}) for t in types]
print(json.dumps(sorted({
    permission for each in handlers for kind in ("create", "read", "update", "delete")
    for permission in each.get(kind, {}).get("permissions", [])})))
"""
# What SAM makes of an HttpApi.
MORE = {"AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage"}
# What handlers need for settings that our templates do not have, and what nobody shall do.
UNUSED = [
    # Keys of one's own, other regions, streams, tables and functions of other services.
    r"(kms|kinesis|firehose|s3tables|lambda|vpc-lattice|managed-fleets|vpce):.*",
    # People's data, and the tables and the pool themselves: they outlive the stack.
    r"dynamodb:(BatchWrite|Delete|Get|Put|Update)Item|dynamodb:(Query|Scan|DeleteTable)",
    r"cognito-idp:DeleteUserPool",
    r"s3:(Delete|Get|Put)Object.*",
    r"dynamodb:(.*Replica|.*Import.*|(En|Dis)able.*|(Put|Delete)ResourcePolicy)",
    r"dynamodb:Update(Kinesis|Contributor).*",
    # The way out of the boundary.
    r"iam:DeleteRolePermissionsBoundary",
    r"iam:(DeleteServiceLinkedRole|GetServiceLinkedRoleDeletionStatus)",
    r"cognito-idp:(AddCustomAttributes|SetUserPoolMfaConfig|ListUserPoolClientSecrets)",
    # The handlers' names of what IAM calls PutBucketCORS, PutLifecycleConfiguration and so on.
    r"s3:(DeleteBucket(Cors|Lifecycle|Encryption)|GetObjectMetadata|REST\.PUT\.OBJECT)",
    r"s3:.*(Metadata|Analytics|Metrics|Replication|Website|Accelerate|Inventory|Tiering).*",
    r"s3:PutBucket(Abac|Acl|Logging|Notification|ObjectLock).*|s3:PutObjectLock.*",
    r"ec2:(AcceptAddressTransfer|CreateVpcEncryptionControl|ModifyVpcTenancy|Get\*)",
    r"ec2:.*(VpnGateway|NatGatewayAddress|SubnetCidrBlock)",
    r"elasticloadbalancing:(ModifyIpPools|.*CapacityReservation|(Der|R)egisterTargets)",
    r"autoscaling:.*(LoadBalancer|TrafficSources|LifecycleHook|Notification|Refresh|Metrics).*",
    r"autoscaling:Describe\*|ssm:Get\*|cloudwatch:GetMetricData",  # narrower here
    r"ecs:PutAccountSetting.*|application-autoscaling:.*ScheduledAction",
    r"logs:.*(DataProtection|Index|KmsKey|BearerToken|GroupDeletion|DeleteResourcePolicy).*",
    r"logs:(CreateLogStream|DescribeLogStreams|PutLogEvents)|sns:PutDataProtectionPolicy",
    r"apigateway:(un)?TagResource",  # POST and DELETE of /tags, in IAM
    r"cloudfront:(.*(ConnectionGroup|VpcOrigin)|.*(WithTags|WithStagingConfig))",
]
# What CloudFormation needs besides its handlers: macros, parameters, rolling updates.
BESIDES = {
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeScalingActivities",
    "autoscaling:TerminateInstanceInAutoScalingGroup",
    "s3:GetObject",
    "ssm:GetParameters",
}


def needed(types: set[str], region: str) -> set[str]:
    """The permissions of the handlers of these types that our settings do need."""
    ran = subprocess.run(
        [str(ROOT / ".venv/sam/bin/python"), "-c", HANDLERS],
        input=json.dumps([sorted(types), region]),
        capture_output=True,
        text=True,
        check=True,
    )
    found = set(json.loads(ran.stdout))
    return {each for each in found if not any(covered(rule, each) for rule in UNUSED)}


def covered(rule: str, action: str) -> bool:
    return bool(re.fullmatch(rule, action, re.IGNORECASE))


def types_of(name: str) -> set[str]:
    found = {each["Type"] for each in read(ROOT / name).body["Resources"].values()}
    return found - {"AWS::Serverless::HttpApi"}


@pytest.fixture(scope="module")
def needs() -> dict[str, set[str]]:
    # CloudFront's types are in us-east-1's list alone.
    return {
        "CoreStackRole": needed(types_of("template.yaml") | MORE, "eu-central-1"),
        # Its buckets have no other origins and hand no role on.
        "WebsiteStackRole": needed(types_of("website.yaml"), "us-east-1")
        - {"iam:PassRole", "s3:PutBucketCORS"},
    }


@pytest.mark.parametrize("role", ["CoreStackRole", "WebsiteStackRole"])
def test_cloudformation_may_do_what_its_handlers_need(
    needs: dict[str, set[str]], role: str
) -> None:
    assert sorted(action for action in needs[role] if not may(role, action)) == []


@pytest.mark.parametrize(
    ("role", "more"), [("CoreStackRole", BESIDES), ("WebsiteStackRole", {"s3:PutBucketAcl"})]
)
def test_cloudformation_may_do_nothing_else(
    needs: dict[str, set[str]], role: str, more: set[str]
) -> None:
    wanted = needs[role] | more

    unused = {one for one in allowed(role) if not any(covers(one, each) for each in wanted)}

    assert unused == set()


IMAGES = ("ec2:HERE:*", "ec2:${AWS::Region}::image/*")
ROLES = "iam::${AWS::AccountId}:role/CORE-*"
BOUNDED = {"iam:PermissionsBoundary": {"Ref": "WorkloadBoundary"}}
SESSION_MANAGER = {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"}
FIRST_ROLES = [
    f"{name}.amazonaws.com"
    for name in (
        "autoscaling", "ecs", "ecs.application-autoscaling", "elasticloadbalancing",
        "ops.apigateway",
    )
]  # fmt: skip
GROUPS = "autoscaling:HERE:autoScalingGroup:*:autoScalingGroupName/CORE-*"
IMAGE_GRANTS = {
    "Containers": Grant(("ecs:HERE:*/CORE-*",)),
    "Instances": Grant((GROUPS,)),
    "LaunchTemplates": Grant(IMAGES),
    "SeeWhatIsThere": Grant(("*",)),
    "SeeRoles": Grant((ROLES,)),
    "PassRoles": Grant(
        (ROLES,),
        {"StringEquals": {"iam:PassedToService": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]}},
    ),
    "ReadImageParameter": Grant(("ssm:${AWS::Region}::parameter/aws/service/ecs/optimized-ami/*",)),
    "ReadTemplates": Grant(("${TemplateBucket.Arn}/core/*", "${TemplateBucket.Arn}/plan/*")),
}
API = "apigateway:${AWS::Region}::"
CORE_GRANTS = {
    "SeeLoadBalancer": Grant(("*",)),
    "Network": Grant(("ec2:HERE:*",)),
    "LoadBalancer": Grant(("elasticloadbalancing:HERE:*",)),
    "Tables": Grant(("dynamodb:HERE:table/CORE-*",)),
    "FilesBucket": Grant(("s3:::CORE-filesbucket-*",)),
    "TopicsAndQueues": Grant(("sns:HERE:CORE-*", "sqs:HERE:CORE-*")),
    "Pipes": Grant(("pipes:HERE:pipe/*",)),
    "CreateUserPool": Grant(("*",)),
    "UserPools": Grant(("cognito-idp:HERE:userpool/*",)),
    "LogGroups": Grant(("logs:HERE:log-group:CORE-*",)),
    "AccessLogsOfTheApi": Grant(("*",)),
    "BoundedRoles": Grant((ROLES,), {"StringEquals": BOUNDED}),
    "SessionManager": Grant(
        (ROLES,), {"StringEquals": BOUNDED | {"iam:PolicyARN": SESSION_MANAGER}}
    ),
    "Roles": Grant((ROLES,)),
    "PassRolesToPipes": Grant(
        (ROLES,), {"StringEquals": {"iam:PassedToService": "pipes.amazonaws.com"}}
    ),
    "InstanceProfiles": Grant(("iam::${AWS::AccountId}:instance-profile/CORE-*",)),
    "ServiceLinkedRoles": Grant(
        ("iam::${AWS::AccountId}:role/aws-service-role/*",),
        {"StringEquals": {"iam:AWSServiceName": FIRST_ROLES}},
    ),
    "ContainersAndClusters": Grant(("ecs:HERE:*/CORE-*",)),
    "InstanceGroups": Grant((GROUPS,)),
    "SeeScaling": Grant(("*",)),
    "Scaling": Grant(("application-autoscaling:HERE:scalable-target/*",)),
    "AlarmsAndDashboard": Grant(
        ("cloudwatch:HERE:alarm:*", "cloudwatch::${AWS::AccountId}:dashboard/*")
    ),
    "Api": Grant(tuple(f"{API}/{each}" for each in ("apis*", "tags/*", "vpclinks*"))),
}
CLOUDFRONT = "cloudfront::${AWS::AccountId}:"
WEBSITE_GRANTS = {
    "Buckets": Grant(("s3:::WEBSITE-logbucket-*", "s3:::WEBSITE-websitebucket-*")),
    "Delivery": Grant(
        (
            CLOUDFRONT + "cache-policy/*",
            CLOUDFRONT + "distribution/*",
            CLOUDFRONT + "function/WEBSITE-*",
            CLOUDFRONT + "origin-access-control/*",
            CLOUDFRONT + "response-headers-policy/*",
        )
    ),
    "Records": Grant(
        ("route53:::hostedzone/*",),
        {
            "ForAllValues:StringEquals": {
                "route53:ChangeResourceRecordSetsRecordTypes": ["A", "AAAA"]
            }
        },
    ),
    "SeeZones": Grant(("*",)),
}


@pytest.mark.parametrize(
    ("role", "grants"),
    [
        ("ImageStackRole", IMAGE_GRANTS),
        ("CoreStackRole", IMAGE_GRANTS | CORE_GRANTS),
        ("WebsiteStackRole", WEBSITE_GRANTS),
    ],
)
def test_what_cloudformation_does_it_does_to_ours(role: str, grants: dict[str, Grant]) -> None:
    assert {one["Sid"]: Grant.of(one) for one in statements(role)} == grants
    assert len(statements(role)) == len(grants)


@pytest.mark.parametrize("role", STACK_ROLES)
def test_cloudformation_alone_takes_a_stack_s_role_within_the_boundary(role: str) -> None:
    properties: dict[str, Any] = resources()[role]["Properties"]

    assert properties["PermissionsBoundary"] == {"Ref": "DeploymentBoundary"}
    assert properties["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "cloudformation.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ]


def test_a_service_s_pipeline_changes_no_data_and_no_permission() -> None:
    services = {action.split(":")[0] for action in allowed("ImageStackRole")}

    assert services == {"autoscaling", "ec2", "ecs", "iam", "s3", "ssm"}
    assert {each for each in allowed("ImageStackRole") if each.startswith(("iam:", "s3:"))} == {
        "iam:GetRole",
        "iam:PassRole",
        "s3:GetObject",
    }
    assert not any(may("ImageStackRole", f"ec2:{name}") for name in ("CreateRoute", "DeleteVpc"))
    assert documents("ImageStackRole")[0] == documents("CoreStackRole")[0]


def test_a_managed_policy_is_as_long_as_iam_takes_it() -> None:
    for name, each in resources().items():
        if each["Type"] == "AWS::IAM::ManagedPolicy":
            # Resolved names are longer than what stands for them: half as much again at most.
            document = json.dumps(each["Properties"]["PolicyDocument"], separators=(",", ":"))
            assert len(document) < 6144 / 1.2, name
            assert listed(each["Properties"]["Path"]) == ["/deployment/"], name
