"""Who is asking: verifies the access tokens of the issuer, and nothing but access tokens."""

import re
import threading
import time
from typing import Any

import jwt
from jwt import PyJWK, PyJWKClient

ALGORITHM = "RS256"
KEYS_TIMEOUT = 2  # seconds; a caller waits for it
KEYS_LIFETIME = 3600  # seconds until keys are fetched anew, so that a withdrawn one goes
KEYS_PAUSE = 10  # seconds between two fetches, however many unknown key ids come in
CLOCK_SKEW = 10  # seconds that the issuer's clock may be ahead of ours
REMEMBERED = 1_000  # verified tokens; about 1 KB each
# Also a part of table and object keys, which it must not be able to steer.
SUBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")


class TokenRefused(Exception):
    """There is no token, or not one that is good here."""


class KeysUnavailable(Exception):
    """The issuer's public keys cannot be had, so nothing can be said about the token."""


class SigningKeys:
    """The issuer's public keys by their id, fetched when needed and kept when a fetch fails."""

    def __init__(self, url: str) -> None:
        self._source = PyJWKClient(url, cache_jwk_set=False, timeout=KEYS_TIMEOUT)
        self._lock = threading.Lock()
        self._fetching = threading.Thread()
        self._keys: dict[str | None, PyJWK] = {}
        self._last_try = self._last_success = float("-inf")

    def find(self, key_id: str | None) -> PyJWK:
        if key_id not in self._keys or time.monotonic() - self._last_success > KEYS_LIFETIME:
            self._refresh()
        if key := self._keys.get(key_id):
            return key
        if self._last_success < self._last_try:
            raise KeysUnavailable
        raise TokenRefused

    def _refresh(self) -> None:
        with self._lock:
            if time.monotonic() - self._last_try < KEYS_PAUSE:
                return
            self._last_try = time.monotonic()
            if not self._fetching.is_alive():
                self._fetching = threading.Thread(target=self._fetch, daemon=True)
                self._fetching.start()
            # The library's time-out begins anew with each byte, and names take their own time.
            self._fetching.join(KEYS_TIMEOUT)

    def _fetch(self) -> None:
        begun = self._last_try
        try:
            keys = {key.key_id: key for key in self._source.get_signing_keys()}
        except (jwt.PyJWTError, OSError, ValueError, TypeError, RecursionError):
            return  # unreachable, or no key set
        self._keys, self._last_success = keys, begun


class Verifier:
    """Tells the subject of a token; remembers verified tokens until they expire."""

    def __init__(self, keys: SigningKeys, issuer: str, audience: str) -> None:
        self._keys, self._issuer, self._audience = keys, issuer, audience
        self._lock = threading.Lock()
        self._verified: dict[str, tuple[str, float]] = {}

    def subject(self, authorization: str | None) -> str:
        """The `sub` of an `Authorization: Bearer …` header's token."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            raise TokenRefused
        subject, expires = self._verified.get(token, ("", 0.0))
        if expires <= time.time():
            subject, expires = self._verify(token)
            self._remember(token, subject, expires)
        return subject

    def _verify(self, token: str) -> tuple[str, float]:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") != ALGORITHM:  # before an unknown key id costs a fetch
                raise TokenRefused
            claims = jwt.decode(
                token,
                self._keys.find(header.get("kid")),
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                # Access tokens of Cognito have no `aud`; `client_id` is checked below. A library
                # without leeway for `iat` alone would also accept expired tokens for that long.
                options={"require": ["exp", "iat"], "verify_aud": False, "verify_iat": False},
            )
        except (jwt.PyJWTError, RecursionError) as error:  # the latter from nested JSON
            raise TokenRefused from error
        return self._subject(claims), float(claims["exp"])

    def _subject(self, claims: dict[str, Any]) -> str:
        issued, subject = claims["iat"], claims.get("sub")
        if not (
            claims.get("token_use") == "access"
            and claims.get("client_id") == self._audience
            and isinstance(issued, int | float)
            and issued <= time.time() + CLOCK_SKEW
            and isinstance(subject, str)
            and SUBJECT.fullmatch(subject)
        ):
            raise TokenRefused
        return subject

    def _remember(self, token: str, subject: str, expires: float) -> None:
        with self._lock:
            if len(self._verified) >= REMEMBERED:
                self._verified.pop(next(iter(self._verified)))
            self._verified[token] = subject, expires
