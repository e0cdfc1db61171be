"""Who may do what: roles and policies as wholes, so that nothing is added unseen."""

import re
from typing import Any

import pytest

from tests.infra.statements import AT_RESOURCES, OURS, Statement, allow, arn, of


def trust(service: str, **more: object) -> Statement:
    return {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
        **more,
    }


def for_this_account(service: str, source: str) -> Statement:
    """AWS acts for this account alone."""
    return trust(
        service,
        Condition={
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            "ArnLike": {"aws:SourceArn": arn(source)},
        },
    )


TRUSTED = {
    "RemovalsPipeRole": for_this_account("pipes", f"pipes:{OURS}:pipe/*"),
    "InstanceRole": trust("ec2"),
    "TaskRole": for_this_account("ecs-tasks", f"ecs:{OURS}:*"),
    "ExecutionRole": for_this_account("ecs-tasks", f"ecs:{OURS}:*"),
}
MANAGED = {"InstanceRole": [arn("iam::aws:policy/AmazonSSMManagedInstanceCore")]}
# (role, policy) and its statements.
ALLOWED = {
    ("RemovalsPipeRole", "pipes"): [
        allow(
            "Streams",
            [
                "dynamodb:DescribeStream",
                "dynamodb:GetRecords",
                "dynamodb:GetShardIterator",
                "dynamodb:ListStreams",
            ],
            [{"Fn::GetAtt": [table, "StreamArn"]} for table in ("TodosTable", "FilesTable")],
        ),
        allow("Topic", "sns:Publish", {"Ref": "RemovalsTopic"}),
    ],
    ("InstanceRole", "ecs-agent"): [
        allow("FindEcs", "ecs:DiscoverPollEndpoint", "*"),
        allow(
            "JoinAndReport",
            [
                "ecs:RegisterContainerInstance",
                "ecs:SubmitContainerStateChange",
                "ecs:SubmitTaskStateChange",
            ],
            of("Cluster"),
        ),
        allow(
            "TakeOrders",
            ["ecs:Poll", "ecs:StartTelemetrySession"],
            arn(f"ecs:{OURS}:container-instance/*"),
            Condition={"ArnEquals": {"ecs:cluster": of("Cluster")}},
        ),
    ],
    ("TaskRole", "main"): [
        allow(
            "Todos",
            ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"],
            of("TodosTable"),
        ),
        allow(
            "TodoLists",
            "dynamodb:Query",
            [
                {"Fn::Sub": f"${{TodosTable.Arn}}/index/{name}"}
                for name in ("byCreated", "byDue", "byPosition")
            ],
        ),
    ],
    ("TaskRole", "files"): [
        allow(
            "Files",
            [
                "dynamodb:DeleteItem",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
            ],
            of("FilesTable"),
        ),
        allow(
            "FileContents",
            ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            {"Fn::Sub": "${FilesBucket.Arn}/u/*"},
        ),
        allow(
            "Removals",
            ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"],
            of("RemovalsQueue"),
        ),
    ],
    ("ExecutionRole", "start"): [
        allow("SignInToEcr", "ecr:GetAuthorizationToken", "*"),
        allow(
            "PullImages",
            ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [arn(f"ecr:{OURS}:repository/todo-on-ecs/{each}") for each in ("main", "files")],
        ),
        allow(
            "WriteLogs",
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [of("MainLogGroup"), of("FilesLogGroup"), of("WorkerLogGroup")],
        ),
    ],
}
ENDPOINTS = ("S3Endpoint", "DynamoDbEndpoint")  # see test_endpoints.py
# About everything are only these: nothing narrower exists, they refuse, or they are an endpoint's.
ABOUT_EVERYTHING = {"FindEcs", "SignInToEcr", "TlsOnly", "OwnFiles", "ImageLayers", "OwnTables"}


def policies(properties: dict[str, Any]) -> dict[tuple[str, str], list[Statement]]:
    """What each policy of each role says, by (role, policy)."""
    return {
        (role, policy["PolicyName"]): policy["PolicyDocument"]["Statement"]
        for role in TRUSTED
        for policy in properties[role]["Policies"]
    }


def statements(properties: dict[str, Any]) -> list[Statement]:
    """Every statement that allows or denies something."""
    names = (*AT_RESOURCES, *ENDPOINTS)
    found = [properties[name]["PolicyDocument"]["Statement"] for name in names]
    return [one for document in (*policies(properties).values(), *found) for one in document]


def wildcards(one: Statement) -> list[str]:
    """What stands for everything among a statement's actions, resources and principals."""
    values = [one.get(key, []) for key in ("Principal", "Action", "Resource")]
    flat = [each for value in values for each in (value if isinstance(value, list) else [value])]
    return [text for text in flat if isinstance(text, str) and re.fullmatch(r"(\w+:)?\*", text)]


def test_permissions_stand_in_these_resources_alone(resources: dict[str, Any]) -> None:
    found = {
        name: each["Type"]
        for name, each in resources.items()
        if re.search(r"^AWS::IAM::|(Bucket|Topic|Queue|Inline|Resource)Policy$", each["Type"])
    }

    roles = dict.fromkeys(TRUSTED, "AWS::IAM::Role")
    others = {name: kind for name, (kind, _, _) in AT_RESOURCES.items()}
    assert found == {**roles, **others, "InstanceProfile": "AWS::IAM::InstanceProfile"}


@pytest.mark.parametrize("role", TRUSTED)
def test_a_role_is_for_one_aws_service(properties: dict[str, Any], role: str) -> None:
    document = {"Version": "2012-10-17", "Statement": [TRUSTED[role]]}

    assert properties[role]["AssumeRolePolicyDocument"] == document


def test_each_role_keeps_to_the_boundary_that_bootstrap_wants(properties: dict[str, Any]) -> None:
    bounded = ["RolesAreBounded", {"Ref": "PermissionsBoundary"}, {"Ref": "AWS::NoValue"}]

    found = {role: properties[role].get("PermissionsBoundary") for role in TRUSTED}

    assert found == {key: {"Fn::If": bounded} for key in TRUSTED}


@pytest.mark.parametrize("role", TRUSTED)
def test_a_role_has_no_managed_policy_but_the_expected(
    properties: dict[str, Any], role: str
) -> None:
    others = {"Description", "AssumeRolePolicyDocument", "Policies", "PermissionsBoundary"}

    rest = {key: value for key, value in properties[role].items() if key not in others}

    assert rest == ({"ManagedPolicyArns": MANAGED[role]} if role in MANAGED else {})


def test_roles_have_no_policy_but_the_expected(properties: dict[str, Any]) -> None:
    assert set(policies(properties)) == set(ALLOWED)


@pytest.mark.parametrize(("role", "policy"), ALLOWED)
def test_a_policy_allows_exactly_what_it_is_for(
    properties: dict[str, Any], role: str, policy: str
) -> None:
    assert policies(properties)[role, policy] == ALLOWED[role, policy]


@pytest.mark.parametrize(
    ("resource", "key", "role"),
    [
        ("TodoRemovalsPipe", "RoleArn", of("RemovalsPipeRole")),
        ("UploadRemindersPipe", "RoleArn", of("RemovalsPipeRole")),
        ("InstanceProfile", "Roles", [{"Ref": "InstanceRole"}]),
        ("TaskDefinition", "TaskRoleArn", of("TaskRole")),
        ("TaskDefinition", "ExecutionRoleArn", of("ExecutionRole")),
    ],
)
def test_a_role_goes_to_whom_it_is_made_for(
    properties: dict[str, Any], resource: str, key: str, role: object
) -> None:
    assert properties[resource][key] == role


def test_only_what_nothing_narrower_exists_for_is_about_everything(
    properties: dict[str, Any],
) -> None:
    assert {one["Sid"] for one in statements(properties) if wildcards(one)} == ABOUT_EVERYTHING


def test_a_wildcard_has_its_reason_beside_it(
    properties: dict[str, Any], template_text: str
) -> None:
    lines = re.findall(r"""^.*["'](?:\w+:)?\*["'].*$""", template_text, re.MULTILINE)

    assert len(lines) == sum(len(wildcards(one)) for one in statements(properties))
    assert [line for line in lines if not re.search(r"# \w+", line)] == []


def test_no_statement_is_about_all_but_something(properties: dict[str, Any]) -> None:
    keys = {key for one in statements(properties) for key in one}

    assert keys == {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}


def test_nobody_may_read_what_is_not_asked_for_by_its_key(properties: dict[str, Any]) -> None:
    actions = " ".join(str(one["Action"]) for one in statements(properties))

    assert re.findall("Scan|PartiQL|ListBucket", actions) == []


@pytest.mark.parametrize("name", AT_RESOURCES)
def test_what_stands_at_a_resource_is_about_tls_and_who_sends_there(
    properties: dict[str, Any], name: str
) -> None:
    _, belongs_to, statements = AT_RESOURCES[name]
    document = {"Version": "2012-10-17", "Statement": statements}

    assert properties[name] == {**belongs_to, "PolicyDocument": document}
