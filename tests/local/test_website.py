"""The website over HTTP, as the local stack serves it."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest

from local.cloudformation.template import read
from local.cloudfront.content import CONFIG_KEYS, Content, WebsiteNotBuilt
from local.cloudfront.distribution import read_distribution
from local.cloudfront.website import Website
from local.servers import listening
from local.settings import REPOSITORY, Settings
from tests.local.raw import ask

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local.background import Background

PAGE = b"<!doctype html><title>To-dos</title>" + b"<p>" * 500
SCRIPT = b"export const answer = 42;" * 100
CONFIG = {key: f"value of {key}" for key in CONFIG_KEYS} | {"AwsEndpoint": "not for pages"}


@dataclass
class Site:
    """A served website."""

    folder: Path
    port: int

    def get(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        given = {
            "Accept-Encoding": "identity",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        return httpx.request(method, f"http://127.0.0.1:{self.port}{path}", headers=given)


@pytest.fixture
def site(background: Background, tmp_path: Path) -> Site:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_bytes(PAGE)
    (folder / "assets" / "app-1a2b.js").write_bytes(SCRIPT)
    (folder / "assets" / "picture.png").write_bytes(bytes(2000))
    (folder / "app.webmanifest").write_text("{}")
    (tmp_path / "secret.txt").write_text("outside")
    distribution = read_distribution(read(REPOSITORY / "website.yaml"), Settings(9000))
    website = Website(distribution, Content(folder, CONFIG))
    return Site(folder, background.enter(listening(website.handle)))


@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/today", "/assets", "/labels/home%2Fgarden", "/?a=b.js"]
)
def test_an_address_of_the_application_is_its_page(site: Site, path: str) -> None:
    answer = site.get(path)

    assert (answer.status_code, answer.content) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html"
    assert answer.headers["cache-control"] == "no-cache"


def test_localhost_leads_to_the_origin_that_is_allowed(site: Site) -> None:
    answer = site.get("/today?q=a", Host=f"localhost:{site.port}")

    assert answer.status_code == 307
    assert answer.headers["location"] == f"http://127.0.0.1:{site.port}/today?q=a"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/gone-1a2b.js",
        "/assets/",
        "/favicon.ico",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e./index.html",
        "//index.html",
        "/./index.html",
        "/INDEX.HTML",
        "/assets/app-1a2b.js%00",
    ],
)
def test_a_file_that_is_not_there_is_missing(site: Site, path: str) -> None:
    status, body = ask(site.port, path)

    assert status == 404
    assert "outside" not in body


def test_files_named_by_their_hash_are_kept_and_their_absence_is_not(site: Site) -> None:
    kept = site.get("/assets/app-1a2b.js")
    missing = site.get("/assets/gone-1a2b.js")

    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert missing.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/", "/assets/app-1a2b.js", "/config.json", "/gone.js"])
def test_every_answer_has_the_policys_headers(site: Site, path: str) -> None:
    headers = site.get(path).headers

    assert "require-trusted-types-for 'script'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_a_website_is_only_read(site: Site, method: str) -> None:
    assert site.get("/", method).status_code == 403


def test_head_is_get_without_a_body(site: Site) -> None:
    answer = site.get("/", "HEAD")

    assert answer.content == b""
    assert int(answer.headers["content-length"]) == len(PAGE)


def test_the_configuration_is_the_stacks_outputs(site: Site) -> None:
    answer = site.get("/config.json")

    assert answer.json() == {key: f"value of {key}" for key in CONFIG_KEYS}
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-cache"


def test_what_compresses_well_is_compressed(site: Site) -> None:
    script = site.get("/assets/app-1a2b.js", Accept_Encoding="gzip, br")
    picture = site.get("/assets/picture.png", Accept_Encoding="gzip")
    small = site.get("/app.webmanifest", Accept_Encoding="gzip")

    assert script.headers["content-encoding"] == "gzip"
    assert script.headers["vary"] == "Accept-Encoding"
    assert int(script.headers["content-length"]) == len(gzip.compress(SCRIPT))
    assert script.content == SCRIPT
    assert "content-encoding" not in picture.headers
    assert "content-encoding" not in small.headers


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_a_browser_has_is_not_sent_again(site: Site, encoding: str) -> None:
    tag = site.get("/", Accept_Encoding=encoding).headers["etag"]

    again = site.get("/", If_None_Match=tag, Accept_Encoding=encoding)
    other = site.get("/", If_None_Match='"other"')

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert again.headers["cache-control"] == "no-cache"
    assert other.status_code == 200


def test_a_new_build_is_seen_at_once(site: Site) -> None:
    (site.folder / "assets" / "new-3c4d.js").write_text("new")

    assert site.get("/assets/new-3c4d.js").text == "new"


def test_a_request_line_without_a_path_is_refused(site: Site) -> None:
    assert ask(site.port, "no-path")[0] == 400


def test_a_website_that_is_not_built_is_named(tmp_path: Path) -> None:
    with pytest.raises(WebsiteNotBuilt, match="make run"):
        Content(tmp_path, CONFIG)
