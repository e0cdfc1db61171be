"""The end of an installation: nothing is left that costs money, unless data is to stay."""

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from deploy import bootstrap, core, images, retained, stacks, website
from deploy.account import CONFIG, Account
from deploy.buckets import empty_bucket
from deploy.progress import Operation
from deploy.settings import BOOTSTRAP, SERVICES, Settings
from deploy.stacks import Resource, Stack
from deploy.terminal import Refused, ask, say

DRAIN_SECONDS = 300
POLL_SECONDS = 3


def destroy(account: Account, settings: Settings, *, data: bool, confirmed: bool) -> None:
    """Delete the installation, and its data only if told to."""
    marks = {settings.stack: core.MARK, settings.website: website.MARK}
    others = _other_installations(account, settings)
    if not others:
        marks[BOOTSTRAP] = bootstrap.MARK
    for name, mark in marks.items():
        _check_deletable(account, name, mark)
    _confirm(account, settings, data=data, confirmed=confirmed)
    _delete_core(account, settings)
    _delete_website(account, settings)
    if others:
        say(f"Stack {BOOTSTRAP} stays: in use by {', '.join(others)}")
    else:
        _delete_bootstrap(account)
    _settle_data(account, {**marks, BOOTSTRAP: bootstrap.MARK}, delete=data)


def _confirm(account: Account, settings: Settings, *, data: bool, confirmed: bool) -> None:
    with_data = "AND ALL ITS DATA" if data else "but not its data"
    say(
        f"Destroying {settings.stack} in {account.region} of account {account.number}, {with_data}."
    )
    if confirmed:
        return
    if ask(f"Type {settings.stack} to go on:") != settings.stack:
        raise Refused("Not confirmed, nothing is touched: type the stack's name, or CONFIRM=yes.")


def _check_deletable(account: Account, name: str, mark: str) -> None:
    """Refuse what must not or cannot be deleted, before the first task stops."""
    stack = stacks.find(account, name)
    if stack is None:
        return
    stacks.check_ours(stack, mark)
    if stack.is_protected:
        raise Refused(
            f"The stack {name} is protected from being deleted: `aws cloudformation "
            f"update-termination-protection --no-enable-termination-protection --stack-name {name} "
            f"--region {account.region}` takes that off, then repeat."
        )
    # Any other state can be deleted.
    if stack.status.endswith("_IN_PROGRESS"):
        stacks.check_ready(account, stack)


def _delete_core(account: Account, settings: Settings) -> None:
    stack = stacks.find(account, settings.stack)
    if stack is None:
        say(f"Stack {settings.stack}: none")
        return
    resources = stacks.resources(account, stack)
    stop_tasks(account, resources)
    _stop_instances(account, resources)
    _delete(account, stack, bootstrap.role(account, settings, "CoreStackRoleArn"))


def stop_tasks(account: Account, resources: dict[str, Resource]) -> None:
    """Without tasks the capacity provider holds no instance back."""
    if not {"Cluster", "Service"} <= resources.keys():
        return
    cluster, service = resources["Cluster"].id, resources["Service"].id
    if not _is_active(account, cluster, service):
        return
    if "ServiceScalableTarget" in resources:
        # Or its minimum would start tasks again.
        _stop_scaling(account, f"service/{cluster}/{service.rpartition('/')[2]}")
    say("Stopping the tasks")
    ecs = account.session.client("ecs", config=CONFIG)
    ecs.update_service(cluster=cluster, service=service, desiredCount=0)
    deadline = time.monotonic() + DRAIN_SECONDS
    while running := _running(account, cluster, service):
        if time.monotonic() > deadline:
            say(f"  {running} tasks still run; they end with their instances")
            return
        time.sleep(POLL_SECONDS)


def _is_active(account: Account, cluster: str, service: str) -> bool:
    """Whether there are tasks to stop: somebody may have deleted the service by hand."""
    ecs = account.session.client("ecs", config=CONFIG)
    try:
        found = ecs.describe_services(cluster=cluster, services=[service])["services"]
    except ecs.exceptions.ClusterNotFoundException:
        return False
    return any(each["status"] == "ACTIVE" for each in found)


def _running(account: Account, cluster: str, service: str) -> int:
    ecs = account.session.client("ecs", config=CONFIG)
    found = ecs.describe_services(cluster=cluster, services=[service])["services"]
    return sum(each["runningCount"] + each["pendingCount"] for each in found)


def _stop_scaling(account: Account, service: str) -> None:
    account.session.client("application-autoscaling", config=CONFIG).register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=service,
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=0,
        MaxCapacity=0,
    )


def _stop_instances(account: Account, resources: dict[str, Resource]) -> None:
    """By force: the group's own deletion waits for hooks that nobody answers any more."""
    autoscaling = account.session.client("autoscaling", config=CONFIG)
    for resource in resources.values():
        if resource.type == "AWS::AutoScaling::AutoScalingGroup":
            say("Stopping the instances")
            known = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[resource.id])
            if known["AutoScalingGroups"]:
                autoscaling.delete_auto_scaling_group(
                    AutoScalingGroupName=resource.id, ForceDelete=True
                )


def _delete_website(account: Account, settings: Settings) -> None:
    stack = stacks.find(account, settings.website)
    if stack is None:
        say(f"Stack {settings.website}: none")
        return
    _empty_buckets(account, stack)
    _delete(account, stack, bootstrap.role(account, settings, "WebsiteStackRoleArn"))


def _other_installations(account: Account, settings: Settings) -> list[str]:
    """Other core and website stacks of this account and region, which need its images or roles."""
    marks = {core.MARK, website.MARK}
    pages = stacks.client(account).get_paginator("describe_stacks").paginate()
    return [
        stack["StackName"]
        for page in pages
        for stack in page["Stacks"]
        if stack["StackName"] not in {settings.stack, settings.website}
        and any(each.get("ParameterKey") in marks for each in stack.get("Parameters", []))
    ]


def _delete_bootstrap(account: Account) -> None:
    stack = stacks.find(account, BOOTSTRAP)
    if stack is None:
        say(f"Stack {BOOTSTRAP}: none")
        return
    for service in SERVICES:
        _delete_images(account, service)
    _empty_buckets(account, stack)
    _delete(account, stack)


def _delete_images(account: Account, service: str) -> None:
    """Delete the repository with its images, which a commit can always be built to again."""
    ecr = images.client(account)
    try:
        ecr.delete_repository(repositoryName=images.repository_of(service), force=True)
    except ecr.exceptions.RepositoryNotFoundException:
        return
    say(f"Deleted the images of {service}")


def _empty_buckets(account: Account, stack: Stack) -> None:
    for name, resource in stacks.resources(account, stack).items():
        if resource.type == "AWS::S3::Bucket":
            say(f"Emptying {name}")
            empty_bucket(account, resource.id)


def _delete(account: Account, stack: Stack, role: str | None = None) -> None:
    """Delete a stack as this role: the one used last may be that of a service's image."""
    say(f"Deleting the stack {stack.name}")
    operation = Operation.before(account, stack.id)
    passed: Any = {"RoleARN": role} if role else {}
    operation.run(partial(stacks.client(account).delete_stack, StackName=stack.id, **passed))


def _settle_data(account: Account, marks: Mapping[str, str], *, delete: bool) -> None:
    """Delete what the stacks have left, or say what it is and what it costs."""
    found = retained.kept(account, marks)
    for resource in found:
        what = f"{resource.name} ({resource.type}) {resource.id}"
        if delete and retained.can_delete(resource):
            retained.delete(account, resource)
            say(f"Deleted {what}")
        else:
            say(f"Stays: {what}; costs {retained.cost(resource)}")
    if found and not delete:
        say("`make destroy DATA=delete` deletes that too, in the next 90 days.")
    elif not found:
        say("Nothing is left.")
