"""bootstrap.yaml deployed to the emulator, and its roles taken with tokens as GitHub issues them.

The emulator reads a token's claims and evaluates trust policies and permissions; it verifies no
token's signature, and knows no condition key of CloudFormation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import jwt
import pytest
from botocore.exceptions import ClientError

from deploy import bootstrap
from deploy.account import Account
from deploy.settings import BOOTSTRAP, Settings
from local import aws
from local.cloudformation.template import read
from local.settings import REGION
from tests.infra.conftest import ROOT
from tests.infra.deployed.cloud import DeploymentRefused

if TYPE_CHECKING:
    from tests.infra.deployed.cloud import Cloud

REPOSITORY = {"GitHubOrganization": "acme", "GitHubRepository": "todo"}
IDS = {"GitHubOrganizationId": "17", "GitHubRepositoryId": "42"}
ISSUER = "https://token.actions.githubusercontent.com"
ENVIRONMENTS = {
    "CoreRoleArn": "environment:core",
    "MainServiceRoleArn": "environment:main-service",
    "FilesServiceRoleArn": "environment:files-service",
    "FrontendRoleArn": "environment:frontend",
    "PlanRoleArn": "pull_request",
}


@pytest.fixture(scope="module")
def body() -> dict[str, Any]:
    return read(ROOT / "bootstrap.yaml").pruned().body


@pytest.fixture(scope="module")
def outputs(cloud: Cloud, body: dict[str, Any]) -> dict[str, str]:
    return cloud.deploy(BOOTSTRAP, body, **REPOSITORY, **IDS)


def take(cloud: Cloud, role: str, subject: str, **claims: str) -> boto3.Session:
    """What configure-aws-credentials does with GitHub's token."""
    said = {"iss": ISSUER, "aud": "sts.amazonaws.com", "sub": subject, **claims}
    answer = cloud.client("sts").assume_role_with_web_identity(
        RoleArn=role,
        RoleSessionName="pipeline",
        WebIdentityToken=jwt.encode(said, "k" * 32, algorithm="HS256"),
    )
    found = answer["Credentials"]
    return boto3.Session(
        found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], region_name=REGION
    )


def refused(session: boto3.Session, cloud: Cloud, service: str, call: str, **how: Any) -> bool:
    """Whether the call is refused for want of permission, whatever else is wrong with it."""
    make: Any = session.client  # typed for a service that is known beforehand
    client = make(service, endpoint_url=cloud.url, config=aws.CONFIG)
    try:
        getattr(client, call)(**how)
    except ClientError as error:
        return error.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}
    return False


@pytest.mark.parametrize("output", ENVIRONMENTS)
@pytest.mark.parametrize("repository", ["acme/todo", "acme@17/todo@42"])
def test_a_pipeline_takes_its_role_with_either_form_of_subject(
    cloud: Cloud, outputs: dict[str, str], output: str, repository: str
) -> None:
    session = take(cloud, outputs[output], f"repo:{repository}:{ENVIRONMENTS[output]}")

    assert not refused(session, cloud, "sts", "get_caller_identity")


@pytest.mark.parametrize("output", ENVIRONMENTS)
def test_nobody_else_takes_it(cloud: Cloud, outputs: dict[str, str], output: str) -> None:
    end = ENVIRONMENTS[output]
    others = set(ENVIRONMENTS.values()) - {end}
    subjects = [f"repo:acme/todo:{other}" for other in others]
    subjects += [f"repo:{other}:{end}" for other in ("evil/todo", "acme/other", "acme/todo2")]
    subjects += [f"repo:{other}:{end}" for other in ("acme@18/todo@42", "acme@17/todo@43")]
    subjects += [f"repo:acme/todo:{end}s", "repo:acme/todo:ref:refs/heads/feature"]

    for subject in subjects:
        with pytest.raises(ClientError, match="AccessDenied"):
            take(cloud, outputs[output], subject)
    with pytest.raises(ClientError, match="AccessDenied"):
        take(cloud, outputs[output], f"repo:acme/todo:{end}", aud="https://github.com/acme")
    with pytest.raises(ClientError, match="AccessDenied"):
        take(cloud, outputs[output], f"repo:acme/todo:{end}", iss="https://issuer.example")


@pytest.mark.parametrize(("own", "other"), [("main", "files"), ("files", "main")])
def test_a_service_s_pipeline_pushes_its_own_image_alone(
    cloud: Cloud, outputs: dict[str, str], own: str, other: str
) -> None:
    role = outputs[f"{own.capitalize()}ServiceRoleArn"]
    session = take(cloud, role, f"repo:acme/todo:environment:{own}-service")

    for name, is_refused in ((own, False), (other, True)):
        repository = f"todo-on-ecs/{name}"
        for call in ("initiate_layer_upload", "describe_images"):
            assert refused(session, cloud, "ecr", call, repositoryName=repository) is is_refused
    assert refused(session, cloud, "ecr", "delete_repository", repositoryName=f"todo-on-ecs/{own}")


@pytest.mark.parametrize("output", ENVIRONMENTS)
def test_no_pipeline_deletes_a_stack_or_makes_itself_stronger(
    cloud: Cloud, outputs: dict[str, str], output: str
) -> None:
    session = take(cloud, outputs[output], f"repo:acme/todo:{ENVIRONMENTS[output]}")

    for stack in ("todo-on-ecs", "todo-on-ecs-website", BOOTSTRAP):
        assert refused(session, cloud, "cloudformation", "delete_stack", StackName=stack)
    assert refused(
        session,
        cloud,
        "iam",
        "attach_role_policy",
        RoleName=outputs[output].rsplit("/", 1)[-1],
        PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess",
    )
    assert refused(session, cloud, "dynamodb", "list_tables")


@pytest.mark.parametrize("output", sorted(set(ENVIRONMENTS) - {"FrontendRoleArn"}))
def test_the_core_s_pipelines_see_the_core_stack_alone(
    cloud: Cloud, outputs: dict[str, str], output: str
) -> None:
    session = take(cloud, outputs[output], f"repo:acme/todo:{ENVIRONMENTS[output]}")
    see = ("cloudformation", "describe_stacks")

    assert not refused(session, cloud, *see, StackName="todo-on-ecs")
    # The core's own needs the website's address, the first time.
    is_refused = refused(session, cloud, *see, StackName="todo-on-ecs-website")
    assert is_refused is (output != "CoreRoleArn")
    assert refused(session, cloud, *see, StackName="another")


@pytest.mark.parametrize("output", ENVIRONMENTS)
def test_a_pipeline_finds_what_each_command_takes_from_bootstrap(
    cloud: Cloud, outputs: dict[str, str], monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    session = take(cloud, outputs[output], f"repo:acme/todo:{ENVIRONMENTS[output]}")
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.url)
    account = Account(session, REGION, "000000000000")

    assert bootstrap.outputs(account, Settings.read("todo-on-ecs")) == outputs


@pytest.mark.parametrize("ids", [{}, IDS])
@pytest.mark.parametrize("provider", ["Yes", "No"])
@pytest.mark.parametrize("ecs", ["Yes", "No"])
def test_every_combination_of_parameters_is_deployed(
    cloud: Cloud, outputs: dict[str, str], ids: dict[str, str], provider: str, ecs: str
) -> None:
    whole = read(ROOT / "bootstrap.yaml")
    # The emulator knows neither type; where they are not wanted, it takes the whole template.
    body = whole.body if (provider, ecs) == ("No", "No") else whole.pruned().body
    wanted = {"CreateOidcProvider": provider, "CreateEcsServiceLinkedRole": ecs}
    parameters = REPOSITORY | wanted | {"GitHubOrganizationId": "", "GitHubRepositoryId": ""} | ids

    assert cloud.deploy(BOOTSTRAP, body, **parameters) == outputs
    take(cloud, outputs["CoreRoleArn"], "repo:acme/todo:environment:core")
    if not ids:
        with pytest.raises(ClientError, match="AccessDenied"):
            take(cloud, outputs["CoreRoleArn"], "repo:acme@17/todo@42:environment:core")


@pytest.mark.parametrize("one", IDS)
def test_one_number_without_the_other_is_refused(
    cloud: Cloud, body: dict[str, Any], one: str
) -> None:
    with pytest.raises(DeploymentRefused, match="need each other"):
        cloud.deploy("refused", body, **REPOSITORY, **{one: IDS[one]})


def test_the_repositories_are_as_the_template_says(
    cloud: Cloud, outputs: dict[str, str], service: str
) -> None:
    (found,) = cloud.client("ecr").describe_repositories(
        repositoryNames=[f"todo-on-ecs/{service}"]
    )["repositories"]

    assert found["imageTagMutability"] == "IMMUTABLE"
    assert found["imageScanningConfiguration"] == {"scanOnPush": True}
    assert outputs[f"{service.capitalize()}RepositoryUri"] == found["repositoryUri"]
