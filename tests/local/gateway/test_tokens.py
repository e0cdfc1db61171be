"""The gateway's JWT authorizer."""

from __future__ import annotations

import base64
import json
import re
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from tests.local import tokens

if TYPE_CHECKING:
    import httpx

    from tests.local.backend import Backend


INVALID_UTF8 = b"\xff\xfe"


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _head(header: object) -> str:
    """A token of this header, signed by nobody."""
    return f"{_encoded(json.dumps(header).encode())}.{_encoded(b'{}')}.{_encoded(b'x')}"


def unsigned() -> str:
    return jwt.encode({"iss": tokens.ISSUER}, "", "none", headers={"kid": tokens.KEY_ID})


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer no.token.atall",
        "Basic dTpw",
        f"Bearer {tokens.token()[:-8]}AAAAAAAA",
        f"Bearer {tokens.token(signed_by='somebody else')}",
        f"Bearer {tokens.token(key_id='unknown')}",
        f"Bearer {tokens.token(exp=int(time.time()) - 1)}",
        f"Bearer {tokens.token(nbf=int(time.time()) + 600)}",
        f"Bearer {tokens.token(left_out='exp')}",
        f"Bearer {tokens.token(left_out='iss')}",
        f"Bearer {tokens.token(iss=tokens.ISSUER + 'x')}",
        f"Bearer {tokens.token(left_out='client_id')}",
        f"Bearer {tokens.token(client_id='client-2')}",
        f"Bearer {tokens.token(aud='client-2')}",
        f"Bearer {jwt.encode({'iss': tokens.ISSUER}, 'k' * 32, 'HS256', {'kid': tokens.KEY_ID})}",
        f"Bearer {unsigned()}",
        b"Bearer \xff.x.y",
        f"Bearer {tokens.token()}".encode() + b"\xff",
        "Bearer \u00e4.\u00f6.x".encode(),
        _head({"alg": "RS256", "kid": tokens.KEY_ID, "crit": ["x\r\nE: 1"]}),
        _head({"alg": "RS256", "kid": ["x"]}),
        _head([]),
        f"{_encoded(INVALID_UTF8)}.x.y",
        f"{_encoded(b'[' * 5000)}.x.y",
    ],
)
def test_a_token_that_is_not_right_is_refused(
    client: httpx.Client, behind: Backend, authorization: str | bytes | None
) -> None:
    client.headers.pop("Authorization")
    headers: Any = {} if authorization is None else {b"Authorization": authorization}
    if isinstance(authorization, str):
        headers = {"Authorization": authorization}

    answer = client.get("/me/todos", headers=headers)

    assert answer.status_code == 401
    assert answer.json() == {"message": "Unauthorized"}
    challenge = answer.headers["www-authenticate"]
    assert re.fullmatch(
        r'Bearer( scope="" error="invalid_token" error_descr[a-z _="]+)?', challenge
    )
    assert behind.requests == []


@pytest.mark.parametrize("prefix", ["", "Bearer ", "bearer "])
@pytest.mark.parametrize("claims", [{}, {"aud": tokens.CLIENT}, {"aud": ["x", tokens.CLIENT]}])
def test_a_right_token_passes(client: httpx.Client, prefix: str, claims: dict[str, Any]) -> None:
    headers = {"Authorization": prefix + tokens.token(**claims)}

    assert client.get("/me/todos", headers=headers).status_code == 200
