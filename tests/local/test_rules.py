from __future__ import annotations

from typing import Any

import pytest

from local.load_balancer.rules import Fixed, Forward, RuleNotSupported, action_for, read_rules

DEFAULT = {
    "Priority": "default",
    "Conditions": [],
    "Actions": [
        {
            "Type": "fixed-response",
            "FixedResponseConfig": {
                "StatusCode": "404",
                "ContentType": "application/problem+json",
                "MessageBody": "{}",
            },
        }
    ],
}


def rule(priority: int, pattern: str, group: str) -> dict[str, Any]:
    return {
        "Priority": str(priority),
        "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": [pattern]}}],
        "Actions": [{"Type": "forward", "TargetGroupArn": group}],
    }


RULES = [DEFAULT, rule(20, "*/todos*", "main"), rule(10, "*/files*", "files")]


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("/me/todos", "main"),
        ("/me/todos/1", "main"),
        ("/me/todos?x=/files", "main"),
        ("/me/todos/1/files", "files"),
        ("/me/files/usage", "files"),
        ("/me/todos%2Ffiles", "main"),
        ("/me/todos/..%2f/files", "files"),
    ],
)
def test_the_first_rule_that_takes_the_path_decides(path: str, group: str) -> None:
    assert action_for(read_rules(RULES), path) == Forward(group)


@pytest.mark.parametrize("path", ["/", "/health", "/me/TODOS", "/metodos", "/me?/todos"])
def test_any_other_path_gets_the_default_answer(path: str) -> None:
    assert action_for(read_rules(RULES), path) == Fixed(404, "application/problem+json", "{}")


@pytest.mark.parametrize(
    ("pattern", "path", "takes"),
    [
        ("/a?c", "/abc", True),
        ("/a?c", "/ac", False),
        ("/a?c", "/a/c", True),
        ("/a.c", "/abc", False),
        ("/*", "/any/depth", True),
        ("/a", "/a/", False),
    ],
)
def test_wildcards_are_those_of_the_load_balancer(pattern: str, path: str, takes: bool) -> None:  # noqa: FBT001
    (only,) = read_rules([rule(1, pattern, "g")])

    assert only.takes(path) is takes


@pytest.mark.parametrize(
    "change",
    [
        {"Conditions": [{"Field": "host-header", "Values": ["a"]}]},
        {"Actions": [{"Type": "redirect", "RedirectConfig": {}}]},
        {"Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": []}}]},
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(RuleNotSupported):
        read_rules([rule(1, "*", "g") | change])
