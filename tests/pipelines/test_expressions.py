"""The runner understands GitHub's expressions as GitHub does, and refuses what it does not know."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pipelines.expressions import Scope, UnknownExpression

CONTEXTS = {
    "github": {"ref": "refs/heads/main", "event": {"repository": {"private": False}}},
    "inputs": None,
    "needs": {"build": {"result": "success", "outputs": {"tag": "abc"}}},
    "vars": {"AWS_REGION": ""},
}


def scope(*results: str) -> Scope:
    states = {
        "success": lambda: all(each == "success" for each in results),
        "failure": lambda: "failure" in results,
        "always": lambda: True,
        "cancelled": lambda: False,
    }
    return Scope(CONTEXTS, states)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("github.ref == 'refs/heads/main'", True),
        ("github.ref == 'REFS/heads/main'", True),
        ("github.ref != 'refs/heads/main'", False),
        ("inputs.tag == ''", True),
        ("inputs.tag || github.ref", "refs/heads/main"),
        ("vars.AWS_REGION != '' && github.ref", False),
        ("!github.event.repository.private", True),
        ("github.event.pull_request.head.repo.full_name == github.ref", False),
        ("(1 == 2 || 'it''s') && needs.build.outputs.tag", "abc"),
        ("0 == ''", True),
        ("true == 1", True),
        ("'a' == 0", False),
    ],
)
def test_an_expression_means_what_it_means_on_github(text: str, value: Any) -> None:
    assert scope().evaluate(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "secrets.TOKEN",
        "hashFiles('x')",
        "contains(github.ref, 'main')",
        "github.ref == ",
        "github.ref github.ref",
        "github['ref']",
        "1 < 2",
        "github.ref.length",
        "(true",
    ],
)
def test_an_unknown_expression_ends_the_rehearsal(text: str) -> None:
    with pytest.raises(UnknownExpression):
        scope().evaluate(text)


@pytest.mark.parametrize(
    ("condition", "results", "runs"),
    [
        (None, ["success"], True),
        (None, ["success", "skipped"], False),
        (None, ["failure"], False),
        ("github.ref == 'refs/heads/main'", ["failure"], False),
        ("${{ !failure() && !cancelled() }}", ["skipped"], True),
        ("${{ !failure() && !cancelled() }}", ["failure"], False),
        ("always()", ["failure"], True),
        (False, ["success"], False),
    ],
)
def test_a_job_runs_after_what_it_needs(condition: Any, results: list[str], runs: Any) -> None:
    assert scope(*results).holds(condition) is runs


def test_a_text_is_filled_and_a_lone_expression_keeps_its_type() -> None:
    assert scope().fill("tag ${{ needs.build.outputs.tag }}!") == "tag abc!"
    assert scope().fill("${{ github.event.repository.private }}") is False
    assert scope().fill("${{ inputs.tag }}-") == "-"
