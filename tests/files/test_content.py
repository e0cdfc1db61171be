"""Downloads: where the bytes are, under which name, and as what a browser takes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.files.conftest import Uploads

ALICE = "a11ce000-0000-4000-8000-000000000001"
TODO = "11111111-0000-4000-8000-000000000001"
FILES = f"/me/todos/{TODO}/files"
SAFE = "application/octet-stream"


def query_of(location: str) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(location).query).items()}


def test_content_is_downloaded_from_s3_within_a_minute_as_an_attachment(
    alice: FlaskClient, uploads: Uploads, bucket: str
) -> None:
    file = uploads.attach(alice, FILES, name="Übersicht 2026.pdf")

    answer = alice.get(f"{FILES}/{file['id']}/content")

    url, query = urlsplit(answer.headers["Location"]), query_of(answer.headers["Location"])
    assert (answer.status_code, answer.data) == (302, b"")
    assert url.hostname == f"{bucket}.s3.eu-central-1.amazonaws.com"
    assert url.path == f"/u/{ALICE}/{TODO}/{file['id']}"
    assert query["X-Amz-Expires"] == "60"
    assert query["response-content-type"] == SAFE
    assert (
        query["response-content-disposition"]
        == "attachment; filename=\"_bersicht 2026.pdf\"; filename*=UTF-8''%C3%9Cbersicht%202026.pdf"
    )


@pytest.mark.parametrize(
    "name",
    [
        'a"b.txt',
        "a\\b",
        "50%.txt",
        "..",
        "../../etc/passwd",
        "日本語.txt",
        "👩‍💻",
        "a;b'c",
        " . ",
        "e\u0301.txt",
        "\u202etxt.exe",
        "שלום.pdf",
        "a\u2028b",
        "%0d%0aX: y",
        "x" * 255,
        "字" * 255,
    ],
)
def test_any_name_survives_the_download(alice: FlaskClient, uploads: Uploads, name: str) -> None:
    file = uploads.attach(alice, FILES, name=name)

    answer = alice.get(f"{FILES}/{file['id']}/content")

    disposition = query_of(answer.headers["Location"])["response-content-disposition"]
    kind, fallback, extended = disposition.split("; filename")
    assert kind == "attachment"
    assert fallback.isascii()
    assert fallback.isprintable()
    assert not set(fallback.removeprefix('="').removesuffix('"')) & set('"\\/%')
    assert unquote(extended.removeprefix("*=UTF-8''")) == name
    assert re.fullmatch(r"\*=UTF-8''[A-Za-z0-9_.~%-]*", extended)


@pytest.mark.parametrize("query", ["", "?inline"])
@pytest.mark.parametrize(
    "kind",
    [
        "text/html",
        "TEXT/HTML",
        "image/svg+xml",
        "application/xhtml+xml",
        "text/xml",
        "application/pdf",
        "text/javascript",
        "multipart/x-mixed-replace",
        "message/rfc822",
        "image/unheard-of",
        "text/plain",
    ],
)
def test_what_is_no_raster_image_is_saved_and_never_run(
    alice: FlaskClient, uploads: Uploads, kind: str, query: str
) -> None:
    file = uploads.attach(alice, FILES, contentType=kind)

    answer = alice.get(f"{FILES}/{file['id']}/content{query}")

    overrides = query_of(answer.headers["Location"])
    assert overrides["response-content-type"] == SAFE
    assert overrides["response-content-disposition"].startswith("attachment; ")


@pytest.mark.parametrize(
    "kind", ["image/png", "image/jpeg", "image/gif", "image/webp", "IMAGE/avif"]
)
def test_a_raster_image_is_shown_when_asked_for_inline(
    alice: FlaskClient, uploads: Uploads, kind: str
) -> None:
    path = f"{FILES}/{uploads.attach(alice, FILES, contentType=kind, name='ä')['id']}/content"

    inline = query_of(alice.get(f"{path}?inline").headers["Location"])
    saved = query_of(alice.get(path).headers["Location"])

    named = "; filename=\"_\"; filename*=UTF-8''%C3%A4"
    assert inline["response-content-disposition"] == f"inline{named}"
    assert saved["response-content-disposition"] == f"attachment{named}"
    assert inline["response-content-type"] == saved["response-content-type"] == kind.lower()


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (None, 302),
        ("*/*", 302),
        ("text/html,application/xhtml+xml,*/*;q=0.8", 302),
        ("application/*", 302),
        ("application/json;q=0", 302),
        ("image/avif,image/webp,*/*", 302),
        ("application/json", 200),
        ("Application/JSON", 200),
        ("application/json, text/plain, */*", 200),
        ("application/json;q=0.5", 200),
    ],
)
def test_who_asks_for_json_gets_the_url_instead_of_a_redirection(
    alice: FlaskClient, uploads: Uploads, accept: str | None, status: int
) -> None:
    file = uploads.attach(alice, FILES)
    headers = {"Accept": accept} if accept else {}

    answer = alice.get(f"{FILES}/{file['id']}/content", headers=headers)

    assert answer.status_code == status
    assert answer.headers["Vary"] == "Accept"
    assert ("Location" in answer.headers) == (status == 302)


def test_the_url_says_until_when_it_is_good(alice: FlaskClient, uploads: Uploads) -> None:
    file = uploads.attach(alice, FILES)
    before = datetime.now(UTC)

    answer = alice.get(f"{FILES}/{file['id']}/content", headers={"Accept": "application/json"})

    content = answer.get_json()
    assert set(content) == {"url", "expiresAt"}
    left = datetime.fromisoformat(content["expiresAt"]) - before
    assert timedelta(seconds=59) < left < timedelta(seconds=65)
    assert query_of(content["url"])["X-Amz-Expires"] == "60"


@pytest.mark.parametrize(
    "query", ["inline=1", "inline&inline", "inline=true", "Inline", "inline=%ff", "download"]
)
def test_inline_has_no_value_and_no_company(
    alice: FlaskClient, uploads: Uploads, query: str
) -> None:
    file = uploads.attach(alice, FILES, contentType="image/png")

    answer = alice.get(f"{FILES}/{file['id']}/content?{query}")

    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["pointer"] == query.partition("=")[0].partition("&")[0]


def test_there_is_no_content_before_the_upload_is_complete(
    alice: FlaskClient, uploads: Uploads
) -> None:
    announced = uploads.announce(alice, FILES)
    uploads.put(announced["upload"])

    answer = alice.get(f"{FILES}/{announced['file']['id']}/content")

    assert answer.status_code == 409
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:upload-pending"
