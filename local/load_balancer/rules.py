"""The load balancer's listener: its rules, in order, and what each does with a request."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.wildcards import pattern


class RuleNotSupported(Exception):
    """A rule that the local balancer cannot follow; better none than a wrong way."""


@dataclass(frozen=True)
class Forward:
    """Send the request to a target of this group (its ARN)."""

    group: str


@dataclass(frozen=True)
class Fixed:
    """Answer at once."""

    status: int
    content_type: str
    body: str


Action = Forward | Fixed


@dataclass(frozen=True)
class Rule:
    """One rule; without patterns it is the default one, which takes every path."""

    patterns: tuple[re.Pattern[str], ...]
    action: Action

    def takes(self, path: str) -> bool:
        return not self.patterns or any(pattern.fullmatch(path) for pattern in self.patterns)


def read_rules(described: Iterable[Mapping[str, Any]]) -> list[Rule]:
    """The rules of `describe_rules` in the order in which they are tried."""
    ordered = sorted(described, key=lambda rule: _priority(rule["Priority"]))
    return [Rule(_patterns(rule["Conditions"]), _action(rule["Actions"])) for rule in ordered]


def action_for(rules: Iterable[Rule], raw_path: str) -> Action:
    """What the first rule that takes this path does; the query plays no part."""
    path = raw_path.partition("?")[0]
    return next(rule.action for rule in rules if rule.takes(path))


def _priority(text: str) -> int:
    return 2**31 if text == "default" else int(text)


def _patterns(conditions: Iterable[Mapping[str, Any]]) -> tuple[re.Pattern[str], ...]:
    found: list[re.Pattern[str]] = []
    for condition in conditions:
        if condition["Field"] != "path-pattern" or found:
            raise RuleNotSupported(f"Only one path-pattern condition a rule, not {condition}.")
        found = [pattern(text) for text in condition["PathPatternConfig"]["Values"]]
    return tuple(found)


def _action(actions: Iterable[Mapping[str, Any]]) -> Action:
    (action,) = actions
    if action["Type"] == "forward" and "TargetGroupArn" in action:
        return Forward(action["TargetGroupArn"])
    if action["Type"] == "fixed-response":
        fixed = action["FixedResponseConfig"]
        return Fixed(
            int(fixed["StatusCode"]),
            fixed.get("ContentType", "text/plain"),
            fixed.get("MessageBody", ""),
        )
    raise RuleNotSupported(f"Only forward to one group and fixed-response, not {action}.")
