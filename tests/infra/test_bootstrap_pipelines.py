"""What each pipeline may do, and no other may: exactly this."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.deployments import Grant, actions, documents, resources, statements

TOKENS = "token.actions.githubusercontent.com"
PROVIDER = "arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/" + TOKENS
# What a token's subject must end in: a reviewed environment, or where nothing that runs is changed.
SUBJECTS = {
    "PlanRole": ["pull_request", "ref:refs/heads/main"],
    "CoreRole": ["environment:core"],
    "MainServiceRole": ["environment:main-service"],
    "FilesServiceRole": ["environment:files-service"],
    "FrontendRole": ["environment:frontend"],
}
CORE = "cloudformation:HERE:stack/CORE/*"
WEBSITE = "cloudformation:HERE:stack/WEBSITE/*"
BOOTSTRAP = "cloudformation:HERE:stack/${AWS::StackName}/*"
TRANSFORMS = tuple(
    f"cloudformation:${{AWS::Region}}:aws:transform/{name}"
    for name in ("Include", "Serverless-2016-10-31")
)
PLANS = ["plan-*", "*:changeSet/plan-*"]
NO_TEMPLATE_FROM_S3 = {"Null": {"cloudformation:TemplateUrl": "true"}}
NOT_A_PLAN = {"StringNotLike": {"cloudformation:ChangeSetName": PLANS}}


def by_role(role: str) -> dict[str, Any]:
    return {"StringEquals": {"cloudformation:RoleArn": {"Fn::GetAtt": [role, "Arn"]}}}


def passing(role: str) -> Grant:
    to = {"iam:PassedToService": "cloudformation.amazonaws.com"}
    return Grant((f"{role}.Arn",), {"StringEquals": to})


def cloudformation(names: str) -> frozenset[str]:
    return frozenset(f"cloudformation:{name}" for name in names.split())


READING = cloudformation("DescribeChangeSet DescribeEvents DescribeStackEvents DescribeStacks")
READ_OUTPUTS = cloudformation("DescribeStacks")
FOLLOW = cloudformation("DescribeEvents DescribeStackEvents")
READ_CHANGES = cloudformation("DescribeChangeSet")
PREPARE = cloudformation("CreateChangeSet")
EXECUTE = cloudformation("DeleteChangeSet ExecuteChangeSet")
PASS = frozenset({"iam:PassRole"})
EXCHANGE = frozenset({"s3:GetObject", "s3:PutObject"})
SIGN_IN = frozenset({"ecr:GetAuthorizationToken"})
PUSH = frozenset(
    f"ecr:{name}"
    for name in (
        "BatchCheckLayerAvailability", "BatchGetImage", "CompleteLayerUpload", "DescribeImages",
        "InitiateLayerUpload", "PutImage", "UploadLayerPart",
    )
)  # fmt: skip

# An import would make another application's resource part of the stack.
NO_IMPORT = {"Null": {"cloudformation:ImportResourceTypes": "true"}}

Grants = list[tuple[frozenset[str], Grant]]
WATCH: Grants = [
    (READ_OUTPUTS, Grant((CORE, BOOTSTRAP))),
    (PREPARE, Grant(TRANSFORMS)),
    (
        frozenset({"ssm:GetParameters"}),
        Grant(("ssm:${AWS::Region}::parameter/aws/service/ecs/optimized-ami/*",)),
    ),
]
CHANGE_IMAGE: Grants = [
    (SIGN_IN, Grant(("*",))),
    (
        cloudformation("UpdateStack"),
        Grant(
            (CORE,), by_role("ImageStackRole") | {"Null": {"cloudformation:TemplateUrl": "true"}}
        ),
    ),
    (FOLLOW, Grant((CORE,))),
    (frozenset({"s3:GetObject"}), Grant(("${TemplateBucket.Arn}/core/*",))),
    (PASS, passing("ImageStackRole")),
]
BUCKET = "s3:::WEBSITE-websitebucket-*"
GRANTS: dict[str, Grants] = {
    "PlanRole": [
        *WATCH,
        (
            cloudformation("CreateChangeSet DeleteChangeSet DescribeChangeSet"),
            Grant((CORE,), {"StringLike": {"cloudformation:ChangeSetName": PLANS}}),
        ),
        (EXCHANGE, Grant(("${TemplateBucket.Arn}/plan/*",))),
    ],
    "CoreRole": [
        *WATCH,
        (PREPARE, Grant((CORE,), by_role("CoreStackRole") | NO_IMPORT | NOT_A_PLAN)),
        (EXECUTE | READ_CHANGES | FOLLOW, Grant((CORE,), NOT_A_PLAN)),
        (PASS, passing("CoreStackRole")),
        (EXCHANGE, Grant(("${TemplateBucket.Arn}/core/*",))),
        (
            frozenset({"ecr:DescribeImages"}),
            Grant(("MainRepository.Arn", "FilesRepository.Arn")),
        ),
        (frozenset({"ec2:DescribeAvailabilityZones"}), Grant(("*",))),
        (READ_OUTPUTS, Grant((WEBSITE,))),
    ],
    "MainServiceRole": [*WATCH, *CHANGE_IMAGE, (PUSH, Grant(("MainRepository.Arn",)))],
    "FilesServiceRole": [*WATCH, *CHANGE_IMAGE, (PUSH, Grant(("FilesRepository.Arn",)))],
    "FrontendRole": [
        (READING, Grant((WEBSITE,))),
        (PREPARE, Grant((WEBSITE,), by_role("WebsiteStackRole") | NO_IMPORT)),
        (EXECUTE, Grant((WEBSITE,))),
        (PASS, passing("WebsiteStackRole")),
        (READ_OUTPUTS, Grant((CORE, BOOTSTRAP))),
        (frozenset({"s3:ListBucket"}), Grant((BUCKET,))),
        (frozenset({"s3:DeleteObject", "s3:PutObject"}), Grant((BUCKET + "/*",))),
        (
            frozenset({"cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"}),
            Grant(
                ("cloudfront::${AWS::AccountId}:distribution/*",),
                {"StringEquals": {"aws:ResourceTag/Stack": {"Ref": "WebsiteStackName"}}},
            ),
        ),
    ],
}


def subjects(end: str) -> list[dict[str, str]]:
    organization, repository = "${GitHubOrganization}", "${GitHubRepository}"
    numbered = f"{organization}@${{GitHubOrganizationId}}/{repository}@${{GitHubRepositoryId}}"
    return [
        {"Fn::Sub": f"repo:{organization}/{repository}:{end}"},
        {"Fn::Sub": f"repo:{numbered}:{end}"},
    ]


@pytest.mark.parametrize("role", SUBJECTS)
def test_a_pipeline_s_role_trusts_one_place_of_one_repository(role: str) -> None:
    ends = [subject for end in SUBJECTS[role] for subject in subjects(end)]

    assert resources()[role]["Properties"]["AssumeRolePolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": {"Fn::Sub": PROVIDER}},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        f"{TOKENS}:aud": "sts.amazonaws.com",
                        f"{TOKENS}:sub": ends,
                    }
                },
            }
        ],
    }


@pytest.mark.parametrize("role", GRANTS)
def test_a_pipeline_may_do_exactly_its_job(role: str) -> None:
    assert [(actions(one), Grant.of(one)) for one in statements(role)] == GRANTS[role]
    assert {one["Effect"] for one in statements(role)} == {"Allow"}


def test_there_is_no_other_role_for_github() -> None:
    federated = {
        name
        for name, each in resources().items()
        if "Federated" in str(each.get("Properties", {}).get("AssumeRolePolicyDocument"))
    }

    assert federated == set(SUBJECTS) == set(GRANTS)


def reach(role: str) -> set[tuple[str, str]]:
    """What a role changes or reads, action by action and resource by resource."""
    return {
        (action, name)
        for one in statements(role)
        for action in actions(one)
        for name in Grant.of(one).resources
    }


# What more than one of them needs: looking on, their templates' transforms, signing in to ECR.
SHARED = {(action, CORE) for action in READING}
SHARED |= {(action, BOOTSTRAP) for action in READ_OUTPUTS}
SHARED |= {(action, name) for action in PREPARE for name in TRANSFORMS}
SHARED |= {("ecr:GetAuthorizationToken", "*")}
# A first deployment of the core takes the website's address.
SHARED |= {(action, WEBSITE) for action in READ_OUTPUTS}
# Both services change the same stack, by the same narrow role. A plan is prepared where a
# deployment is, but under a name that no deployment executes.
COMMON = {
    frozenset({"MainServiceRole", "FilesServiceRole"}): {
        ("cloudformation:UpdateStack", CORE),
        ("iam:PassRole", "ImageStackRole.Arn"),
    },
    frozenset({"PlanRole", "CoreRole"}): {
        ("cloudformation:CreateChangeSet", CORE),
        ("cloudformation:DeleteChangeSet", CORE),
    },
}
READS = ("s3:GetObject", "ecr:DescribeImages", "ssm:GetParameters")


@pytest.mark.parametrize("role", GRANTS)
@pytest.mark.parametrize("other", GRANTS)
def test_no_pipeline_does_what_another_s_job_is(role: str, other: str) -> None:
    both = {pair for pair in reach(role) & reach(other) if not pair[0].startswith(READS)}

    if role != other:
        assert both - SHARED == COMMON.get(frozenset({role, other}), set())


def test_nobody_but_the_core_s_pipeline_executes_and_never_a_plan() -> None:
    executing = {
        role: one for role in GRANTS for one in statements(role) if actions(one) >= EXECUTE
    }

    assert set(executing) == {"CoreRole", "FrontendRole"}
    assert executing["CoreRole"]["Condition"] == NOT_A_PLAN
    assert "cloudformation:ExecuteChangeSet" not in str(documents("PlanRole"))


def test_what_a_plan_uploads_no_deployment_takes() -> None:
    written = {
        role: {name for action, name in reach(role) if action == "s3:PutObject"} for role in GRANTS
    }

    assert written["PlanRole"] == {"${TemplateBucket.Arn}/plan/*"}
    assert written["CoreRole"] == {"${TemplateBucket.Arn}/core/*"}


def test_no_pipeline_deletes_a_stack_or_creates_a_role() -> None:
    done = {action for role in GRANTS for action, _ in reach(role)}

    assert not {"cloudformation:DeleteStack", "cloudformation:SetStackPolicy"} & done
    assert {action for action in done if action.startswith(("iam:", "sts:"))} == PASS
