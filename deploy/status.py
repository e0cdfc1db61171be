"""What is deployed and how it is, without changing anything."""

from collections.abc import Iterable, Mapping

from deploy import images, stacks
from deploy.account import CONFIG, Account
from deploy.settings import BOOTSTRAP, SERVICES, Settings
from deploy.stacks import Resource, Stack
from deploy.terminal import say


def show(account: Account, settings: Settings) -> None:
    """Print the state of everything that belongs to the installation."""
    say(f"Region {account.region} of account {account.number}")
    core = None
    for name in (BOOTSTRAP, settings.stack, settings.website):
        stack = stacks.find(account, name)
        say(
            f"stack {name}: {f'{stack.status} {stack.changed:%Y-%m-%d %H:%M}' if stack else 'none'}"
        )
        core = stack if name == settings.stack else core
        for key in ("ApiUrl", "WebsiteUrl"):
            if stack and key in stack.outputs:
                say(f"  {key}: {stack.outputs[key]}")
    if core:
        _show_core(account, core)


def _show_core(account: Account, core: Stack) -> None:
    for service in SERVICES:
        say(f"image of {service}: {core.parameters.get(images.parameter_of(service), 'none')}")
    resources = stacks.resources(account, core)
    of_type = _by_type(resources)
    if {"Cluster", "Service"} <= resources.keys():
        _show_service(account, resources["Cluster"].id, resources["Service"].id)
    for name, group in of_type.get("AWS::ElasticLoadBalancingV2::TargetGroup", {}).items():
        say(f"targets of {name}: {_targets(account, group)}")
    _show_alarms(account, of_type.get("AWS::CloudWatch::Alarm", {}))


def _by_type(resources: Mapping[str, Resource]) -> dict[str, dict[str, str]]:
    """Type → logical id → physical id."""
    found: dict[str, dict[str, str]] = {}
    for name, resource in sorted(resources.items()):
        found.setdefault(resource.type, {})[name] = resource.id
    return found


def _show_service(account: Account, cluster: str, service: str) -> None:
    ecs = account.session.client("ecs", config=CONFIG)
    described = ecs.describe_services(cluster=cluster, services=[service])["services"]
    if not described:
        say("tasks: none, somebody has deleted the service")
        return
    found = described[0]
    say(
        f"tasks: {found['desiredCount']} desired, {found['runningCount']} running, "
        f"{found['pendingCount']} pending"
    )
    for deployment in found["deployments"]:
        reason = deployment.get("rolloutStateReason", "")
        say(
            f"deployment {deployment['status']}: {deployment.get('rolloutState', 'unknown')}"
            + (f" ({reason})" if reason else "")
        )


def _targets(account: Account, group: str) -> str:
    elb = account.session.client("elbv2", config=CONFIG)
    found = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return _counted(each["TargetHealth"]["State"] for each in found) or "none"


def _counted(states: Iterable[str]) -> str:
    listed = sorted(states)
    return ", ".join(f"{listed.count(state)} {state}" for state in sorted(set(listed)))


def _show_alarms(account: Account, alarms: Mapping[str, str]) -> None:
    cloudwatch = account.session.client("cloudwatch", config=CONFIG)
    names = list(alarms.values())
    found = cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"] if names else []
    raised = [alarm for alarm in found if alarm["StateValue"] == "ALARM"]
    say(f"alarms: {len(raised)} of {len(found)} in ALARM")
    for alarm in raised:
        say(f"  {alarm['AlarmName']}: {alarm['StateReason']}")
