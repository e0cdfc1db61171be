from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from local.cloudformation.resolution import resolve
from local.cloudformation.template import (
    UNEMULATED,
    UNEMULATED_WITH,
    Template,
    TemplateRefused,
    read,
    references,
)
from local.settings import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

GONE = {"Type": "AWS::EC2::NatGateway"}


def pruned(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    kept = {"Type": "AWS::S3::Bucket", "Properties": properties, **more}
    body = Template({"Resources": {"Kept": kept, "Gone": GONE}}).pruned().body
    resource: dict[str, Any] = body["Resources"]["Kept"]
    return resource


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ({"Ref": "Gone"}, None),
        ({"Ref": "Kept"}, {"Ref": "Kept"}),
        ({"Fn::GetAtt": ["Gone", "Arn"]}, None),
        ({"Fn::GetAtt": "Gone.Arn"}, None),
        ({"Fn::Sub": "x-${Gone}"}, None),
        ({"Fn::Sub": "x-${Gone.Arn}"}, None),
        ({"Fn::Sub": "x-${!Gone}-${GoneToo}"}, {"Fn::Sub": "x-${!Gone}-${GoneToo}"}),
        ({"Fn::Sub": ["${Gone}", {"Gone": "own"}]}, {"Fn::Sub": ["${Gone}", {"Gone": "own"}]}),
        ({"Fn::Sub": ["${own}", {"own": {"Ref": "Gone"}}]}, None),
        ({"Fn::Join": ["", ["a", {"Ref": "Gone"}]]}, None),
        ([{"Ref": "Gone"}, "b"], ["b"]),
        ({"a": {"b": {"Ref": "Gone"}, "c": 1}}, {"a": {"c": 1}}),
        (
            {"Fn::If": ["C", {"Ref": "Gone"}, "b"]},
            {"Fn::If": ["C", {"Ref": "AWS::NoValue"}, "b"]},
        ),
    ],
)
def test_whatever_refers_to_a_dropped_resource_goes(value: object, left: object) -> None:
    properties = pruned({"Value": value})["Properties"]

    assert properties.get("Value") == left


@pytest.mark.parametrize(
    ("depends", "left"), [("Gone", None), (["Gone"], None), (["Gone", "Kept"], ["Kept"])]
)
def test_dependencies_on_a_dropped_resource_go(depends: object, left: object) -> None:
    assert pruned({}, DependsOn=depends).get("DependsOn") == left


def test_outputs_of_a_dropped_resource_go() -> None:
    body = {
        "Resources": {"Gone": GONE},
        "Outputs": {"A": {"Value": {"Ref": "Gone"}}, "B": {"Value": "b"}},
    }

    assert Template(body).pruned().body["Outputs"] == {"B": {"Value": "b"}}


def test_a_policy_is_never_widened_by_a_drop() -> None:
    with pytest.raises(TemplateRefused, match="PolicyDocument"):
        pruned({"PolicyDocument": {"Statement": [{"Resource": {"Ref": "Gone"}}]}})


def test_the_real_template_loses_the_listed_types_and_nothing_else() -> None:
    whole = read(REPOSITORY / "template.yaml")
    left = whole.pruned().body

    gone = whole.body["Resources"].keys() - left["Resources"].keys()
    with_more = {name for name in gone if whole.body["Resources"][name]["Type"] in UNEMULATED_WITH}
    types = {whole.body["Resources"][name]["Type"] for name in gone - with_more}
    assert types <= UNEMULATED.keys()
    for name in with_more:
        resource = whole.body["Resources"][name]
        assert UNEMULATED_WITH[resource["Type"]][0] in resource["Properties"]
    for left_over in left["Resources"].values():
        refused, _ = UNEMULATED_WITH.get(left_over["Type"], ("Metrics", ""))
        assert refused not in left_over.get("Properties", {})
    assert {found["Type"] for found in left["Resources"].values()}.isdisjoint(UNEMULATED)
    assert references(left).isdisjoint(gone)
    known = left["Resources"].keys() | left["Parameters"].keys() | left.get("Conditions", {}).keys()
    assert {name for name in references(left) if not name.startswith("AWS::")} <= known


def test_every_drop_says_what_stands_for_it() -> None:
    reasons = [*UNEMULATED.values(), *(reason for _, reason in UNEMULATED_WITH.values())]
    assert all(reason.strip() for reason in reasons)


def test_only_types_that_a_template_has_are_on_the_list() -> None:
    names = ("template.yaml", "website.yaml", "bootstrap.yaml")
    templates = [read(REPOSITORY / name).body["Resources"] for name in names]
    types = {resource["Type"] for resources in templates for resource in resources.values()}

    assert types >= UNEMULATED.keys() | UNEMULATED_WITH.keys()


def test_the_included_contract_takes_its_place() -> None:
    template = read(REPOSITORY / "template.yaml")
    (api,) = template.resources("AWS::Serverless::HttpApi").values()

    assert api["Properties"]["DefinitionBody"] == read(REPOSITORY / "api.yaml").body
    assert "Fn::Transform" not in json.dumps(template.body)


def test_short_forms_and_dates_are_read_as_cloudformation_does(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(
        "A: !GetAtt B.C.D\nE: !Sub ['${F}', {F: !Ref G}]\nH: 2012-10-17\nI: !If [J, !Ref K, 1]\n"
        "L: {M: !Condition N}\n"
    )

    assert read(path).body == {
        "A": {"Fn::GetAtt": ["B", "C.D"]},
        "E": {"Fn::Sub": ["${F}", {"F": {"Ref": "G"}}]},
        "H": "2012-10-17",
        "I": {"Fn::If": ["J", {"Ref": "K"}, 1]},
        "L": {"M": {"Condition": "N"}},
    }


@pytest.mark.parametrize("text", ["", "- a\n", "a: [\n"])
def test_what_is_no_template_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(text)

    with pytest.raises(TemplateRefused):
        read(path)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (b"A: \xff\xfe\n", "UTF-8"),
        (b"A: {Fn::Transform: {Name: AWS::Include}}\n", "Location"),
        (b"A: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: b.yaml}}}\n", "b.yaml"),
        (b"A: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: .}}}\n", "directory"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: bytes, named: str) -> None:
    path = tmp_path / "t.yaml"
    path.write_bytes(text)

    with pytest.raises(TemplateRefused, match=named):
        read(path)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "no Resources"),
        ({"Resources": None}, "no Resources"),
        ({"Resources": "text"}, "Resources"),
        ({"Resources": {"Bare": {}}}, "Bare"),
        ({"Resources": {"Bare": "text"}}, "Bare"),
        ({"Resources": {"Bare": None}}, "Bare"),
        ({"Resources": {"Bare": {"Type": ["x"]}}}, "Bare"),
    ],
)
def test_a_resource_without_a_type_is_named(body: dict[str, Any], named: str) -> None:
    with pytest.raises(TemplateRefused, match=named):
        Template(body).pruned()
    with pytest.raises(TemplateRefused, match=named):
        Template(body).resources("AWS::S3::Bucket")


def test_a_missing_template_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(TemplateRefused, match=r"nothing\.yaml is missing"):
        read(tmp_path / "nothing.yaml")


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ({"Ref": "A"}, "1"),
        ({"Ref": "Unknown"}, {"Ref": "Unknown"}),
        ({"Fn::GetAtt": ["A", "B"]}, "2"),
        ({"Fn::GetAtt": ["A", "C"]}, {"Fn::GetAtt": ["A", "C"]}),
        ({"Fn::Sub": "${A.B}"}, "2"),
        ({"Fn::Sub": "${A}-${B.C}"}, {"Fn::Sub": "${A}-${B.C}"}),
        ({"Fn::Sub": "${A}${A}"}, "11"),
        ([{"x": {"Ref": "A"}}], [{"x": "1"}]),
    ],
)
def test_what_is_known_is_put_in(value: object, resolved: object) -> None:
    assert resolve({"v": value}, {"A": "1", "A.B": "2"}) == {"v": resolved}
