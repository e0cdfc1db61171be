from __future__ import annotations

import pytest

from local.cloudformation.evaluation import Evaluation
from local.cloudformation.template import Template, TemplateRefused

TEMPLATE = Template(
    {
        "Parameters": {"Given": {"Default": "no"}, "Left": {"Default": ""}, "Bare": {}},
        "Conditions": {
            "IsGiven": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Given"}, "no"]}]},
            "IsLeft": {"Fn::Equals": [{"Ref": "Left"}, ""]},
            "Both": {"Fn::And": [{"Condition": "IsGiven"}, {"Condition": "IsLeft"}]},
            "Neither": {"Fn::Not": [{"Fn::Or": [{"Condition": "IsGiven"}, {"Condition": "Both"}]}]},
            "Odd": {"Fn::FindInMap": ["a", "b", "c"]},
        },
    }
)
NOTHING = {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ({"Ref": "Given"}, "yes"),
        ({"Ref": "Left"}, ""),
        ({"Ref": "Bare"}, ""),
        ({"Ref": "SomeResource"}, {"Ref": "SomeResource"}),
        ({"Fn::GetAtt": ["SomeResource", "Arn"]}, {"Fn::GetAtt": ["SomeResource", "Arn"]}),
        ({"Fn::Sub": "<${Given}>"}, "<yes>"),
        ({"Fn::If": ["IsGiven", {"Ref": "Given"}, "b"]}, "yes"),
        ({"Fn::If": ["Both", "a", "b"]}, "a"),
        ({"Fn::If": ["Neither", "a", "b"]}, "b"),
        ({"Fn::Join": ["; ", ["a", {"Fn::Join": [" ", ["b", {"Ref": "Given"}]]}]]}, "a; b yes"),
        ({"Fn::Join": [" ", ["a", {"Fn::If": ["IsLeft", NOTHING, "b"]}]]}, "a"),
        ({"kept": 1, "gone": {"Fn::If": ["IsGiven", NOTHING, "b"]}}, {"kept": 1}),
        ([1, NOTHING], [1]),
    ],
)
def test_what_is_known_beforehand_is_put_in(value: object, known: object) -> None:
    assert Evaluation(TEMPLATE, {"Given": "yes"}).value(value) == known


@pytest.mark.parametrize("name", ["Odd", "Unknown"])
def test_a_condition_of_another_kind_is_refused(name: str) -> None:
    with pytest.raises(TemplateRefused, match="no condition"):
        Evaluation(TEMPLATE, {}).value({"Fn::If": [name, "a", "b"]})
