"""People with accounts, made by the API of Cognito as the website would."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.stack import Person, Stack

# The emulator's codes; make run prints each a second later.
SIGN_UP_CODE = "123456"
RESET_CODE = "654321"


def new_address() -> str:
    return f"{secrets.token_hex(6)}@example.com"


def new_person(stack: Stack, email: str = "") -> Person:
    """Somebody signed up, confirmed and signed in."""
    person = stack.sign_up(email)
    stack.confirm(person, SIGN_UP_CODE)
    person.sign_in()
    return person
