"""The templates' parameters: what there is to choose, checked before anything happens."""

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.settings import Settings
from deploy.terminal import Refused

# Each template file, and what the commands themselves say of it.
FILLED_IN: Mapping[str, tuple[str, ...]] = {
    "bootstrap": ("CoreStackName", "WebsiteStackName"),
    "website": ("ApiOrigin", "FilesBucketOrigin"),
    "template": ("WebsiteOrigin", "MainImageTag", "FilesImageTag", "PermissionsBoundary"),
}
Parameters = Mapping[str, str]


class _Loader(yaml.SafeLoader):
    """Reads a template without what its intrinsics stand for."""


_Loader.add_multi_constructor("!", lambda _loader, _suffix, _node: None)


@dataclass(frozen=True)
class Parameter:
    """A parameter as a template declares it."""

    name: str
    declared: Mapping[str, Any]

    @property
    def is_required(self) -> bool:
        return "Default" not in self.declared

    def check(self, value: str) -> None:
        """Refuse what CloudFormation would refuse, in the template's own words."""
        allowed = [str(each) for each in self.declared.get("AllowedValues", [value])]
        pattern = str(self.declared.get("AllowedPattern", ".*"))
        if value not in allowed or not re.fullmatch(pattern, value, re.DOTALL):
            reason = self.declared.get("ConstraintDescription", f"must match {pattern}.")
            raise Refused(f"{self.name} is {value!r}: it {reason}")


def declared(path: Path) -> dict[str, Parameter]:
    """The parameters of a template file."""
    try:
        body = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506  a SafeLoader
    except (OSError, yaml.YAMLError) as error:
        raise Refused(f"{path.name} cannot be read: {error}") from error
    return {name: Parameter(name, found) for name, found in body.get("Parameters", {}).items()}


def chosen(settings: Settings, given: str, templates: Iterable[str]) -> dict[str, dict[str, str]]:
    """PARAMETERS over those of samconfig.toml, for each template that declares them."""
    found = {template: declared(settings.template(template)) for template in templates}
    configured = {}
    if "template" in found:
        configured = {"template": _pairs("samconfig.toml", settings.overrides)}
        _refuse_unknown("samconfig.toml", configured["template"], {"template": found["template"]})
    typed = _pairs("PARAMETERS", given)
    _refuse_unknown("PARAMETERS", typed, found)
    values = {}
    for template, parameters in found.items():
        values[template] = configured.get(template, {}) | {
            name: value for name, value in typed.items() if name in parameters
        }
        for name, value in values[template].items():
            parameters[name].check(value)
    return values


def _pairs(source: str, given: str | list[str] | dict[str, str]) -> dict[str, str]:
    """`Name=value Other=value`, as SAM takes it."""
    if isinstance(given, dict):
        return {name: str(value) for name, value in given.items()}
    try:
        words = shlex.split(given) if isinstance(given, str) else given
    except ValueError as error:
        raise Refused(f"{source} is {given!r}: {error}") from error
    pairs = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name in pairs:
            wrong = "is given twice" if equals else "has no value"
            raise Refused(f"{source}: {name} {wrong}; it must be Name=value Other=value.")
        pairs[name] = value
    return pairs


def _refuse_unknown(
    source: str, given: Parameters, found: Mapping[str, Mapping[str, Parameter]]
) -> None:
    own = {name for template in found for name in FILLED_IN[template]}
    known = {name for parameters in found.values() for name in parameters} - own
    for name in given:
        if name in own:
            # A tag that stays in a file or a shell's history would bring an old image back.
            raise Refused(f"{source}: {name} is not for you to give; `make deploy` finds it out.")
        if name not in known:
            raise Refused(f"{source}: there is no {name}; there are {', '.join(sorted(known))}.")
