"""bootstrap.yaml's roles as what they may do: each statement with its policies resolved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from local.cloudformation.template import read
from tests.infra.conftest import ROOT

Statement = dict[str, Any]


@cache
def resources() -> dict[str, Any]:
    found: dict[str, Any] = read(ROOT / "bootstrap.yaml").body["Resources"]
    return found


def documents(role: str) -> list[list[Statement]]:
    """The statements of a role's own policies and of the managed ones that it has from us."""
    properties = resources()[role]["Properties"]
    own = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
    managed = [
        resources()[policy["Ref"]]["Properties"]["PolicyDocument"]
        for policy in properties.get("ManagedPolicyArns", [])
    ]
    return [document["Statement"] for document in managed + own]


def statements(role: str) -> list[Statement]:
    return [one for document in documents(role) for one in document]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def named(resource: Any) -> str:
    """A resource as text: `s3:::name`, `Logical.Arn`, or `*`."""
    if isinstance(resource, str):
        return resource
    if "Fn::GetAtt" in resource:
        return ".".join(resource["Fn::GetAtt"])
    text: str = resource["Fn::Sub"]
    here = {"arn:${AWS::Partition}:": "", "${AWS::Region}:${AWS::AccountId}": "HERE"}
    for long, short in here.items():
        text = text.replace(long, short)
    return text.replace("${CoreStackName}", "CORE").replace("${WebsiteStackName}", "WEBSITE")


@dataclass(frozen=True)
class Grant:
    """What one statement is about: resources, and under which condition."""

    resources: tuple[str, ...]
    condition: Any = None

    @classmethod
    def of(cls, one: Statement) -> Grant:
        return cls(tuple(named(each) for each in listed(one["Resource"])), one.get("Condition"))


def actions(one: Statement) -> frozenset[str]:
    return frozenset(listed(one["Action"]))


def allowed(role: str) -> set[str]:
    """Every action that a role may do, on whatever."""
    return {action for one in statements(role) for action in actions(one)}


def covers(pattern: str, action: str) -> bool:
    """Whether an action of a policy, which may hold a wildcard, is or includes another."""
    return bool(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE))


def may(role: str, action: str) -> bool:
    return any(covers(pattern, action) for pattern in allowed(role))
