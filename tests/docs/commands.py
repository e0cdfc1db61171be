"""The `aws` commands of a page, held against botocore's models of the services."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import botocore.session
import jmespath  # type: ignore[import-untyped]  # there are no stubs
from botocore import xform_name
from botocore.model import ListShape, MapShape, StructureShape
from botocore.validate import ParamValidator
from botocore.waiter import WaiterModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import OperationModel, Shape

BLOCK = re.compile(r"```sh\n(.*?)```|`(aws [^`]+)`", re.DOTALL)
# What a shell puts in, as something that every type takes.
PUT_IN = re.compile(r"\$\((?:resource \w+|since \d+)\)|\$\w+")
OF_THE_CLI = {"query", "output", "region"}
RENAMED = {"s3api": "s3"}
SESSION = botocore.session.get_session()


@dataclass(frozen=True)
class Command:
    """`aws SERVICE OPERATION --name value …`."""

    service: str
    words: list[str]

    @property
    def operation(self) -> OperationModel:
        model = SESSION.get_service_model(self.service)
        name = self.words[0]
        if name == "wait":
            loaded = SESSION.get_component("data_loader").load_service_model(
                self.service, "waiters-2"
            )
            waiters = {xform_name(each, "-"): each for each in loaded["waiters"]}
            return model.operation_model(
                WaiterModel(loaded).get_waiter(waiters[self.words[1]]).operation
            )
        return model.operation_model(
            {xform_name(each, "-"): each for each in model.operation_names}[name]
        )

    @property
    def options(self) -> dict[str, list[str]]:
        """Name → values."""
        found: dict[str, list[str]] = {}
        for word in self.words[1:]:
            if word.startswith("--"):
                values = found[word[2:]] = []
            elif found:
                values.append(word)
        return found

    def problems(self) -> list[str]:
        """What is not as the model says."""
        shape = self.operation.input_shape or StructureShape("Nothing", {"members": {}})
        members = {xform_name(name, "-"): name for name in shape.members}
        given, problems = {}, []
        for option, values in self.options.items():
            name = option.removeprefix("no-") if option.startswith("no-") else option
            if name in members:
                given[members[name]] = _typed(shape.members[members[name]], values)
                problems += _enumerated(shape.members[members[name]], values)
            elif option not in OF_THE_CLI:
                problems.append(f"--{option} is unknown")
        report = ParamValidator().validate(given, shape)
        wrong = [report.generate_report()] if report.has_errors() else []
        return [*problems, *wrong, *self._unknown_fields()]

    def _unknown_fields(self) -> list[str]:
        """Names in the query that are not in the answer."""
        known = set(_names(self.operation.output_shape, set()))
        queries = self.options.get("query", [])
        fields = [name for query in queries for name in _fields(jmespath.compile(query).parsed)]
        return [f"{name} is not in the answer" for name in fields if name not in known]


def commands(text: str) -> Iterator[Command]:
    """The commands of a page's blocks and of its sentences."""
    for block, inline in BLOCK.findall(text):
        for line in (block or inline).splitlines():
            if "aws " not in line:
                continue
            lexer = shlex.shlex(
                PUT_IN.sub("1234567890123", line), posix=True, punctuation_chars=True
            )
            lexer.whitespace_split, lexer.commenters = True, ""
            words = list(lexer)
            while "aws" in words:
                words = words[words.index("aws") + 1 :]
                end = next((at for at, word in enumerate(words) if set(word) <= set("();|&")), None)
                yield Command(RENAMED.get(words[0], words[0]), words[1:end])


def _typed(shape: Shape, values: list[str]) -> Any:
    match shape.type_name:
        case "boolean":
            return True
        case "integer" | "long":
            return int(values[0])
        case "list":
            return values
        case "structure" | "map":
            return json.loads(values[0])
        case _:
            return values[0]


def _enumerated(shape: Shape, values: list[str]) -> list[str]:
    allowed = getattr(shape.member if isinstance(shape, ListShape) else shape, "enum", [])
    return [f"{value} is none of {allowed}" for value in values if allowed and value not in allowed]


def _names(shape: Shape | None, seen: set[str]) -> Iterator[str]:
    """Every member's name below a shape."""
    if shape is None or shape.name in seen:
        return
    seen.add(shape.name)
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield name
            yield from _names(member, seen)
    elif isinstance(shape, ListShape):
        yield from _names(shape.member, seen)
    elif isinstance(shape, MapShape):
        yield from getattr(shape.key, "enum", [])
        yield from _names(shape.value, seen)


def _fields(node: dict[str, Any]) -> Iterator[str]:
    if node["type"] == "field":
        yield node["value"]
    for child in node["children"]:
        if isinstance(child, dict):  # but the numbers of a slice
            yield from _fields(child)
