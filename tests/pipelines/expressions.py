"""GitHub's expressions, as far as our workflows use them; whatever else one holds is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+)|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<sign>==|!=|&&|\|\||[!().,]))"
)
PLACE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
# Each ends a job's or a step's implicit `success()`.
STATES = {"success", "failure", "always", "cancelled"}


class UnknownExpression(Exception):
    """An expression holds what is not understood here."""


@dataclass(frozen=True)
class Scope:
    """The contexts an expression can name, and the functions of the state so far."""

    contexts: Mapping[str, Any]
    state: Mapping[str, Callable[[], bool]]

    def fill(self, text: str) -> Any:
        """A value of a workflow with its expressions; one that is nothing else keeps its type."""
        if whole := PLACE.fullmatch(text.strip()):
            return self.evaluate(whole[1])
        return PLACE.sub(lambda found: as_text(self.evaluate(found[1])), text)

    def evaluate(self, text: str) -> Any:
        parser = _Parser(_tokens(text), self)
        value = parser.either()
        if parser.rest:
            raise UnknownExpression(text)
        return value

    def holds(self, condition: object) -> bool:
        """Whether a job or step with this `if` runs."""
        text = as_text(True if condition is None else condition).strip()
        if whole := PLACE.fullmatch(text):
            text = whole[1]
        asked = {name for kind, name in _tokens(text) if kind == "name"} & STATES
        return (bool(asked) or self.state["success"]()) and truthy(self.evaluate(text))


def truthy(value: Any) -> bool:
    return value not in (None, False, 0, "")


def as_text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def equal(one: Any, other: Any) -> bool:
    """Loosely: values of two types are compared as numbers, texts without their case."""
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    if type(one) is type(other):
        return bool(one == other)
    return _number(one) == _number(other)


def _number(value: Any) -> float:
    if value is None or value == "":
        return 0
    try:
        return float(value)
    except ValueError:
        return float("nan")


def _tokens(text: str) -> list[tuple[str, str]]:
    found, position = [], 0
    while position < len(text.rstrip()):
        token = TOKEN.match(text, position)
        if not token or not token.lastgroup:
            raise UnknownExpression(text)
        found.append((token.lastgroup, token[token.lastgroup]))
        position = token.end()
    return found


@dataclass
class _Parser:
    """Reads one expression from the left; each method is a level of its grammar."""

    rest: list[tuple[str, str]]
    scope: Scope

    def either(self) -> Any:
        value = self.both()
        while self._takes("||"):
            other = self.both()
            value = value if truthy(value) else other
        return value

    def both(self) -> Any:
        value = self.comparison()
        while self._takes("&&"):
            other = self.comparison()
            value = other if truthy(value) else value
        return value

    def comparison(self) -> Any:
        value = self.negation()
        if self._takes("=="):
            return equal(value, self.negation())
        if self._takes("!="):
            return not equal(value, self.negation())
        return value

    def negation(self) -> Any:
        return not truthy(self.negation()) if self._takes("!") else self.value()

    def value(self) -> Any:
        if self._takes("("):
            value = self.either()
            self._need(")")
            return value
        kind, text = self.rest.pop(0) if self.rest else ("", "")
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return int(text)
        if kind != "name":
            raise UnknownExpression(text)
        return self._named(text)

    def _named(self, name: str) -> Any:
        if name in WORDS:
            return WORDS[name]
        if self._takes("("):
            self._need(")")
            if name not in self.scope.state:
                raise UnknownExpression(f"{name}()")
            return self.scope.state[name]()
        if name not in self.scope.contexts:
            raise UnknownExpression(name)
        value = self.scope.contexts[name]
        while self._takes("."):
            _, key = self.rest.pop(0)
            value = _member(value, key)
        return value

    def _takes(self, sign: str) -> bool:
        if self.rest and self.rest[0] == ("sign", sign):
            self.rest.pop(0)
            return True
        return False

    def _need(self, sign: str) -> None:
        if not self._takes(sign):
            raise UnknownExpression(f"no {sign}")


def _member(value: Any, key: str) -> Any:
    """What GitHub has none of is null there, too: `github.event.pull_request` of a push."""
    if value is None:
        return None
    if isinstance(value, dict):
        return value.get(key)
    raise UnknownExpression(key)
