"""How website.yaml and bootstrap.yaml are written: as template.yaml is."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

from local.cloudformation.template import read
from tests.infra.conftest import ROOT
from tests.infra.test_conventions import ORDER, names
from tests.infra.test_permissions import wildcards

# What an outsider must know beforehand, or CloudFront wants; those hold the stack's name.
NAMED = {
    "website.yaml": {"AddressRecord", "Ipv6AddressRecord", "PagePaths", "Immutable"},
    "bootstrap.yaml": {"MainRepository", "FilesRepository", "EcsServiceLinkedRole"},
}


@pytest.fixture(params=["website.yaml", "bootstrap.yaml"])
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def text(name: str) -> str:
    return (ROOT / name).read_text()


@pytest.fixture
def body(name: str) -> dict[str, Any]:
    return read(ROOT / name).body


def test_everything_that_is_defined_is_used(body: dict[str, Any]) -> None:
    sections = ("Resources", "Outputs", "Conditions", "Rules")
    used = set().union(*(names(body[each]) for each in sections if each in body))

    assert {*body["Parameters"], *body["Conditions"]} - used == set()


def test_a_parameter_says_what_it_is_and_what_is_wrong_with_a_value(body: dict[str, Any]) -> None:
    for name, parameter in body["Parameters"].items():
        assert parameter["Description"].endswith("."), name
        assert {"AllowedPattern", "AllowedValues"} & set(parameter), name
        assert parameter["ConstraintDescription"].startswith("must be"), name
    assert len(body["Parameters"]) <= 12
    assert len(body["Conditions"]) <= 6


def test_the_keys_of_a_resource_stand_in_one_order(body: dict[str, Any]) -> None:
    for name, resource in body["Resources"].items():
        places = [ORDER.index(key) for key in resource]

        assert places == sorted(places), name


def test_a_resource_stands_after_what_it_refers_to(body: dict[str, Any]) -> None:
    position = {name: index for index, name in enumerate(body["Resources"])}

    for name, resource in body["Resources"].items():
        for other in names(resource.get("Properties", {})) & set(position):
            assert position[other] < position[name], f"{name} refers to {other}"


def test_the_sections_are_those_of_the_contents_in_their_order(text: str) -> None:
    head, _, body = text.partition("\nResources:")

    contents = re.findall(r"^#   (\d \w+(?: \w+)?)  ", head, re.MULTILINE)
    banners = re.findall(r"^  # (\d \w+(?: \w+)?): ", body, re.MULTILINE)

    assert len(contents) >= 4
    assert contents == banners
    assert all(int(a[0]) + 1 == int(b[0]) for a, b in pairwise(contents))


def test_no_name_stands_in_the_way_of_a_replacement(name: str, body: dict[str, Any]) -> None:
    named = {
        logical
        for logical, each in body["Resources"].items()
        for key in each.get("Properties", {})
        if key == "Name" or key.endswith("Name")
    }

    assert named == NAMED[name]


def test_a_wildcard_has_its_reason_beside_it(text: str) -> None:
    lines = re.findall(r"""^.*(?:Resource|Principal|Action): ["'](?:\w+:)?\*["'].*$""", text, re.M)

    assert lines
    assert [line for line in lines if not re.search(r"# \w+", line)] == []


# Comments above a statement, its actions, and the line of its resources.
STATEMENT = re.compile(r"((?: +#.*\n)*) +- Sid: (\w+)\n((?:.*\n)*?)( +Resource:.*\n)")


def test_a_wildcard_within_an_action_has_its_reason_too(text: str) -> None:
    found = [
        (sid, reason + resource)
        for reason, sid, action, resource in STATEMENT.findall(text)
        if re.search(r"\b\w+:(\w*\*\w+|\w+\*)", action)
    ]

    assert [sid for sid, reason in found if "# " not in reason] == []


def statements(node: object) -> list[dict[str, Any]]:
    """Every statement of every policy, wherever it stands."""
    if isinstance(node, list):
        return [one for each in node for one in statements(each)]
    if not isinstance(node, dict):
        return []
    if "Effect" in node:
        return [node]
    return [one for each in node.values() for one in statements(each)]


def test_only_refusals_and_what_nothing_narrower_exists_for_are_about_everything(
    name: str, body: dict[str, Any]
) -> None:
    found = {
        one["Sid"]
        for one in statements(body["Resources"])
        if one["Effect"] == "Allow" and wildcards(one)
    }

    assert found == {
        "website.yaml": set[str](),
        "bootstrap.yaml": {
            "AccessLogsOfTheApi", "CreateUserPool", "FindEcs", "FindZones", "SeeLoadBalancer",
            "SeeScaling", "SeeWhatIsThere", "SeeZones", "Services", "SessionManager", "SignInToEcr",
        },
    }[name]  # fmt: skip


def test_a_suppressed_finding_has_its_reason_in_its_resource(body: dict[str, Any]) -> None:
    for name, resource in body["Resources"].items():
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
            assert set(skip) == {"id", "comment"}, name
            assert len(skip["comment"].split()) >= 4, name
