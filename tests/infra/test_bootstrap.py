"""bootstrap.yaml's stores, boundaries and parameters."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from local.cloudformation.template import read
from tests.infra.conftest import ROOT
from tests.infra.deployments import actions, covers, listed, resources, statements
from tests.infra.statements import of, tls_only
from tests.infra.test_website_buckets import PRIVATE


@pytest.fixture
def bootstrap() -> dict[str, Any]:
    return read(ROOT / "bootstrap.yaml").body


def test_a_release_is_never_overwritten_and_fifty_are_kept(service: str) -> None:
    properties = dict(resources()[f"{service.capitalize()}Repository"]["Properties"])
    rules = json.loads(properties.pop("LifecyclePolicy")["LifecyclePolicyText"])["rules"]

    assert properties == {
        "RepositoryName": f"todo-on-ecs/{service}",
        "ImageTagMutability": "IMMUTABLE",
        "ImageScanningConfiguration": {"ScanOnPush": True},
        "EncryptionConfiguration": {"EncryptionType": "AES256"},
    }
    assert [(rule["selection"], rule["action"]) for rule in rules] == [
        (
            {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 7,
            },
            {"type": "expire"},
        ),
        (
            {
                "tagStatus": "tagged",
                "tagPatternList": ["*"],
                "countType": "imageCountMoreThan",
                "countNumber": 50,
            },
            {"type": "expire"},
        ),
    ]


def test_the_core_stack_takes_its_images_from_there(service: str) -> None:
    name = resources()[f"{service.capitalize()}Repository"]["Properties"]["RepositoryName"]

    assert f".${{AWS::URLSuffix}}/{name}:$" in (ROOT / "template.yaml").read_text()


def test_templates_are_private_and_those_deployed_are_kept() -> None:
    assert resources()["TemplateBucket"]["Properties"] == {
        **PRIVATE,
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "VersioningConfiguration": {"Status": "Enabled"},
        "LifecycleConfiguration": {
            "Rules": [
                {
                    "Id": "IncompleteUploads",
                    "Status": "Enabled",
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                },
                {
                    "Id": "Plans",
                    "Status": "Enabled",
                    "Prefix": "plan/",
                    "ExpirationInDays": 7,
                },
                {
                    "Id": "FormerVersions",
                    "Status": "Enabled",
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                },
            ]
        },
    }
    assert resources()["TemplateBucketPolicy"]["Properties"] == {
        "Bucket": {"Ref": "TemplateBucket"},
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                tls_only("s3:*", [of("TemplateBucket"), {"Fn::Sub": "${TemplateBucket.Arn}/*"}])
            ],
        },
    }


def test_what_others_may_use_outlives_the_stack() -> None:
    kept = {
        name: (each["DeletionPolicy"], each["UpdateReplacePolicy"])
        for name, each in resources().items()
        if "DeletionPolicy" in each
    }

    assert kept == {
        # Only when they are empty: EmptyOnDelete is not set, and S3 never empties a bucket.
        **dict.fromkeys(
            ("MainRepository", "FilesRepository", "TemplateBucket"), ("Delete", "Retain")
        ),
        **dict.fromkeys(
            ("OidcProvider", "EcsServiceLinkedRole"), ("RetainExceptOnCreate", "Retain")
        ),
    }


def test_what_an_account_has_once_is_made_on_request(bootstrap: dict[str, Any]) -> None:
    provider, role = resources()["OidcProvider"], resources()["EcsServiceLinkedRole"]

    assert (provider["Condition"], role["Condition"]) == ("OidcProviderIsOurs", "EcsRoleIsOurs")
    assert bootstrap["Conditions"] == {
        "OidcProviderIsOurs": {"Fn::Equals": [{"Ref": "CreateOidcProvider"}, "Yes"]},
        "EcsRoleIsOurs": {"Fn::Equals": [{"Ref": "CreateEcsServiceLinkedRole"}, "Yes"]},
    }
    assert provider["Properties"] == {
        "Url": "https://token.actions.githubusercontent.com",
        "ClientIdList": ["sts.amazonaws.com"],
    }
    assert role["Properties"] == {"AWSServiceName": "ecs.amazonaws.com"}


def within(boundary: str, action: str) -> bool:
    """Whether a boundary lets an action through, and does not refuse it."""
    document = resources()[boundary]["Properties"]["PolicyDocument"]
    found = {
        one["Effect"]
        for one in document["Statement"]
        if any(covers(pattern, action) for pattern in actions(one))
    }
    return found == {"Allow"}


def test_the_core_s_roles_work_within_their_boundary() -> None:
    template = read(ROOT / "template.yaml")
    done = {
        action
        for role in template.resources("AWS::IAM::Role").values()
        for policy in role["Properties"].get("Policies", [])
        for one in policy["PolicyDocument"]["Statement"]
        for action in listed(one["Action"])
    }

    assert len(done) > 20
    assert {action for action in done if not within("WorkloadBoundary", action)} == set()


@pytest.mark.parametrize(
    "action",
    [
        "iam:CreateRole", "iam:PassRole", "sts:AssumeRole", "dynamodb:Scan", "dynamodb:DeleteTable",
        "s3:ListBucket", "s3:PutBucketPolicy", "ssm:GetParameter", "ssm:PutParameter",
        "cognito-idp:ListUsers", "ecs:UpdateService", "ec2:RunInstances", "ecr:PutImage",
    ],
)  # fmt: skip
def test_no_role_of_the_core_s_goes_beyond(action: str) -> None:
    assert not within("WorkloadBoundary", action)


@pytest.mark.parametrize(
    "action",
    [
        "iam:CreateUser", "iam:CreateAccessKey", "iam:CreatePolicyVersion", "iam:PutUserPolicy",
        "iam:UpdateOpenIDConnectProviderThumbprint", "sts:AssumeRole", "dynamodb:GetItem",
        "dynamodb:Scan", "dynamodb:DeleteTable", "cognito-idp:AdminSetUserPassword",
        "cognito-idp:DeleteUserPool", "ssm:GetParameter", "secretsmanager:GetSecretValue",
        "kms:Decrypt", "organizations:LeaveOrganization", "ecr:PutImage",
    ],
)  # fmt: skip
def test_cloudformation_never_goes_beyond(action: str) -> None:
    assert not within("DeploymentBoundary", action)


@pytest.mark.parametrize("role", ["CoreStackRole", "ImageStackRole", "WebsiteStackRole"])
def test_the_boundary_lets_cloudformation_work(role: str) -> None:
    for one in statements(role):
        assert all(within("DeploymentBoundary", action) for action in actions(one)), one["Sid"]


def test_the_deployment_s_roles_are_out_of_its_own_reach() -> None:
    for name, each in resources().items():
        if each["Type"] in {"AWS::IAM::Role", "AWS::IAM::ManagedPolicy"}:
            assert each["Properties"]["Path"] == "/deployment/", name


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("GitHubOrganization", "*"),
        ("GitHubOrganization", "a/b"),
        ("GitHubOrganization", "a@1"),
        ("GitHubOrganization", ""),
        ("GitHubRepository", "a/b"),
        ("GitHubRepository", "*"),
        ("GitHubRepository", "a:environment"),
        ("GitHubRepository", "a@2"),
        ("GitHubOrganizationId", "0"),
        ("GitHubRepositoryId", "*"),
        ("CoreStackName", "Todo"),
        ("CoreStackName", "ecs-todo"),
        ("CoreStackName", "aws"),
        ("CoreStackName", "a" * 33),
        ("WebsiteStackName", "*"),
    ],
)
def test_a_value_that_would_widen_a_role_is_refused(
    bootstrap: dict[str, Any], parameter: str, value: str
) -> None:
    assert not re.fullmatch(bootstrap["Parameters"][parameter]["AllowedPattern"], value)


def test_the_template_fits_into_a_request() -> None:
    # It makes the bucket by which longer ones go.
    assert len((ROOT / "bootstrap.yaml").read_bytes()) < 51_200
