"""From nothing to a running installation, its everyday changes, and what they leave alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.deploy.emulator import Api
    from tests.deploy.scratch import Installed, Scratch

CORE = "todo-on-ecs"
LABEL = "org.opencontainers.image"
TAGS = ("MainImageTag", "FilesImageTag")


def images(scratch: Scratch) -> dict[str, str]:
    """The tags in the task definition that the service runs."""
    ecs = scratch.client("ecs")
    cluster = ecs.list_clusters()["clusterArns"][0]
    service = ecs.list_services(cluster=cluster)["serviceArns"][0]
    running = ecs.describe_services(cluster=cluster, services=[service])["services"][0]
    task = ecs.describe_task_definition(taskDefinition=running["taskDefinition"])
    containers = task["taskDefinition"]["containerDefinitions"]
    return {each["name"]: each["image"].rpartition(":")[2] for each in containers}


def waiting_for(seconds: int) -> Any:
    """A change that makes a template wait for a signal, which fails the deployment at last."""

    def change(body: dict[str, Any]) -> None:
        body["Resources"]["Handle"] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
        body["Resources"]["Signal"] = {
            "Type": "AWS::CloudFormation::WaitCondition",
            "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": str(seconds), "Count": 1},
        }

    return change


@contextmanager
def changed(scratch: Scratch, name: str, change: Any) -> Iterator[None]:
    """A template as it is only for a while."""
    file = scratch.folder / f"{name}.yaml"
    before = file.read_text()
    scratch.change_template(name, change)
    try:
        yield
    finally:
        file.write_text(before)


def test_a_first_deployment_makes_everything(installed: Installed, api: Api) -> None:
    website = installed.scratch.parameters("todo-on-ecs-website")

    assert set(installed.scratch.stacks().values()) <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    assert images(installed.scratch) == dict.fromkeys(("main", "files", "worker"), installed.tag)
    assert website["ApiOrigin"] == api.url
    assert website["FilesBucketOrigin"].startswith("https://todo-on-ecs-filesbucket-")
    assert installed.scratch.parameters()["WebsiteOrigin"] in installed.said
    assert "/me/todos" in api.asked
    assert "pipelines of ada/todo-on-ecs on GitHub may deploy\n" in installed.said
    assert "only with its GitHubOrganizationId and GitHubRepositoryId" in installed.said


def test_each_image_is_built_for_the_instances_and_pushed_once(installed: Installed) -> None:
    registry = "000000000000.dkr.ecr.eu-central-1.amazonaws.com"
    told = [each["arguments"] for each in installed.told if each["arguments"][0] != "info"]

    for name, (login, build, push) in zip(("main", "files"), (told[:3], told[3:]), strict=True):
        image = f"{registry}/todo-on-ecs/{name}:{installed.tag}"
        folder = str(installed.scratch.folder / "services" / name)
        assert login == ["login", "--username", "AWS", "--password-stdin", registry]
        assert build[:3] == ["build", "--platform", "linux/amd64"]
        assert f"org.opencontainers.image.version={installed.tag}" in build
        assert build[-3:] == ["--tag", image, folder]
        assert push == ["push", image]
    assert {each["typed"] for each in installed.told} == {"", "ministack-auth-token"}


def test_progress_is_told_by_lines_with_the_time(installed: Installed) -> None:
    lines = installed.said.splitlines()

    assert any(
        line.startswith("  0:0") and "CREATE_COMPLETE Service (AWS::ECS::" in line for line in lines
    )
    assert not any("IN_PROGRESS" in line for line in lines)
    assert "\r" not in installed.said
    assert "\x1b" not in installed.said


def test_a_second_deployment_of_a_commit_changes_nothing_and_needs_no_engine(
    installed: Installed,
) -> None:
    engine = installed.scratch.bin / "docker"
    aside = engine.rename(engine.with_suffix(".aside"))

    again = installed.scratch.make_target("deploy")

    aside.rename(engine)
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("nothing to change") == 4
    assert again.stdout.count("is in ECR") == 2


def test_another_installation_is_out_of_reach_of_the_first_one_s_roles(
    installed: Installed,
) -> None:
    done = installed.scratch.make_target("deploy", "STACK=todo-on-ecs-two", f"TAG={installed.tag}")

    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == (
        "STACK is 'todo-on-ecs-two': the roles of todo-on-ecs may change all that is called "
        "todo-on-ecs-…; take a name that begins otherwise."
    )


def test_status_shows_what_runs(installed: Installed) -> None:
    alarm = installed.scratch.client("cloudwatch").describe_alarms()["MetricAlarms"][0]["AlarmName"]
    installed.scratch.client("cloudwatch").set_alarm_state(
        AlarmName=alarm, StateValue="ALARM", StateReason="for the test"
    )

    shown = installed.scratch.make_target("status").stdout

    main = installed.scratch.parameters()["MainImageTag"]
    assert "stack todo-on-ecs-bootstrap: CREATE_COMPLETE" in shown
    assert f"image of main: {main}\n" in shown
    assert "tasks: 1 desired, 1 running, 0 pending\n" in shown
    assert "deployment PRIMARY: COMPLETED" in shown
    assert "targets of MainTargetGroup: none\n" in shown
    assert f"  {alarm}: for the test\n" in shown
    assert "  ApiUrl: http://127.0.0.1" in shown
    assert "  WebsiteUrl: https://" in shown


def test_status_counts_targets_by_their_health(installed: Installed) -> None:
    elb = installed.scratch.client("elbv2")
    groups = elb.describe_target_groups()["TargetGroups"]
    group = next(each["TargetGroupArn"] for each in groups if "MainTar" in each["TargetGroupName"])
    elb.register_targets(
        TargetGroupArn=group, Targets=[{"Id": "i-0123456789abcdef0", "Port": 40000}]
    )

    shown = installed.scratch.make_target("status").stdout

    elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": "i-0123456789abcdef0"}])
    assert "targets of MainTargetGroup: 1 healthy\n" in shown


def test_a_service_deployment_changes_its_own_image_alone(installed: Installed) -> None:
    scratch = installed.scratch
    before = scratch.parameters()
    scratch.put_image("files", "files-2")

    done = scratch.make_target("deploy-files", "TAG=files-2")

    assert done.returncode == 0, done.stderr
    assert scratch.parameters() == {**before, "FilesImageTag": "files-2"}
    assert images(scratch) == {
        "main": before["MainImageTag"],
        "files": "files-2",
        "worker": "files-2",
    }


def test_a_core_deployment_keeps_the_image_of_a_service(installed: Installed) -> None:
    scratch = installed.scratch
    scratch.put_image("main", "main-2")
    scratch.make_target("deploy-main", "TAG=main-2")
    before = scratch.parameters()

    done = scratch.make_target("deploy-core", "PARAMETERS=InstanceType=t3.medium")

    assert done.returncode == 0, done.stderr
    assert "Modify InstanceLaunchTemplate (AWS::EC2::LaunchTemplate" in done.stdout
    assert scratch.parameters() == {**before, "InstanceType": "t3.medium"}
    assert images(scratch)["main"] == "main-2"


def test_a_failed_core_deployment_keeps_it_too_and_names_the_cause(installed: Installed) -> None:
    scratch = installed.scratch
    scratch.put_image("main", "main-3")
    scratch.make_target("deploy-main", "TAG=main-3")
    before = scratch.parameters()

    with changed(scratch, "template", waiting_for(1)):
        failed = scratch.make_target("deploy-core", "PARAMETERS=InstanceType=t3.large")

    assert failed.returncode != 0
    said = failed.stderr.splitlines()[0]
    assert said.startswith("Signal (AWS::CloudFormation::WaitCondition): WaitCondition timed out")
    assert said.endswith("UPDATE_ROLLBACK_COMPLETE: everything is as it was before.")
    assert scratch.parameters() == before
    assert images(scratch)["main"] == "main-3"
    assert scratch.make_target("deploy-core").returncode == 0
    assert images(scratch)["main"] == "main-3"


def test_a_plan_is_shown_and_changes_nothing(installed: Installed) -> None:
    scratch = installed.scratch
    cloudformation = scratch.client("cloudformation")
    before = scratch.parameters(), cloudformation.list_change_sets(StackName=CORE)["Summaries"]

    plan = scratch.make_target("plan-core", "PARAMETERS=LoadBalancerScheme=internet-facing")

    after = scratch.parameters(), cloudformation.list_change_sets(StackName=CORE)["Summaries"]
    assert plan.returncode == 0, plan.stderr
    assert "Modify LoadBalancer (" in plan.stdout
    assert after == before


def test_a_plan_names_what_is_added(installed: Installed) -> None:
    with changed(installed.scratch, "template", waiting_for(1)):
        plan = installed.scratch.make_target("plan-core")

    assert "Add Signal (AWS::CloudFormation::WaitCondition)" in plan.stdout, plan.stderr
    assert "2 resources to add, 0 to change or remove" in plan.stdout


def test_what_nobody_has_approved_is_not_deployed(installed: Installed) -> None:
    scratch = installed.scratch
    cloudformation = scratch.client("cloudformation")
    before = scratch.parameters(), cloudformation.list_change_sets(StackName=CORE)["Summaries"]

    refused = scratch.make_target(
        "deploy-core",
        "PARAMETERS=LoadBalancerScheme=internet-facing",
        environment={"PLAN": "- Modify Nothing"},
    )

    after = scratch.parameters(), cloudformation.list_change_sets(StackName=CORE)["Summaries"]
    assert refused.returncode != 0
    assert "something else than what was approved: run the pipeline anew." in refused.stderr
    assert after == before


def test_a_roll_back_lists_images_and_takes_one(installed: Installed) -> None:
    scratch = installed.scratch
    scratch.put_image("main", "main-4")
    scratch.make_target("deploy-main", "TAG=main-4")

    listed = scratch.make_target("rollback", "SERVICE=main").stdout.splitlines()[1:]
    back = scratch.make_target("rollback", "SERVICE=main", f"TAG={installed.tag}")

    tags = [line.split()[0] for line in listed]
    assert set(tags) >= {"main-4", installed.tag}
    assert [line.split()[0] for line in listed if line.endswith("  deployed")] == ["main-4"]
    assert back.returncode == 0, back.stderr
    assert scratch.parameters()["MainImageTag"] == installed.tag


def test_a_commit_whose_images_are_new_is_built_and_deployed(installed: Installed) -> None:
    scratch = installed.scratch
    (scratch.folder / "services/main/main_service/new.py").write_text('"""New."""\n')
    tag = scratch.commit("Add a module")
    scratch.put_image("files", tag)
    log = scratch.install_engine()

    done = scratch.make_target("deploy")

    built = [each["arguments"] for each in scratch.told(log) if each["arguments"][0] == "build"]
    assert done.returncode == 0, done.stderr
    assert [arguments[-1] for arguments in built] == [str(scratch.folder / "services/main")]
    assert {f"{LABEL}.version={tag}", f"{LABEL}.revision={scratch.git('rev-parse', 'HEAD')}"} < set(
        built[0]
    )
    assert images(scratch) == dict.fromkeys(("main", "files", "worker"), tag)


def test_an_api_that_lets_anybody_in_fails_the_smoke_test(installed: Installed, api: Api) -> None:
    api.status = 200

    failed = installed.scratch.make_target("deploy-core")

    api.status = 401
    assert failed.returncode != 0
    assert "must be answered 401, not 200." in failed.stderr


def test_who_leaves_is_told_that_cloudformation_goes_on(installed: Installed) -> None:
    scratch = installed.scratch
    with changed(scratch, "website", waiting_for(300)):
        process = subprocess.Popen(
            [".venv/deploy/bin/python", "-m", "deploy", "deploy-website"],
            cwd=scratch.folder,
            env=scratch.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        _until(scratch, "todo-on-ecs-website", "UPDATE_IN_PROGRESS")
        os.kill(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
    second = scratch.make_target("deploy-website")
    others = [scratch.make_target("deploy"), scratch.make_target("destroy", "CONFIRM=yes")]
    _signal(scratch, "todo-on-ecs-website")
    _until(scratch, "todo-on-ecs-website", "UPDATE_COMPLETE")

    assert process.returncode == 130
    assert said == ("Interrupted, but CloudFormation goes on: `make status` shows how far it is.\n")
    assert {each.stderr.splitlines()[0] for each in (second, *others)} == {
        (
            "The stack todo-on-ecs-website is UPDATE_IN_PROGRESS: another operation runs; repeat "
            "when it has ended (`make status`)."
        )
    }


def _until(scratch: Scratch, stack: str, status: str) -> None:
    deadline = time.monotonic() + 30
    while scratch.stacks()[stack] != status:
        assert time.monotonic() < deadline, scratch.stacks()
        time.sleep(0.1)


def _signal(scratch: Scratch, stack: str) -> None:
    """Give the wait condition what it waits for."""
    cloudformation = scratch.client("cloudformation")
    handle = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId="Handle")
    url = handle["StackResourceDetail"]["PhysicalResourceId"]
    body = {"Status": "SUCCESS", "UniqueId": "1", "Data": "", "Reason": ""}
    httpx.put(url, content=json.dumps(body)).raise_for_status()
