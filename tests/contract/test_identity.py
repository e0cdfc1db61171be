"""Who is asking comes from the token alone, at every route that there is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.pair.issuer import Issuer

    Routes = Callable[[Flask], list[tuple[str, str]]]

BOB = "b0b00000-0000-4000-8000-000000000002"


def segment(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def tampered(token: str, **changes: object) -> str:
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return f"{header}.{segment(claims | changes)}.{signature}"


def signed_with_the_public_key(issuer: Issuer) -> str:
    """The classic confusion: HS256 with the public key as the secret."""
    pem = issuer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text = segment({"alg": "HS256", "typ": "JWT", "kid": "k1"}) + "." + segment(issuer.claims())
    digest = hmac.new(pem, text.encode(), hashlib.sha256).digest()
    return text + "." + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def unsigned(issuer: Issuer, algorithm: str) -> str:
    header = {"alg": algorithm, "kid": "k1"}
    return f"{segment(header)}.{segment(issuer.claims())}."


def of_another_key(issuer: Issuer) -> str:
    key = rsa.generate_private_key(65537, 2048)
    return jwt.encode(issuer.claims(), key, "RS256", {"kid": "k1"})


def with_header(issuer: Issuer, **header: object) -> str:
    return jwt.encode(issuer.claims(), issuer.key, "RS256", header)


REFUSED: dict[str, Callable[[Issuer], str | None]] = {
    "no header": lambda _: None,
    "empty header": lambda _: "",
    "no token": lambda _: "Bearer",
    "empty token": lambda _: "Bearer ",
    "another scheme": lambda issuer: f"Basic {issuer.token()}",
    "no scheme": lambda issuer: issuer.token(),
    "two tokens": lambda issuer: f"Bearer {issuer.token()} {issuer.token()}",
    "no JWT": lambda _: "Bearer x",
    "empty parts": lambda _: "Bearer ..",
    "not base64": lambda _: "Bearer \xff.\xff.\xff",
    "nested header": lambda _: f"Bearer {base64.urlsafe_b64encode(b'[' * 4_000).decode()}.e30.x",
    "header that is a list": lambda _: f"Bearer {segment([])}.e30.x",
    "another subject": lambda issuer: f"Bearer {tampered(issuer.token(), sub=BOB)}",
    "longer life": lambda issuer: f"Bearer {tampered(issuer.token(exp=1), exp=2**40)}",
    "no signature": lambda issuer: "Bearer " + issuer.token().rpartition(".")[0] + ".",
    "cut signature": lambda issuer: f"Bearer {issuer.token()[:-8]}",
    "expired": lambda issuer: f"Bearer {issuer.token(exp=int(time.time()) - 1)}",
    "expires now": lambda issuer: f"Bearer {issuer.token(exp=int(time.time()))}",
    "no expiry": lambda issuer: f"Bearer {issuer.token(exp=None)}",
    "no issue time": lambda issuer: f"Bearer {issuer.token(iat=None)}",
    "future issue time": lambda issuer: f"Bearer {issuer.token(iat=int(time.time()) + 60)}",
    "issue time that is no number": lambda issuer: f"Bearer {issuer.token(iat='now')}",
    "not yet valid": lambda issuer: f"Bearer {issuer.token(nbf=int(time.time()) + 60)}",
    "another client": lambda issuer: f"Bearer {issuer.token(client_id='other')}",
    "no client": lambda issuer: f"Bearer {issuer.token(client_id=None, aud='web')}",
    "another issuer": lambda issuer: f"Bearer {issuer.token(iss='https://issuer.example')}",
    "issuer with a slash": lambda issuer: (
        f"Bearer {issuer.token(iss=issuer.claims()['iss'] + '/')}"
    ),
    "no issuer": lambda issuer: f"Bearer {issuer.token(iss=None)}",
    "id token": lambda issuer: f"Bearer {issuer.token(token_use='id', aud='web')}",
    "no use": lambda issuer: f"Bearer {issuer.token(token_use=None)}",
    "no subject": lambda issuer: f"Bearer {issuer.token(sub=None)}",
    "empty subject": lambda issuer: f"Bearer {issuer.token(sub='')}",
    "subject that steers a key": lambda issuer: f"Bearer {issuer.token(sub=f'{BOB}/x')}",
    "alg none": lambda issuer: f"Bearer {unsigned(issuer, 'none')}",
    "alg None": lambda issuer: f"Bearer {unsigned(issuer, 'None')}",
    "alg HS256": lambda issuer: f"Bearer {signed_with_the_public_key(issuer)}",
    "alg RS512": lambda issuer: (
        f"Bearer {jwt.encode(issuer.claims(), issuer.key, 'RS512', {'kid': 'k1'})}"
    ),
    "another key": lambda issuer: f"Bearer {of_another_key(issuer)}",
    "unknown key id": lambda issuer: f"Bearer {issuer.token(key_id='k2')}",
    "no key id": lambda issuer: f"Bearer {with_header(issuer)}",
    "unknown critical header": lambda issuer: (
        f"Bearer {with_header(issuer, kid='k1', crit=['x'], x=1)}"
    ),
}


def test_each_service_has_routes_to_try(app: Flask, routes: Routes) -> None:
    assert len(routes(app)) >= 5


@pytest.mark.parametrize("name", REFUSED)
def test_no_route_accepts_a_bad_token(
    app: Flask, routes: Routes, issuer: Issuer, name: str
) -> None:
    authorization = REFUSED[name](issuer)
    headers = {} if authorization is None else {"Authorization": authorization}

    for method, path in routes(app):
        answer = app.test_client().open(path.format(owner="me"), method=method, headers=headers)

        assert answer.status_code == 401, (method, path)
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
        assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("owner", [BOB, "ME", "null", "..", "%2e%2e", "*"])
def test_no_route_serves_another_users_path(
    app: Flask, routes: Routes, issuer: Issuer, owner: str
) -> None:
    headers = {"Authorization": f"Bearer {issuer.token()}"}

    for method, path in routes(app):
        answer = app.test_client().open(path.format(owner=owner), method=method, headers=headers)

        assert answer.status_code == 403, (method, path)


def test_every_route_accepts_a_good_token(app: Flask, routes: Routes, issuer: Issuer) -> None:
    headers = {"Authorization": f"bearer {issuer.token()}"}

    for owner in ("me", issuer.claims()["sub"]):
        for method, path in routes(app):
            answer = app.test_client().open(
                path.format(owner=owner), method=method, headers=headers
            )

            assert answer.status_code in {200, 400, 404, 415}, (method, path)


def test_a_slightly_fast_clock_of_the_issuer_is_forgiven(app: Flask, issuer: Issuer) -> None:
    token = issuer.token(iat=int(time.time()) + 5)
    store_is_reached = app.test_client().get(
        "/me/todos/00000000-0000-4000-8000-00000000dead/files"
        if "files" in app.name
        else "/me/todos",
        headers={"Authorization": f"Bearer {token}"},
    )

    assert store_is_reached.status_code == 200
