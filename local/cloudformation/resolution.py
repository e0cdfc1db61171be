"""Intrinsics of a template, replaced by what they stand for in the deployed stack."""

from collections.abc import Mapping
from typing import Any

from local.cloudformation.template import SUB_REFERENCE, is_intrinsic


def resolve(tree: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """Replace each Ref, GetAtt and Sub whose names are all in `values`; anything else stays."""
    return {key: _resolve(item, values) for key, item in tree.items()}


def _resolve(value: object, values: Mapping[str, str]) -> object:
    if isinstance(value, list):
        return [_resolve(item, values) for item in value]
    if not isinstance(value, dict):
        return value
    if is_intrinsic(value):
        return _resolved(value, values)
    return resolve(value, values)


def _resolved(intrinsic: dict[str, Any], values: Mapping[str, str]) -> object:
    if "Ref" in intrinsic:
        return values.get(intrinsic["Ref"], intrinsic)
    if "Fn::GetAtt" in intrinsic:
        return values.get(".".join(intrinsic["Fn::GetAtt"]), intrinsic)
    text = intrinsic.get("Fn::Sub")
    if isinstance(text, str) and set(SUB_REFERENCE.findall(text)) <= values.keys():
        return SUB_REFERENCE.sub(lambda found: values[found[1]], text)
    return intrinsic
