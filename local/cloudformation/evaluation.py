"""A template's values worked out without a deployment: from its parameters and conditions."""

from collections.abc import Mapping
from typing import Any

from local.cloudformation.resolution import resolve
from local.cloudformation.template import NO_VALUE, Template, TemplateRefused, is_intrinsic


class Evaluation:
    """One template with one set of parameters; those not given have their defaults."""

    def __init__(self, template: Template, values: Mapping[str, str]) -> None:
        declared = template.section("Parameters")
        defaults = {name: str(each.get("Default", "")) for name, each in declared.items()}
        self._values = {**defaults, **values}
        self._conditions = template.section("Conditions")

    def value(self, found: object) -> Any:
        """What is known beforehand put in; a reference to a resource stays as it is."""
        if isinstance(found, list):
            items = [self.value(item) for item in found]
            return [item for item in items if item != NO_VALUE]
        if not isinstance(found, dict):
            return found
        if is_intrinsic(found):
            return self._intrinsic(found)
        pairs = {key: self.value(item) for key, item in found.items()}
        return {key: item for key, item in pairs.items() if item != NO_VALUE}

    def _intrinsic(self, intrinsic: dict[str, Any]) -> Any:
        match intrinsic:
            case {"Fn::If": [condition, yes, no]}:
                return self.value(yes if self._holds(condition) else no)
            case {"Fn::Join": [separator, parts]}:
                return str(separator).join(self.value(parts))
        return resolve({"value": intrinsic}, self._values)["value"]

    def _holds(self, name: str) -> bool:
        return self._test(self._conditions.get(name))

    def _test(self, test: object) -> bool:
        match test:
            case {"Condition": name}:
                return self._holds(name)
            case {"Fn::Equals": [left, right]}:
                return bool(self.value(left) == self.value(right))
            case {"Fn::Not": [inner]}:
                return not self._test(inner)
            case {"Fn::And": [*inner]}:
                return all(self._test(each) for each in inner)
            case {"Fn::Or": [*inner]}:
                return any(self._test(each) for each in inner)
        raise TemplateRefused(f"This is no condition that could be evaluated: {test}.")
