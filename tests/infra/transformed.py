"""The template as CloudFormation deploys it: transformed by SAM, with its conditions decided."""

import json
import subprocess
from collections.abc import Container, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from local.cloudformation.template import NO_VALUE

ROOT = Path(__file__).parents[2]
# SAM's own translator, in the environment of its command line; it asks no account for anything.
TRANSFORM = """
import json, sys
from samtranslator.translator.transform import transform
class NoManagedPolicies:
    def load(self): return {}
json.dump(transform(json.load(sys.stdin), {}, NoManagedPolicies()), sys.stdout)
"""
EGRESS_MODES = ("NatGateway", "NatPerAz", "VpcEndpoints")
SCHEMES = ("internal", "internet-facing")
# Every way to deploy the network: (EgressMode, LoadBalancerScheme).
COMBINATIONS = tuple(product(EGRESS_MODES, SCHEMES))
_GONE = object()


def transformed(body: Mapping[str, Any]) -> dict[str, Any]:
    """What SAM makes of a template whose includes are in place."""
    done = subprocess.run(
        [ROOT / ".venv/sam/bin/python", "-c", TRANSFORM],
        input=json.dumps(body),
        env={"AWS_DEFAULT_REGION": "eu-central-1", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    template: dict[str, Any] = json.loads(done.stdout)
    return template


def decided(template: Mapping[str, Any], mode: str, scheme: str) -> dict[str, Any]:
    """The template of one deployment: no conditions, no parameters but those without default."""
    values = {
        name: None if each["Type"].startswith("AWS::SSM::") else each.get("Default")
        for name, each in template["Parameters"].items()
    }
    values |= {"EgressMode": mode, "LoadBalancerScheme": scheme}
    decide = _Decision(template["Conditions"], values)
    kept = {
        name: each
        for name, each in template["Resources"].items()
        if "Condition" not in each or decide.condition(each["Condition"])
    }
    rest = {key: each for key, each in template.items() if key != "Conditions"}
    asked = {name: template["Parameters"][name] for name in values if values[name] is None}
    resources = {name: _decided_resource(each, decide, kept) for name, each in kept.items()}
    return {**rest, "Parameters": asked, "Resources": resources}


def _decided_resource(
    resource: Mapping[str, Any], decide: "_Decision", kept: Container[str]
) -> dict[str, Any]:
    found = {key: decide.value(item) for key, item in resource.items() if key != "Condition"}
    if isinstance(found.get("DependsOn"), list):  # CloudFormation passes over what is left out
        found["DependsOn"] = [name for name in found["DependsOn"] if name in kept]
    return found


class _Decision:
    """Conditions and values for the given parameters."""

    def __init__(self, conditions: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        self._conditions = conditions
        self._values = values

    def condition(self, name: str) -> bool:
        return self._holds(self._conditions[name])

    def _holds(self, test: Mapping[str, Any]) -> bool:
        ((function, operands),) = test.items()
        if function == "Condition":
            return self.condition(operands)
        if function == "Fn::Equals":
            left, right = map(self.value, operands)
            return bool(left == right)
        results = [self._holds(operand) for operand in operands]
        outcomes = {"Fn::Not": not results[0], "Fn::And": all(results), "Fn::Or": any(results)}
        return outcomes[function]

    def value(self, node: object) -> Any:
        if isinstance(node, list):
            items = [self.value(item) for item in node]
            return [item for item in items if item is not _GONE]
        if not isinstance(node, dict):
            return node
        if node == NO_VALUE:
            return _GONE
        if "Fn::If" in node:
            name, then, otherwise = node["Fn::If"]
            return self.value(then if self.condition(name) else otherwise)
        if node.keys() == {"Ref"} and self._values.get(node["Ref"]) is not None:
            return self._values[node["Ref"]]
        pairs = {key: self.value(item) for key, item in node.items()}
        return {key: item for key, item in pairs.items() if item is not _GONE}
