"""The listener as template.yaml has it, with these processes for targets."""

from __future__ import annotations

from typing import Any

from local.cloudformation.template import read
from local.load_balancer.registry import Listener
from local.load_balancer.rules import read_rules
from local.load_balancer.targets import HealthCheck, TargetGroup
from tests.pair.operations import ROOT

CHECK = HealthCheck("/health", 5, 5, 2, 2, frozenset({200}))
GROUPS = {"MainTargetGroup": "main", "FilesTargetGroup": "files"}
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"


class Deployed:
    """What the load balancer would know of the stack."""

    def __init__(self, ports: dict[str, int]) -> None:
        self._ports = ports

    async def listener(self) -> Listener:
        groups = {name: TargetGroup(name, CHECK, 30) for name in self._ports}
        return Listener(read_rules(_rules()), groups, 60)

    async def targets(self, group: str) -> dict[str, int]:
        return {group: self._ports[group]}


def _rules() -> list[dict[str, Any]]:
    resources = read(ROOT / "template.yaml").body["Resources"].values()
    rules = [
        _described(str(resource["Properties"]["Priority"]), resource["Properties"])
        for resource in resources
        if resource["Type"] == RULE
    ]
    (listener,) = (found["Properties"] for found in resources if found["Type"] == LISTENER)
    default = {"Conditions": [], "Actions": listener["DefaultActions"]}
    return [*rules, _described("default", default)]


def _described(priority: str, properties: dict[str, Any]) -> dict[str, Any]:
    actions = [
        {**action, "TargetGroupArn": GROUPS[action["TargetGroupArn"]["Ref"]]}
        if action["Type"] == "forward"
        else action
        for action in properties["Actions"]
    ]
    return {"Priority": priority, "Conditions": properties["Conditions"], "Actions": actions}
