"""What the documentation says is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from files_service import config as files_config
from files_service import variables as files_variables
from main_service import config as main_config
from main_service import variables as main_variables

from local.cloudformation.template import UNEMULATED, UNEMULATED_WITH

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob(".github/*.md"), *ROOT.glob("docs/**/*.md")])
CONFIGURATION = (ROOT / "docs/configuration.md").read_text()


def documented_variables() -> dict[str, tuple[str, str]]:
    """Variable → the services that read it and its default, as the page has them."""
    section = CONFIGURATION.split("## Of the services")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) ?\| .+ \|$", section, re.MULTILINE)
    return {name: (service, default) for name, service, default in rows}


def read_variables() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for service, config in (("main", main_config), ("files", files_config)):
        variables = {**config.VARIABLES, **getattr(config, "WORKER_VARIABLES", {})}
        for name, variable in variables.items():
            default = {None: "", "": "below the issuer"}.get(
                variable.default, f"`{variable.default}`"
            )
            found[name] = ("both" if name in found else service, default)
    return found


def test_every_variable_of_the_services_is_documented_with_its_default() -> None:
    assert documented_variables() == read_variables()


@pytest.mark.parametrize("variables", [main_variables, files_variables])
def test_every_variable_of_aws_that_counts_is_documented(variables: ModuleType) -> None:
    section = CONFIGURATION.split("| variable | meaning |")[1].split("\n\n")[0]

    documented = re.findall(r"`(AWS_\w+)`(?=[^|]* \| )", section)

    assert sorted(documented) == sorted(variables.AWS_VARIABLES)


def test_every_type_that_is_not_emulated_is_documented() -> None:
    page = (ROOT / "docs/local.md").read_text()

    assert set(re.findall(r"^\| `(AWS::\S+)` \|", page, re.MULTILINE)) == set(UNEMULATED)
    with_ = dict(re.findall(r"^\| `(AWS::\S+)` with `(\w+)` \|", page, re.MULTILINE))
    assert with_ == {kind: name for kind, (name, _) in UNEMULATED_WITH.items()}


CHECKS = re.compile(r"^(?:CHECKS|MEASURES|PARTS) := (.*)$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_and_target_that_is_named_exists(page: Path) -> None:
    text = page.read_text()
    files = re.findall(r"`((?:docs|local|requirements|scripts|services|tests)/[\w./-]*)`", text)
    targets = re.findall(r"(?m)(?:^|`)(?:\w+=\S+ )*make (?:--silent )?([a-z]+(?:-[a-z]+)*)", text)
    makefile = (ROOT / "Makefile").read_text()

    assert [file for file in files if not (ROOT / file).exists()] == []
    checks = {f"test-{name}" for name in " ".join(CHECKS.findall(makefile)).split()}
    unknown = {name for name in targets if not re.search(rf"^{name}:", makefile, re.MULTILINE)}
    assert unknown - checks == set()


def test_the_readme_is_read_in_minutes() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150
