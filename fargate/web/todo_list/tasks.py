"""A task, and what may be in it."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

TITLE_LENGTH = 200  # characters
# Control characters and halves of pairs; a title is one line of text.
UNPRINTABLE = {"Cc", "Cs"}
# Marks and joiners show nothing by themselves; these letters are blank.
INVISIBLE = {"Cf", "Me", "Mn", "Zl", "Zp", "Zs"}
BLANK = set("\u115f\u1160\u2800\u3164\uffa0")


class TitleRefused(ValueError):
    """The text says why, to the person who typed it."""


@dataclass(frozen=True, slots=True)
class Task:
    id: UUID
    title: str
    important: bool
    completed_at: datetime | None
    version: int

    @property
    def completed(self) -> bool:
        return self.completed_at is not None


def title_of(text: str) -> str:
    """What was typed, in one line and one spelling."""
    title = unicodedata.normalize("NFC", " ".join(text.split()))
    if not any(_shows(character) for character in title):
        raise TitleRefused("Say what is to be done.")
    if len(title) > TITLE_LENGTH:
        raise TitleRefused(
            f"A task has at most {TITLE_LENGTH} characters; this one has {len(title)}."
        )
    if any(unicodedata.category(character) in UNPRINTABLE for character in title):
        raise TitleRefused("There are characters in it that cannot be shown.")
    return title


def _shows(character: str) -> bool:
    return unicodedata.category(character) not in INVISIBLE and character not in BLANK
