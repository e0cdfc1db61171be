"""What `make website` has built keeps the promises that a browser cannot check."""

import gzip
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "frontend" / "dist"
PAGE = (DIST / "index.html").read_text()

KILOBYTE = 1000
BUDGET = 90 * KILOBYTE
# What the first view takes: all but the sign-in, the second language, the worker.
FIRST_VIEW_BUDGET = 55 * KILOBYTE


def scripts() -> list[Path]:
    return sorted(DIST.rglob("*.js"))


def packed(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), 9))


def test_all_scripts_together_keep_the_budget() -> None:
    sizes = {file.name: packed(file) for file in scripts()}

    assert sum(sizes.values()) <= BUDGET, sizes


def test_the_first_view_does_not_wait_for_the_sign_in() -> None:
    (entry,) = re.findall(r'<script[^>]*src="/([^"]+)"', PAGE)
    imported = re.findall(r'(?:^|;)import[^"(]*"([^"]+)"', (DIST / entry).read_text())

    assert imported == []
    assert packed(DIST / entry) <= FIRST_VIEW_BUDGET
    assert "modulepreload" not in PAGE


def test_no_source_map_is_published() -> None:
    assert list(DIST.rglob("*.map")) == []
    for file in [*scripts(), *DIST.rglob("*.css")]:
        assert "sourceMappingURL" not in file.read_text(), file.name


def test_assets_are_named_by_their_content() -> None:
    names = [file.name for file in (DIST / "assets").iterdir()]

    assert names
    assert [name for name in names if not re.search(r"-[\w-]{8}\.\w+$", name)] == []


def test_nothing_stands_inline() -> None:
    assert re.findall(r"<script(?![^>]*\bsrc=)", PAGE) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", PAGE) == []


@pytest.mark.parametrize("kind", ["html", "css", "webmanifest"])
def test_nothing_is_fetched_from_elsewhere(kind: str) -> None:
    files = list(DIST.rglob(f"*.{kind}"))

    assert files
    for file in files:
        assert re.findall(r"(?:https?:)?//[\w.]+", file.read_text()) == [], file.name


def test_the_service_worker_keeps_what_is_there() -> None:
    listed = re.search(r'\["/",.*?\]', (DIST / "sw.js").read_text())
    assert listed
    addresses = json.loads(listed[0])

    assert {"/", "/config.json"} < set(addresses)
    for address in set(addresses) - {"/", "/config.json"}:
        assert (DIST / address[1:]).is_file(), address
    for asset in (DIST / "assets").iterdir():
        assert f"/assets/{asset.name}" in addresses


def test_no_script_makes_html_or_code_of_text() -> None:
    for file in (ROOT / "frontend" / "src").rglob("*.ts*"):
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|dangerouslySet|\beval\(|new Function|srcdoc",
            file.read_text(),
        )
        assert found == [], file.name


def test_the_build_takes_no_notice_of_node_env() -> None:
    """Machines that run other Node programs have it set; npm would leave out Vite."""
    ask = "ask: ; @echo NODE_ENV is $${NODE_ENV-unset}"
    told = subprocess.run(
        ["make", "--silent", f"--eval={ask}", "ask"],
        cwd=ROOT,
        env={**os.environ, "NODE_ENV": "production"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == "NODE_ENV is unset\n"
