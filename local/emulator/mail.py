"""E-mail: what Cognito would send is shown in the terminal."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Any

import aiohttp

from local.terminal import say

# Not an AWS API: the outbox that the emulator documents for tests.
OUTBOX = "/_ministack/ses/messages"
POLL_SECONDS = 1.0
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
CODE = re.compile(r"\b\d{6}\b")


class Mailbox:
    """Prints each new message once."""

    def __init__(self, emulator_url: str) -> None:
        """The outbox is asked for at the emulator itself: the endpoint lets nobody else at it."""
        self._url = emulator_url + OUTBOX
        self._seen: set[str] = set()

    async def keep_showing(self) -> None:
        """Show what is new until cancelled; what lies there at first is of an earlier run."""
        async with aiohttp.ClientSession() as session:
            await self.new(session)
            while True:
                await asyncio.sleep(POLL_SECONDS)
                for message in await self.new(session):
                    say(line(message))

    async def new(self, session: aiohttp.ClientSession) -> list[Mapping[str, Any]]:
        """The messages that were not there before."""
        try:
            async with session.get(self._url, raise_for_status=True) as answer:
                outbox = await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError):  # no answer, or no JSON
            return []
        found = [message for message in _messages(outbox) if message["MessageId"] not in self._seen]
        self._seen.update(message["MessageId"] for message in found)
        return found


def _messages(outbox: object) -> Iterator[Mapping[str, Any]]:
    """The outbox's e-mails. It keeps other things too, and its form is no contract of AWS's."""
    accounts = outbox.get("messages") if isinstance(outbox, dict) else None
    for messages in accounts.values() if isinstance(accounts, dict) else ():
        for message in messages if isinstance(messages, list) else ():
            if _is_mail(message):
                yield message


def _is_mail(message: object) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("MessageId"), str):
        return False
    to = message.get("To")
    texts = (message.get(name) or "" for name in ("BodyText", "BodyHtml", "Subject"))
    return isinstance(to, list) and all(isinstance(text, str) for text in (*to, *texts))


def line(message: Mapping[str, Any]) -> str:
    """One line for a message: who gets it, and the code in it, or else its subject."""
    code = CODE.search(message.get("BodyText") or message.get("BodyHtml") or "")
    content = f"confirmation code {code[0]}" if code else message.get("Subject") or "no subject"
    shown = f"mail to {', '.join(message['To'])}: {content}"
    # Anybody may sign up with an address that is an order to the terminal.
    return "".join(char if char.isprintable() else REPLACEMENT for char in shown)
