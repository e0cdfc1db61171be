"""An issuer of access tokens with real keys."""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_pool"
CLIENT = "client-1"
KEY_ID = "key-1"
OURS = "the issuer's"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """A key pair; each name has its own."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_set() -> dict[str, Any]:
    public = json.loads(RSAAlgorithm.to_jwk(key(OURS).public_key()))
    return {"keys": [public | {"kid": KEY_ID, "alg": "RS256", "use": "sig"}]}


def token(
    *,
    signed_by: str = OURS,
    key_id: str = KEY_ID,
    left_out: str | None = None,
    **changes: Any,
) -> str:
    """An access token as Cognito makes it, with these claims changed."""
    claims = {
        "iss": ISSUER,
        "client_id": CLIENT,
        "token_use": "access",
        "sub": "someone",
        "exp": int(time.time()) + 600,
        **changes,
    }
    claims.pop(left_out or "", None)
    return jwt.encode(claims, key(signed_by), "RS256", headers={"kid": key_id})
