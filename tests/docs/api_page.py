"""docs/api.md, from the contract and the services: `python -m tests.docs.api_page` writes it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from tests.pair.operations import CONTRACT, METHODS, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = ROOT / "docs/api.md"
HEAD = """\
# The API

The contract is api.yaml; this page is made from it and from the services, and a test compares them.
Write it anew with `.venv/dev/bin/python -m tests.docs.api_page`.

{description}

Every request has an access token, `Authorization: Bearer …`.
Bodies are JSON in UTF-8; unknown fields, query parameters, media types and
encodings are refused by name.
Every answer has an `X-Request-Id`: the caller's own, when it has at most 64 of the characters
`A-Za-z0-9._:=;-`, or a new one; the log line of the request has it too.
"""
UNITS = "## Units\n"
# What may be tried again, and when.
RETRIES = """
After 429 and 503 the same request may be sent again, after the seconds in `Retry-After` if there is
one. Every request may be repeated without harm but POST of a to-do or a file, which makes another
one: create to-dos by PUT under an id of your own where that matters.
"""


def page(units: str) -> str:
    parts = [HEAD.format(description=CONTRACT["info"]["description"]), _routes(), _problems()]
    return "\n".join([*parts, _limits(), units])


def _followed(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = CONTRACT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def _routes() -> str:
    rows = ["## Routes\n", "| route | what | parameters and body | success |", "|---|---|---|---|"]
    rows += [
        _route(method, path, item[method])
        for path, item in CONTRACT["paths"].items()
        for method in METHODS
        if method in item
    ]
    return "\n".join(rows) + "\n"


def _route(method: str, path: str, operation: dict[str, Any]) -> str:
    given = [_parameter(_followed(found)) for found in operation.get("parameters", [])]
    given += [
        f"`{schema['schema']['$ref'].rpartition('/')[2]}` as `{media_type}`"
        for media_type, schema in operation.get("requestBody", {}).get("content", {}).items()
    ]
    statuses = ", ".join(status for status in operation["responses"] if status != "default")
    summary = operation["summary"]
    return f"| {method.upper()} `{path}` | {summary} | {'; '.join(given)} | {statuses} |"


def _parameter(found: dict[str, Any]) -> str:
    schema = found["schema"]
    values = "\\|".join(schema.get("enum", []))
    about = [values] if values else []
    if "maximum" in schema:
        about.append(f"{schema['minimum']} to {schema['maximum']}")
    if "default" in schema:
        about.append(f"default {schema['default']}")
    return f"`{found['name']}`" + (f" ({', '.join(about)})" if about else "")


def _problems() -> str:
    rows = ["## Problems\n"]
    rows += ["A problem's `type` is `urn:todo-on-ecs:problem:` and the word in the first column.\n"]
    rows += ["| type | status | of | what it says |", "|---|---|---|---|"]
    found: dict[tuple[str, int], tuple[set[str], set[str]]] = {}
    for service in ("main", "files"):
        for status, slug, detail in raised(ROOT / f"services/{service}/{service}_service"):
            services, details = found.setdefault((slug, status), (set(), set()))
            services.add(service)
            details |= {detail} if detail else set()
    for (slug, status), (services, details) in sorted(found.items()):
        of = "both" if len(services) > 1 else next(iter(services))
        rows.append(f"| `{slug}` | {status} | {of} | {' / '.join(sorted(details))} |")
    return "\n".join(rows) + "\n" + RETRIES


def raised(package: Path) -> Iterator[tuple[int, str, str]]:
    """Status, slug and detail of each problem that a service's code mentions."""
    for module in sorted(package.glob("*.py")):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Problem":
                yield from _of_call(node)
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SLUGS":
                slugs: dict[int, str] = ast.literal_eval(node.value)
                yield from ((status, slug, "") for status, slug in slugs.items())


def _of_call(call: ast.Call) -> Iterator[tuple[int, str, str]]:
    values = [arg.value if isinstance(arg, ast.Constant) else None for arg in call.args[:3]]
    status, slug, detail = values
    if isinstance(status, int) and isinstance(slug, str):
        yield status, slug, str(detail or "").replace("{}", "…")


def _limits() -> str:
    rows = ["## Limits\n", "| of | field | limits |", "|---|---|---|"]
    for name in ("NewTodo", "NewFile"):
        for field, schema in CONTRACT["components"]["schemas"][name]["properties"].items():
            if text := _limit(_followed(schema)):
                rows.append(f"| `{name}` | `{field}` | {text} |")
    text = (
        "\nFurther limits are settings, with their defaults in [configuration](configuration.md).\n"
        "API Gateway passes no answer of more than 10 MB, so a longer export comes in pages of the"
        " list."
    )
    return "\n".join(rows) + "\n" + text + "\n"


def _limit(schema: dict[str, Any]) -> str:
    words = {
        ("minLength", "maxLength"): "characters",
        ("minimum", "maximum"): "",
        ("minItems", "maxItems"): "entries",
    }
    for (least, most), unit in words.items():
        if most in schema:
            text = f"{schema.get(least, 0)} to {schema[most]} {unit}".strip()
            each = _limit(_followed(schema["items"])) if "items" in schema else ""
            return text + (f", each of {each}" if each else "")
    return f"`{schema['format']}`" if "format" in schema else ""


def kept_units() -> str:
    """The measured part, which only tests/faults can write."""
    text = PAGE.read_text() if PAGE.exists() else ""
    return UNITS + text.partition(UNITS)[2]


if __name__ == "__main__":
    PAGE.write_text(page(kept_units()))
