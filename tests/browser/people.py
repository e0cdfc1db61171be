"""People with accounts, made by the API of Cognito as the website would."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient

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


def administrator(stack: Stack) -> CognitoIdentityProviderClient:
    """What the owner of the user pool can do, and nobody else."""
    return boto3.client(
        "cognito-idp",
        region_name=stack.outputs["Region"],
        endpoint_url=stack.outputs["CognitoEndpoint"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
