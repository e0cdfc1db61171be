"""docs/cost.md and docs/scaling.md count right, and count what the templates have."""

from __future__ import annotations

import ast
import math
import operator
import re
from typing import TYPE_CHECKING, Any

import pytest

from local.cloudformation.template import read
from tests.pair.operations import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = (ROOT / "docs/cost.md").read_text()
SCALING = (ROOT / "docs/scaling.md").read_text()
RESOURCES = read(ROOT / "template.yaml").body["Resources"]
USERS = {"idle": 0, "100": 100, "10,000": 10_000, "1,000,000": 1_000_000}
GROWTH = {"10,000 users": 10**4, "100,000": 10**5, "1,000,000": 10**6, "10,000,000": 10**7}
OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {"max": max, "ceil": math.ceil}


def rows(heading: str) -> list[dict[str, str]]:
    return tables(PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0])


def tables(text: str) -> list[dict[str, str]]:
    """The rows of all tables, by their columns' names."""
    found: list[dict[str, str]] = []
    columns: list[str] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            columns = []
        elif not columns:
            columns = cells
        elif not set(line) <= set("|-"):
            found.append(dict(zip(columns, cells, strict=True)))
    return found


def number(text: str) -> float:
    return float(text.replace(",", "").strip("*"))


def value(formula: str, names: dict[str, float]) -> float:
    return _value(ast.parse(formula.strip("`"), mode="eval").body, names)


def _value(node: ast.expr, names: dict[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as constant):
            return constant
        case ast.Name(id=name):
            return names[name]
        case ast.BinOp(left=left, op=op, right=right):
            return float(OPERATORS[type(op)](_value(left, names), _value(right, names)))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return float(FUNCTIONS[name](*(_value(each, names) for each in arguments)))
    raise ValueError(ast.unparse(node))


def metrics() -> int:
    """How many metrics the alarms look at: one each, or those of their arithmetic."""
    alarms = [r["Properties"] for r in RESOURCES.values() if r["Type"].endswith("::Alarm")]
    return sum(
        sum("MetricStat" in each for each in alarm["Metrics"]) if "Metrics" in alarm else 1
        for alarm in alarms
    )


PRICES = {row["name"].strip("`"): number(row["$"]) for row in rows("Prices")}
USAGE = {
    row["name"].strip("`"): number(row["value"]) for row in rows("What a user does in a month")
}
NAMES = {**PRICES, **USAGE, "METRICS": float(metrics())}
FIXED = rows("What stands there, whoever comes")
BY_USERS = rows("With users")


def with_users(users: int) -> dict[str, float]:
    names = {**NAMES, "users": float(users), "millions": users / 1e6}
    formula = re.search(r"`servers` is `(.+?)`\.", PAGE)
    assert formula
    return {**names, "servers": value(formula[1], names)}


def test_what_stands_there_adds_up() -> None:
    parts = [row for row in FIXED if "what" in row and row["formula"]]
    (total,) = (row for row in FIXED if "what" in row and not row["formula"])
    modes = [row for row in FIXED if "mode" in row]

    for row in [*parts, *modes]:
        assert number(row["$ a month"]) == pytest.approx(value(row["formula"], NAMES), abs=0.006)
    everything = sum(value(row["formula"], NAMES) for row in parts)
    assert number(total["$ a month"]) == pytest.approx(everything, abs=0.006)
    for row in modes:
        whole = everything + value(row["formula"], NAMES)
        assert number(row["with all the above"]) == pytest.approx(whole, abs=0.006)


@pytest.mark.parametrize("column", USERS)
def test_what_users_cost_adds_up(column: str) -> None:
    names = with_users(USERS[column])
    parts = [row for row in BY_USERS if row["formula"]]
    whole, each = (row for row in BY_USERS if not row["formula"])

    amounts = [value(row["formula"], names) for row in parts]

    shown = [number(row[column]) for row in parts]
    assert shown == [pytest.approx(amount, abs=0.006) for amount in amounts]
    assert number(whole[column]) == pytest.approx(sum(amounts), abs=0.006)
    if USERS[column]:
        assert number(each[column]) == pytest.approx(sum(amounts) / USERS[column], abs=0.00006)


@pytest.mark.parametrize("row", tables(SCALING), ids=lambda row: row["what"])
def test_what_gives_out_is_told(row: dict[str, str]) -> None:
    peak = re.search(r"`peak` is `(.+?)`", SCALING)
    assert peak
    for column, users in GROWTH.items():
        names = {**NAMES, "users": float(users)}
        names["peak"] = value(peak[1], names)

        used = value(row["formula"], names)

        text = f"{used:,.0f}" if used >= 10 else f"{used:.1f}".removesuffix(".0")
        assert row[column] == (f"**{text}**" if used > number(row["limit"]) else text)


def test_the_limits_of_the_template_are_its_own() -> None:
    limits = {row["what"].partition(",")[2].strip(): row["limit"] for row in tables(SCALING)}
    throttling = RESOURCES["Api"]["Properties"]["DefaultRouteSettings"]["ThrottlingRateLimit"]
    tasks = RESOURCES["ServiceScalableTarget"]["Properties"]["MaxCapacity"]
    instances = RESOURCES["AutoScalingGroup"]["Properties"]["MaxSize"]

    assert limits["the API's throttling here"] == str(throttling)
    assert limits["the scalable target's maximum here"] == str(tasks)
    assert limits["the Auto Scaling group's maximum here"] == instances


def test_every_price_is_used() -> None:
    formulas = " ".join(re.findall(r"`([^`]+)`", PAGE.split("\n## What stands there")[1]))

    assert [name for name in PRICES if not re.search(rf"\b{name}\b", formulas)] == []


def test_the_counts_are_the_templates() -> None:
    group = RESOURCES["AutoScalingGroup"]["Properties"]
    launched = RESOURCES["InstanceLaunchTemplate"]["Properties"]["LaunchTemplateData"]
    endpoints = [
        resource
        for resource in RESOURCES.values()
        if resource["Type"] == "AWS::EC2::VPCEndpoint"
        and resource["Properties"].get("VpcEndpointType") == "Interface"
    ]
    by_type = [resource["Type"] for resource in RESOURCES.values()]

    assert group["MinSize"] == "2"
    assert launched["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] == 30
    assert read(ROOT / "template.yaml").body["Parameters"]["InstanceType"]["Default"] == "t3.small"
    assert by_type.count("AWS::EC2::NatGateway") == 3
    assert len(endpoints) == 8
    assert by_type.count("AWS::CloudWatch::Dashboard") == 1
