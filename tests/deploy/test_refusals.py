"""Whatever goes wrong is said in one line that says what to do, and nothing is changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.deploy.scratch import Scratch

NO_KEYS: dict[str, str | None] = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
SAMCONFIG = '[default.deploy.parameters]\nparameter_overrides = "{}"\n'


def refusal(
    scratch: Scratch,
    target: str,
    *variables: str,
    environment: Mapping[str, str | None] | None = None,
) -> str:
    """The line that `make` shows beside its own, after a failure that has changed nothing."""
    before = scratch.stacks()
    done = scratch.make_target(target, *variables, environment=environment)
    assert done.returncode != 0, done.stdout
    assert scratch.stacks() == before
    line, of_make = done.stderr.splitlines()
    assert of_make.startswith("make: ***")
    return line


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (
            "deploy-main",
            "TAG is missing; usage: make deploy-main TAG=tag [STACK=name] [CORE=later]",
        ),
        (
            "deploy-main TGA=one",
            "deploy-main knows no TGA; usage: make deploy-main TAG=tag [STACK=name] [CORE=later]",
        ),
        (
            "deploy-files TAG=",
            "TAG is empty; usage: make deploy-files TAG=tag [STACK=name] [CORE=later]",
        ),
        (
            "deploy-core WAIT=long",
            (
                "WAIT is 'long': it must be minutes; usage: make deploy-core [STACK=name] "
                '[TAG=tag] [PARAMETERS="Name=value …"] [WAIT=minutes] [PLAN=lines]'
            ),
        ),
        (
            "rollback SERVICE=main TAG=",
            "TAG is empty; usage: make rollback SERVICE=main|files [TAG=tag] [STACK=name]",
        ),
        (
            "destroy STACK= CONFIRM=yes DATA=delete",
            ("STACK is empty; usage: make destroy [STACK=name] [CONFIRM=yes] [DATA=keep|delete]"),
        ),
        (
            "rollback",
            "SERVICE is missing; usage: make rollback SERVICE=main|files [TAG=tag] [STACK=name]",
        ),
        (
            "rollback SERVICE=api",
            (
                "SERVICE is 'api': it must be main or files; "
                "usage: make rollback SERVICE=main|files [TAG=tag] [STACK=name]"
            ),
        ),
        (
            "destroy DATA=all",
            (
                "DATA is 'all': it must be keep or delete; "
                "usage: make destroy [STACK=name] [CONFIRM=yes] [DATA=keep|delete]"
            ),
        ),
        (
            "deploy-main TAG=latest",
            "TAG is 'latest': it must be the tag of one build, such as a commit; never latest.",
        ),
        (
            "status STACK=ecs-todo",
            (
                "STACK is 'ecs-todo': it must be at most 24 small letters, digits and hyphens, "
                "begin with a letter, and not with aws, ecs, fargate."
            ),
        ),
        (
            "status STACK=todo-on-ecs-bootstrap",
            "STACK is 'todo-on-ecs-bootstrap', which is the bootstrap stack's name: take another.",
        ),
        (
            "deploy PARAMETERS=Nix=1",
            "PARAMETERS: there is no Nix; there are ",
        ),
        (
            "deploy PARAMETERS=InstanceType",
            "PARAMETERS: InstanceType has no value; it must be Name=value Other=value.",
        ),
        (
            "deploy PARAMETERS=InstanceType=nano",
            "InstanceType is 'nano': it must be t3.small, t3.medium, ",
        ),
        (
            "deploy PARAMETERS=MainImageTag=old",
            "PARAMETERS: MainImageTag is not for you to give; `make deploy` finds it out.",
        ),
        (
            "deploy TAG=v1",
            "There is no repository todo-on-ecs/main in eu-central-1: `make deploy` makes it.",
        ),
        (
            "deploy",
            (
                "Images must be built, and neither docker nor podman works here: install or start "
                "one, or deploy images that ECR has by TAG=…"
            ),
        ),
        (
            "deploy-main TAG=v1",
            "There is no stack todo-on-ecs in eu-central-1: `make deploy` makes it.",
        ),
        (
            "deploy-core",
            (
                "The first deployment of todo-on-ecs needs the stack todo-on-ecs-website (make "
                "deploy-website) and an image of main in ECR (make push-image) and an image of "
                "files in ECR (make push-image): repeat when that is there."
            ),
        ),
        (
            "push-image SERVICE=main",
            "There is no main.tar: `make image SERVICE=main` makes it.",
        ),
        (
            "image SERVICE=main",
            "Images must be built, and neither docker nor podman works here: install or start one",
        ),
        (
            "deploy-main TAG=v1 CORE=later",
            "There is no repository todo-on-ecs/main in eu-central-1: `make deploy` makes it.",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(scratch: Scratch, command: str, line: str) -> None:
    target, *variables = command.split()

    assert refusal(scratch, target, *variables).startswith(line)


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        (NO_KEYS, "There are no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "),
        ({"AWS_SECRET_ACCESS_KEY": None}, "There are no AWS credentials: "),
        (
            {"AWS_PROFILE": "nix"},
            "AWS_PROFILE is wrong: The config profile (nix) could not be found.",
        ),
        (
            {"AWS_ENDPOINT_URL": "localhost"},
            "A setting of the AWS tools is wrong: Invalid endpoint: localhost",
        ),
        ({"AWS_REGION": None}, "There is no region: set AWS_REGION, such as eu-central-1."),
        ({"AWS_REGION": "not a region"}, "AWS_REGION is no region's name: "),
        (
            {"AWS_REGION": "eu-nowhere-1", "AWS_ENDPOINT_URL": None},
            (
                "AWS does not answer (Could not connect to the endpoint URL: "
                '"https://sts.eu-nowhere-1.amazonaws.com/"): check that AWS_REGION names a region, '
                "and the network."
            ),
        ),
        (
            {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"},
            "AWS does not accept these credentials here (InvalidClientTokenId): check AWS_PROFILE ",
        ),
    ],
)
def test_a_call_that_cannot_be_made_is_explained(
    scratch: Scratch, environment: dict[str, str | None], line: str
) -> None:
    assert refusal(scratch, "status", environment=environment).startswith(line)


@pytest.mark.parametrize("output", ["/dev/full", "| true"])
def test_an_output_that_ends_is_one_line(scratch: Scratch, output: str) -> None:
    into = output if output.startswith("|") else f"> {output}"

    done = scratch.run(["sh", "-c", f".venv/deploy/bin/python -m deploy status {into}"])

    assert "this machine stopped the command; `make status` shows how far" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_status_names_the_account_that_holds_nothing(scratch: Scratch) -> None:
    shown = scratch.make_target("status", environment={"AWS_REGION": "eu-west-1"}).stdout

    assert shown.splitlines() == [
        "Region eu-west-1 of account 000000000000",
        "stack todo-on-ecs-bootstrap: none",
        "stack todo-on-ecs: none",
        "stack todo-on-ecs-website: none",
    ]


def test_a_missing_permission_is_named(scratch: Scratch) -> None:
    iam = scratch.client("iam")
    iam.create_user(UserName="reader")
    key = iam.create_access_key(UserName="reader")["AccessKey"]

    keys = {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }

    line = refusal(scratch, "status", environment=keys)

    assert line.startswith(
        "Not allowed is cloudformation:DescribeStacks; an administrator has to allow it. AWS says: "
    )


def test_what_the_template_needs_is_asked_for_before_anything_is_made(scratch: Scratch) -> None:
    scratch.git("remote", "rename", "origin", "elsewhere")
    scratch.install_engine()

    line = refusal(scratch, "deploy")

    (scratch.bin / "docker").unlink()
    scratch.git("remote", "rename", "elsewhere", "origin")
    assert line == (
        "GitHubOrganization is missing for the stack todo-on-ecs-bootstrap (Organization or user "
        "on GitHub that owns the repository.): give it by PARAMETERS=GitHubOrganization=…"
    )


def test_what_no_commit_holds_is_not_built(scratch: Scratch) -> None:
    file = scratch.folder / "services" / "main" / "Dockerfile"
    before = file.read_text()
    file.write_text(before + "\n")

    line = refusal(scratch, "deploy")

    file.write_text(before)
    assert line == (
        "Not committed: services/main/Dockerfile. The images carry the commit's name, so commit "
        "first, or deploy images that ECR has by TAG=…"
    )


@pytest.mark.parametrize(
    ("overrides", "line"),
    [
        ("Nix=1", "samconfig.toml: there is no Nix; there are "),
        ("MainImageTag=old", "samconfig.toml: MainImageTag is not for you to give"),
        ("InstanceType=nano", "InstanceType is 'nano': it must be "),
    ],
)
def test_samconfig_is_checked_too(scratch: Scratch, overrides: str, line: str) -> None:
    file = scratch.folder / "samconfig.toml"
    before = file.read_text()
    file.write_text(SAMCONFIG.format(overrides))

    said = refusal(scratch, "deploy")

    file.write_text(before)
    assert said.startswith(line)


def test_a_foreign_stack_of_the_name_is_not_touched(scratch: Scratch) -> None:
    topic: dict[str, Any] = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    scratch.client("cloudformation").create_stack(
        StackName="theirs", TemplateBody=json.dumps(topic)
    )

    for command in (["deploy"], ["destroy", "CONFIRM=yes"]):
        line = refusal(scratch, command[0], "STACK=theirs", *command[1:])

        assert line == (
            "The name theirs is taken by a stack that is not of this application (it has no "
            "parameter MainImageTag): take another by STACK=…"
        )


def test_a_foreign_website_of_the_name_is_not_touched(scratch: Scratch) -> None:
    bucket: dict[str, Any] = {
        "Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "photos"}}}
    }
    scratch.client("cloudformation").create_stack(
        StackName="shop-website", TemplateBody=json.dumps(bucket)
    )
    scratch.client("s3").put_object(Bucket="photos", Key="wedding.jpg", Body=b"both")

    line = refusal(scratch, "destroy", "STACK=shop", "CONFIRM=yes")

    assert line == (
        "The name shop-website is taken by a stack that is not of this application (it has no "
        "parameter ApiOrigin): take another by STACK=…"
    )
    assert scratch.client("s3").list_objects_v2(Bucket="photos")["KeyCount"] == 1


def test_a_failing_engine_is_named(scratch: Scratch) -> None:
    scratch.install_engine("podman", failing="build")

    failed = scratch.make_target("deploy")

    (scratch.bin / "podman").unlink()
    assert failed.returncode != 0
    assert failed.stderr.splitlines()[:2] == [
        "the engine's own words",
        "`podman build` failed with exit code 7; what it said stands above.",
    ]


def test_a_taken_name_fails_the_first_creation_and_the_way_out_is_said(scratch: Scratch) -> None:
    scratch.client("s3").create_bucket(
        Bucket="taken", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )

    def take_name(body: dict[str, Any]) -> None:
        body["Resources"]["WebsiteBucket"]["Properties"]["BucketName"] = "taken"

    scratch.change_template("website", take_name)
    assert scratch.make_target("deploy-bootstrap").returncode == 0
    first = scratch.make_target("deploy-website")
    second = scratch.make_target("deploy-website")

    assert (
        "'taken' already exists: something else has this name already. The stack " in first.stderr
    )
    way_out = (
        "The stack todo-on-ecs-website is ROLLBACK_COMPLETE: its first creation failed, so it "
        "holds nothing; `aws cloudformation delete-stack --stack-name todo-on-ecs-website --region "
        "eu-central-1` removes it, then repeat."
    )
    assert first.stderr.splitlines()[0].endswith(way_out)
    assert second.stderr.splitlines()[0] == way_out


def test_a_core_that_is_only_planned_takes_the_image_at_its_first_deployment(
    scratch: Scratch,
) -> None:
    assert scratch.make_target("deploy-bootstrap").returncode == 0
    scratch.put_image("main", "v1")
    topic: dict[str, Any] = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    scratch.client("cloudformation").create_change_set(
        StackName="todo-on-ecs",
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(topic),
    )

    left = scratch.make_target("deploy-main", "TAG=v1", "CORE=later")

    assert left.returncode == 0, left.stderr
    assert left.stdout == (
        "There is no stack todo-on-ecs yet: its first deployment takes main v1.\n"
    )
