"""The deployed template: read as CloudFormation reads it, less what the emulator does not know."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# Resource types that the emulator refuses, each with what stands for it locally, or why nothing
# needs to. Only these are dropped before the local deploy, with every reference to them.
UNEMULATED: Mapping[str, str] = {
    "AWS::ApiGatewayV2::VpcLink": "local/api_gateway/gateway.py calls the balancer on this machine",
    "AWS::ApplicationAutoScaling::ScalableTarget": "local/autoscaling/scaling.py keeps its limits",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "local/autoscaling/scaling.py follows its steps",
    "AWS::EC2::EIP": "no packet leaves by the emulated network",
    "AWS::EC2::NatGateway": "no packet leaves by the emulated network",
    "AWS::EC2::NetworkAcl": "no packet crosses the network; tests/infra walks it",
    "AWS::EC2::NetworkAclEntry": "as the network ACL",
    "AWS::EC2::SecurityGroupIngress": "no packet crosses the network; tests/infra walks it",
    "AWS::EC2::SubnetNetworkAclAssociation": "as the network ACL",
    "AWS::ECS::CapacityProvider": "tasks run on this machine, there are no instances to provide",
    "AWS::ECS::ClusterCapacityProviderAssociations": "as the capacity provider",
    "AWS::IAM::OIDCProvider": "of bootstrap.yaml; the emulator reads GitHub's tokens without it",
    "AWS::IAM::ServiceLinkedRole": "of bootstrap.yaml; no service of AWS acts by itself here",
}
# Refused for one property, and dropped like them.
UNEMULATED_WITH: Mapping[str, tuple[str, str]] = {
    "AWS::CloudWatch::Alarm": ("Metrics", "local/cloudwatch/watch.py puts and evaluates it"),
}

NO_VALUE = {"Ref": "AWS::NoValue"}
SUB_REFERENCE = re.compile(r"\$\{(?!!)([^}]+)\}")
_GONE = object()


class TemplateRefused(Exception):
    """The template cannot be read or deployed; the text says why."""


class _Loader(yaml.SafeLoader):
    """YAML as CloudFormation reads it: short-form intrinsics, and dates are text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]  # a mapping
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)


@dataclass(frozen=True)
class Template:
    """A template with long-form intrinsics and its includes in place."""

    body: dict[str, Any]

    def resources(self, of_type: str) -> dict[str, dict[str, Any]]:
        """Logical id → resource, for one type."""
        resources = self._resources()
        return {name: found for name, found in resources.items() if found["Type"] == of_type}

    def section(self, name: str) -> dict[str, Any]:
        """A part of the template that maps names; one that is not there is empty."""
        found = self.body.get(name) or {}
        if not isinstance(found, dict):
            raise TemplateRefused(f"{name} of the template maps no names.")
        return found

    def _resources(self) -> dict[str, dict[str, Any]]:
        resources = self.section("Resources")
        if not resources:
            raise TemplateRefused("The template has no Resources.")
        for name, found in resources.items():
            if not isinstance(found, dict) or not isinstance(found.get("Type"), str):
                raise TemplateRefused(f"Resource {name} of the template has no Type.")
        return resources

    def pruned(self) -> "Template":
        """Without the unemulated types and everything that refers to them."""
        resources = self._resources()
        gone = {name for name, found in resources.items() if _is_unemulated(found)}
        kept = {name: found for name, found in resources.items() if name not in gone}
        body = _mapping_without(self.body | {"Resources": kept}, gone)
        outputs = Template(body).section("Outputs")
        body["Outputs"] = {name: out for name, out in outputs.items() if "Value" in (out or {})}
        return Template(body)


def _is_unemulated(resource: Mapping[str, Any]) -> bool:
    kind = resource["Type"]
    with_, _ = UNEMULATED_WITH.get(kind, (None, ""))
    return kind in UNEMULATED or with_ in (resource.get("Properties") or {})


def read(path: Path) -> Template:
    """Read a template file; `AWS::Include` is replaced by the file beside it, as the cloud does."""
    body = _load(path)
    return Template({key: _included(value, path.parent) for key, value in body.items()})


def _load(path: Path) -> dict[str, Any]:
    try:
        body = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506  a SafeLoader with intrinsics
    except FileNotFoundError as error:
        raise TemplateRefused(f"{path} is missing.") from error
    except OSError as error:
        raise TemplateRefused(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise TemplateRefused(f"{path} is not UTF-8.") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise TemplateRefused(f"{path} is not YAML: {error}") from error
    if not isinstance(body, dict):
        raise TemplateRefused(f"{path} maps no names.")
    return body


def _included(value: object, folder: Path) -> object:
    if isinstance(value, list):
        return [_included(item, folder) for item in value]
    if not isinstance(value, dict):
        return value
    transform = value.get("Fn::Transform")
    if isinstance(transform, dict) and transform.get("Name") == "AWS::Include":
        location = (transform.get("Parameters") or {}).get("Location")
        if not isinstance(location, str):
            raise TemplateRefused("AWS::Include needs a Location that is the name of a file.")
        return _included(_load(folder / location), folder)
    return {key: _included(item, folder) for key, item in value.items()}


def _without(value: object, gone: set[str]) -> object:
    """The value without references to `gone`; an intrinsic that holds one goes as a whole."""
    if isinstance(value, list):
        items = [_without(item, gone) for item in value]
        return [item for item in items if item is not _GONE]
    if not isinstance(value, dict):
        return value
    return _intrinsic_without(value, gone) if is_intrinsic(value) else _mapping_without(value, gone)


def _mapping_without(value: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    for key, item in value.items():
        if key.endswith("PolicyDocument") and references(item) & gone:
            # Without its reference a statement would allow more than the one that is deployed.
            raise TemplateRefused(f"A {key} refers to what the emulator does not know.")
    pairs = {key: _without(item, gone) for key, item in value.items() if key != "DependsOn"}
    kept = {key: item for key, item in pairs.items() if item is not _GONE}
    return kept | _dependencies(value, gone)


def is_intrinsic(value: Mapping[str, Any]) -> bool:
    """Whether this mapping stands for a value: `{"Ref": …}`, `{"Fn::…": …}`."""
    name = next(iter(value), "")
    return len(value) == 1 and (name == "Ref" or str(name).startswith("Fn::"))


def _intrinsic_without(value: dict[str, Any], gone: set[str]) -> object:
    if "Fn::If" in value:
        condition, *branches = value["Fn::If"]
        kept = [_without(branch, gone) for branch in branches]
        return {"Fn::If": [condition, *(NO_VALUE if b is _GONE else b for b in kept)]}
    return _GONE if references(value) & gone else value


def _dependencies(value: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    if "DependsOn" not in value:
        return {}
    names = value["DependsOn"]
    kept = [name for name in ([names] if isinstance(names, str) else names) if name not in gone]
    return {"DependsOn": kept} if kept else {}


def references(value: object) -> set[str]:
    """The names that a value refers to by Ref, GetAtt or Sub, at any depth."""
    if isinstance(value, list):
        return set().union(*(references(item) for item in value))
    if not isinstance(value, dict):
        return set()
    found = set().union(*(references(item) for item in value.values()))
    if isinstance(value.get("Ref"), str):
        found.add(value["Ref"])
    if "Fn::GetAtt" in value:
        target = value["Fn::GetAtt"]
        found.add(target.split(".")[0] if isinstance(target, str) else target[0])
    return found | _sub_references(value.get("Fn::Sub"))


def _sub_references(sub: object) -> set[str]:
    """`"text"` or `["text", {own: value}]`; what it names itself is no reference."""
    text, own = (sub[0], set(sub[1])) if isinstance(sub, list) else (sub, set[str]())
    return {name.split(".")[0] for name in SUB_REFERENCE.findall(str(text))} - own
