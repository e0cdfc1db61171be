from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from local.emulator.mail import Mailbox, line
from local.servers import listening

if TYPE_CHECKING:
    from tests.local.background import Background


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            {"To": ["a@b.c"], "BodyText": "Your verification code is 123456."},
            "mail to a@b.c: confirmation code 123456",
        ),
        (
            {"To": ["a@b.c"], "BodyText": "", "BodyHtml": "<b>654321</b>"},
            "mail to a@b.c: confirmation code 654321",
        ),
        (
            {"To": ["a@b.c", "d@e.f"], "BodyText": "1234567", "Subject": "Hello"},
            "mail to a@b.c, d@e.f: Hello",
        ),
        ({"To": ["a@b.c"], "Subject": None}, "mail to a@b.c: no subject"),
        (
            {"To": ["a\x1b]0;pwned\x07@x"], "Subject": "a\nb\u202e\ud800"},
            "mail to a\ufffd]0;pwned\ufffd@x: a\ufffdb\ufffd\ufffd",
        ),
    ],
)
def test_a_message_is_one_line(message: dict[str, Any], shown: str) -> None:
    assert line(message) == shown


def test_each_message_is_shown_once(background: Background) -> None:
    outbox = [{"MessageId": "1", "To": ["a@b.c"]}]

    async def answer(_: web.BaseRequest) -> web.Response:
        return web.json_response({"messages": {"000000000000": outbox}})

    async def look() -> list[list[str]]:
        seen = []
        async with aiohttp.ClientSession() as session:
            for number in ("2", "3"):
                seen.append([found["MessageId"] for found in await mailbox.new(session)])
                outbox.append({"MessageId": number, "To": ["a@b.c"]})
            seen.append([found["MessageId"] for found in await mailbox.new(session)])
            seen.append([found["MessageId"] for found in await mailbox.new(session)])
        return seen

    port = background.enter(listening(answer))
    mailbox = Mailbox(f"http://127.0.0.1:{port}")

    assert background.run(look()) == [["1"], ["2"], ["3"], []]


MAIL = {"MessageId": "1", "To": ["a@b.c"], "Subject": "Hello"}


@pytest.mark.parametrize(
    ("outbox", "seen"),
    [
        ("no JSON", []),
        ("[]", []),
        ("null", []),
        ("{}", []),
        ('{"messages": []}', []),
        ('{"messages": {"0": null, "1": {}}}', []),
        (json.dumps({"messages": {"0": [1, {}, {"MessageId": "2"}, MAIL]}}), ["1"]),
        (json.dumps({"messages": {"0": [MAIL | {"To": "x"}, MAIL | {"To": [1]}, MAIL]}}), ["1"]),
        (json.dumps({"messages": {"0": [MAIL | {"BodyText": 1}, MAIL | {"MessageId": []}]}}), []),
    ],
)
def test_an_odd_outbox_ends_nothing(background: Background, outbox: str, seen: list[str]) -> None:
    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(text=outbox, content_type="application/json")

    async def look() -> list[str]:
        async with aiohttp.ClientSession() as session:
            return [found["MessageId"] for found in await mailbox.new(session)]

    mailbox = Mailbox(f"http://127.0.0.1:{background.enter(listening(answer))}")

    assert background.run(look()) == seen
