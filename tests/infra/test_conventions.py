"""How the template is written: everything used, nothing named that blocks a replacement."""

import re
from itertools import pairwise
from typing import Any

import pytest

ORDER = [
    "Type", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy",
    "Metadata", "Properties",
]  # fmt: skip
# (resource, key): what is called a name and stands in nobody's way.
ALLOWED_NAMES = {
    ("VpcLink", "Name"),  # required, not unique, changed in place
    ("Api", "StageName"),
    *((f"{alarm}Alarm", "MetricName") for alarm in ("Deployment", "ScaleOut", "Latency")),
    ("RemovalsDeadLetterAlarm", "MetricName"),
    # required, and unique for one scalable target only
    *((f"{policy}Policy", "PolicyName") for policy in ("Cpu", "ScaleOut", "ScaleIn")),
}


def names(node: object) -> set[str]:
    """Everything that a part of the template refers to: parameters, resources, conditions."""
    found: set[str] = set()
    if isinstance(node, list):
        return found.union(*map(names, node))
    if not isinstance(node, dict):
        return found
    for key, value in node.items():
        if key in {"Ref", "Condition"} and isinstance(value, str):
            found.add(value)
        elif key == "Fn::GetAtt":
            found.add(value[0])
        elif key == "Fn::If":
            found |= {value[0]} | names(value)
        elif key == "Fn::Sub":
            text = value if isinstance(value, str) else value[0]
            found |= {each.split(".")[0] for each in re.findall(r"\$\{([^}!]+)\}", text)}
        else:
            found |= names(value)
    return found


@pytest.fixture
def used(template: dict[str, Any], api: dict[str, Any]) -> set[str]:
    sections = ("Resources", "Outputs", "Conditions")
    return names(api) | set().union(*(names(template.get(each, {})) for each in sections))


def test_each_parameter_and_condition_is_used(template: dict[str, Any], used: set[str]) -> None:
    defined = {*template["Parameters"], *template["Conditions"], *template.get("Mappings", {})}

    assert defined - used == set()


def test_a_parameter_says_what_it_is_and_what_is_wrong_with_a_value(
    template: dict[str, Any],
) -> None:
    for name, parameter in template["Parameters"].items():
        assert parameter["Description"].endswith("."), name
        if not parameter["Type"].startswith("AWS::SSM::"):
            assert {"AllowedPattern", "AllowedValues"} & set(parameter), name
            assert parameter["ConstraintDescription"].startswith("must be"), name


def test_a_deployment_has_to_say_only_what_nobody_can_guess(template: dict[str, Any]) -> None:
    asked = {name for name, each in template["Parameters"].items() if "Default" not in each}

    assert asked == {"WebsiteOrigin", "MainImageTag", "FilesImageTag"}


@pytest.mark.parametrize("tag", ["latest", "", "-a", "a/b", "a:b", "a" * 129])
def test_an_image_tag_that_is_no_one_build_is_refused(template: dict[str, Any], tag: str) -> None:
    for name in ("MainImageTag", "FilesImageTag"):
        assert not re.fullmatch(template["Parameters"][name]["AllowedPattern"], tag)


@pytest.mark.parametrize("tag", ["3f2a9c1", "v1.2.3", "latest-but-one", "local"])
def test_an_image_tag_of_one_build_is_taken(template: dict[str, Any], tag: str) -> None:
    for name in ("MainImageTag", "FilesImageTag"):
        assert re.fullmatch(template["Parameters"][name]["AllowedPattern"], tag)


@pytest.mark.parametrize(
    "origin", ["*", "null", "http://todo.example.com", "https://a.example/", "https://*.example"]
)
def test_a_website_that_is_no_one_safe_origin_is_refused(
    template: dict[str, Any], origin: str
) -> None:
    pattern = template["Parameters"]["WebsiteOrigin"]["AllowedPattern"]

    assert not re.fullmatch(pattern, origin)


@pytest.mark.parametrize(
    "origin", ["https://d111.cloudfront.net", "http://localhost:8000", "http://127.0.0.1:8000"]
)
def test_a_website_s_origin_is_taken(template: dict[str, Any], origin: str) -> None:
    pattern = template["Parameters"]["WebsiteOrigin"]["AllowedPattern"]

    assert re.fullmatch(pattern, origin)


def test_no_name_stands_in_the_way_of_a_replacement(properties: dict[str, Any]) -> None:
    named = {
        (name, key)
        for name, each in properties.items()
        for key in each
        if key in {"Name", "Family"} or (key.endswith("Name") and key != "ServiceName")  # AWS's
    }

    assert named == ALLOWED_NAMES


def test_the_keys_of_a_resource_stand_in_one_order(resources: dict[str, Any]) -> None:
    for name, resource in resources.items():
        places = [ORDER.index(key) for key in resource]

        assert places == sorted(places), name


def test_a_resource_stands_after_what_it_refers_to(resources: dict[str, Any]) -> None:
    position = {name: index for index, name in enumerate(resources)}

    for name, resource in resources.items():
        for other in names(resource.get("Properties", {})) & set(position):
            assert position[other] < position[name], f"{name} refers to {other}"


def test_the_sections_are_those_of_the_contents_in_their_order(template_text: str) -> None:
    head, _, body = template_text.partition("\nResources:")

    contents = re.findall(r"^#   (\d \w+(?: \w+)?)  ", head, re.MULTILINE)
    banners = re.findall(r"^  # (\d \w+(?: \w+)?): ", body, re.MULTILINE)

    assert len(contents) > 5
    assert contents == banners
    assert all(int(a[0]) + 1 == int(b[0]) for a, b in pairwise(contents))


def test_the_template_stays_readable_in_half_an_hour(
    template: dict[str, Any], template_text: str
) -> None:
    lines = template_text.count("\n")

    assert lines <= 1500
    assert lines / len(template["Resources"]) <= 22
    assert len(template["Parameters"]) <= 12
    assert len(template["Conditions"]) <= 6


def test_cloudformation_takes_the_template_and_the_contract_together(
    template_text: str, api: dict[str, Any]
) -> None:
    # One document after the include; a megabyte is the most, by way of S3.
    assert len(template_text.encode()) + len(str(api).encode()) < 500_000


def test_each_output_has_a_reader(template: dict[str, Any]) -> None:
    # The local stack and the website's config.json read the first three, website.yaml the last.
    readers = {"ApiUrl", "UserPoolId", "UserPoolClientId", "FilesBucketOrigin"}
    assert set(template["Outputs"]) == readers
