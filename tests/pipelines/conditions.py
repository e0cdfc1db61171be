"""The conditions of bootstrap.yaml's roles that name what CloudFormation is asked for.

The emulator knows none of these keys, so they are left out of what it is given, and the endpoint
holds each call to them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.infra.deployments import actions, listed, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.pipelines.calls import Call

PREFIX = "cloudformation:"
# Neither does it know a distribution's tags; tests/infra holds website.yaml to giving this one.
TAG = "aws:ResourceTag/Stack"
# Condition key → what of a call it is about.
GIVEN = {
    "cloudformation:ChangeSetName": "ChangeSetName",
    "cloudformation:RoleArn": "RoleARN",
    "cloudformation:TemplateUrl": "TemplateURL",
    "cloudformation:ImportResourceTypes": "ResourcesToImport.member.1.ResourceType",
}


def like(value: str | None, patterns: list[str]) -> bool:
    texts = [re.escape(each).replace(r"\*", ".*") for each in patterns]
    return value is not None and any(re.fullmatch(text, value) for text in texts)


OPERATORS: Mapping[str, Callable[[str | None, list[str]], bool]] = {
    "StringEquals": lambda value, wanted: value in wanted,
    "StringLike": like,
    "StringNotLike": lambda value, patterns: not like(value, patterns),
    "Null": lambda value, wanted: (value is None) is (wanted == ["true"]),
}


@dataclass(frozen=True)
class Conditions:
    """What the roles' permissions for CloudFormation are bound to."""

    outputs: Mapping[str, str]

    def allow(self, role: str, call: Call) -> bool:
        """Whether a role may make a call; one that no condition is about, as far as this goes."""
        if not call.action.startswith(PREFIX):
            return True
        bound = [
            one["Condition"]
            for one in statements(role)
            if call.action in actions(one) and "Condition" in one
        ]
        return not bound or any(self._holds(condition, call) for condition in bound)

    def _holds(self, condition: Mapping[str, Mapping[str, Any]], call: Call) -> bool:
        return all(
            OPERATORS[operator](call.given.get(GIVEN[key]), self._resolved(wanted))
            for operator, clause in condition.items()
            for key, wanted in clause.items()
        )

    def _resolved(self, wanted: Any) -> list[str]:
        """Values as deployed: a role of the stack is one of its outputs."""
        return [
            self.outputs["".join(each["Fn::GetAtt"])] if isinstance(each, dict) else each
            for each in listed(wanted)
        ]


def without_conditions(template: dict[str, Any]) -> None:
    """Leave out what the emulator would hold to be never true."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        documents = [each["PolicyDocument"] for each in properties.get("Policies", [])]
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            documents.append(properties["PolicyDocument"])
        for document in documents:
            for one in document["Statement"]:
                _strip(one)


def _strip(one: dict[str, Any]) -> None:
    kept = {
        operator: {key: value for key, value in clause.items() if key not in {*GIVEN, TAG}}
        for operator, clause in one.pop("Condition", {}).items()
    }
    if left := {operator: clause for operator, clause in kept.items() if clause}:
        one["Condition"] = left
