"""What API Gateway's JWT authorizer checks of a token."""

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import jwt

from local.api_gateway.contract import Authorizer

# An unknown key id makes it ask for the keys again, but not more often than this.
REFRESH_SECONDS = 5
LEEWAY_SECONDS = 0


class TokenRefused(Exception):
    """The token is missing or wrong; the text is for the www-authenticate header."""


class KeySet:
    """The issuer's public keys, asked for at the AWS endpoint."""

    def __init__(self, session: aiohttp.ClientSession, endpoint_url: str) -> None:
        self._session = session
        self._endpoint_url = endpoint_url
        self._keys: dict[str, dict[str, jwt.PyJWK]] = {}
        self._asked: dict[str, float] = {}
        self._asking = asyncio.Lock()

    async def key(self, issuer: str, key_id: str) -> jwt.PyJWK | None:
        if key_id not in self._keys.get(issuer, {}):
            async with self._asking:  # whoever comes meanwhile waits for the same answer
                await self._refresh(issuer, key_id)
        return self._keys.get(issuer, {}).get(key_id)

    async def _refresh(self, issuer: str, key_id: str) -> None:
        stale = time.monotonic() - self._asked.get(issuer, -REFRESH_SECONDS) >= REFRESH_SECONDS
        if key_id not in self._keys.get(issuer, {}) and stale:
            self._asked[issuer] = time.monotonic()
            self._keys[issuer] = await self._fetch(issuer)

    async def _fetch(self, issuer: str) -> dict[str, jwt.PyJWK]:
        url = f"{self._endpoint_url}{urlsplit(issuer).path}/.well-known/jwks.json"
        try:
            async with self._session.get(url, raise_for_status=True) as answer:
                keys = jwt.PyJWKSet.from_dict(await answer.json(content_type=None)).keys
        except (aiohttp.ClientError, TimeoutError, jwt.PyJWKSetError, ValueError):
            self._asked.pop(issuer, None)
            return self._keys.get(issuer, {})
        return {key.key_id: key for key in keys if key.key_id}


async def authorize(keys: KeySet, rules: Authorizer, header: str | None) -> None:
    """Let an Authorization header pass, or refuse it. The `Bearer` may be left out, as on AWS."""
    token = (header or "").removeprefix("Bearer ").removeprefix("bearer ").strip()
    if not token:
        raise TokenRefused("")
    try:
        key = await keys.key(rules.issuer, jwt.get_unverified_header(token).get("kid", ""))
        if key is None:
            raise TokenRefused("unknown key")
        claims = _verified(token, key, rules)
    except jwt.ExpiredSignatureError as error:
        raise TokenRefused("the token has expired") from error
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        # What the token says may be neither text nor JSON, or go deeper than Python does. The
        # library's message can quote it, and a header is no place for a stranger's words.
        raise TokenRefused("the token is invalid") from error
    _check_audience(claims, rules)


def _verified(token: str, key: jwt.PyJWK, rules: Authorizer) -> dict[str, Any]:
    options: Any = {"verify_aud": False, "require": ["exp", "iss"]}
    return jwt.decode(
        token,
        key,
        algorithms=["RS256"],
        issuer=rules.issuer,
        leeway=LEEWAY_SECONDS,
        options=options,
    )


def _check_audience(claims: dict[str, Any], rules: Authorizer) -> None:
    """`aud` when the token has one, else `client_id` (Cognito's access tokens)."""
    given = claims.get("aud", claims.get("client_id"))
    audience = set(given) if isinstance(given, list) else {given}
    if not audience & rules.audience:
        raise TokenRefused("the audience is invalid")
