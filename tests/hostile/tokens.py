"""Tokens that were not given to whom shows them, and cursors that were not made for them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.hostile.rows import Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hostile.conftest import Scene

HERE, SERVICE = "401 message", "401 problem"


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def segment(content: Any) -> str:
    return encoded(json.dumps(content).encode())


def victims(scene: Scene, **changes: object) -> dict[str, Any]:
    return scene.pair.issuer.claims(**{"sub": scene.victim.sub, **changes})


def unsigned(algorithm: str) -> Callable[[Scene], str]:
    return lambda scene: (
        f"Bearer {segment({'alg': algorithm, 'kid': 'k1'})}.{segment(victims(scene))}."
    )


def with_the_public_key(scene: Scene) -> str:
    """The classic confusion: HS256 with the public key as the secret."""
    public = scene.pair.issuer.key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text = segment({"alg": "HS256", "typ": "JWT", "kid": "k1"}) + "." + segment(victims(scene))
    return f"Bearer {text}.{encoded(hmac.new(pem, text.encode(), hashlib.sha256).digest())}"


def of_another_key(scene: Scene, **header: Any) -> str:
    key = rsa.generate_private_key(65537, 2048)
    return f"Bearer {jwt.encode(victims(scene), key, 'RS256', {'kid': 'k1', **header})}"


def with_its_own_key(scene: Scene) -> str:
    """A key in the token's header, which nobody may believe."""
    key = rsa.generate_private_key(65537, 2048)
    public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    header = {"kid": "evil", "jwk": {**public, "kid": "evil"}, "jku": "http://evil.example/keys"}
    return f"Bearer {jwt.encode(victims(scene), key, 'RS256', header)}"


def altered(scene: Scene) -> str:
    """The attacker's token with the victim's name in it."""
    head, claims, signature = scene.attacker.token.split(".")
    content = json.loads(base64.urlsafe_b64decode(claims + "=="))
    return f"Bearer {head}.{segment({**content, 'sub': scene.victim.sub})}.{signature}"


def claiming(**changes: object) -> Callable[[Scene], str]:
    """Rightly signed, but not what these services ask for."""

    def signed(scene: Scene) -> str:
        claims = victims(scene, **changes)
        return f"Bearer {jwt.encode(claims, scene.pair.issuer.key, 'RS256', {'kid': 'k1'})}"

    return signed


def at(seconds: int, name: str) -> Callable[[Scene], str]:
    """A moment counted from when the token is shown, not from when this table was read."""

    def timed(scene: Scene) -> str:
        return claiming(**{name: int(time.time()) + seconds})(scene)

    return timed


def literally(text: str | None) -> Callable[[Scene], str | None]:
    return lambda _scene: text


def with_key_id(key_id: str) -> Callable[[Scene], str]:
    return lambda scene: "Bearer " + scene.pair.issuer.token(key_id, sub=scene.victim.sub)


# Refused by the gateway already, and by the services if it were not there.
AT_BOTH: dict[str, Callable[[Scene], str | None]] = {
    "none": literally(None),
    "empty": literally(""),
    "no token": literally("Bearer"),
    "rubbish": literally("Bearer open-sesame"),
    "two dots": literally("Bearer .."),
    "a password": literally("Basic dmljdGltOnNlY3JldA=="),
    "not ASCII": literally("Bearer " + "é.é.é".encode().decode("latin-1")),
    "nested": literally("Bearer " + encoded(b"[" * 3000) + ".e30.x"),
    "a list for a header": literally(f"Bearer {segment([])}.e30.x"),
    "two tokens": lambda scene: f"Bearer {scene.attacker.token} {scene.attacker.token}",
    "alg none": unsigned("none"),
    "alg None": unsigned("nOnE"),
    "alg empty": unsigned(""),
    "alg HS256 with the public key": with_the_public_key,
    "alg RS512": lambda scene: (
        f"Bearer {jwt.encode(victims(scene), scene.pair.issuer.key, 'RS512', {'kid': 'k1'})}"
    ),
    "another key": of_another_key,
    "its own key": with_its_own_key,
    "a key id that is a path": with_key_id("../../../dev/null"),
    "a key id that is SQL": with_key_id("k1' OR '1'='1"),
    "an unknown key id": with_key_id("k2"),
    "another's name under an old signature": altered,
    "no signature": lambda scene: f"Bearer {scene.victim.token.rpartition('.')[0]}.",
    "a cut signature": lambda scene: f"Bearer {scene.victim.token[:-10]}",
    "another pool": claiming(
        iss="https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Evil"
    ),
    "another issuer": claiming(iss="https://evil.example"),
    "no issuer": claiming(iss=None),
    "another client": claiming(client_id="evil"),
    "no client": claiming(client_id=None),
    "no expiry": claiming(exp=None),
    "expired a second ago": at(-1, "exp"),
    "expiring now": at(0, "exp"),
    "not yet valid": at(600, "nbf"),
    "an expiry that is no number": claiming(exp="never"),
}
# The gateway's authorizer takes these, on AWS too; the services do not.
BEHIND: dict[str, Callable[[Scene], str | None]] = {
    "an id token": claiming(token_use="id", aud="web"),
    "an audience beside another client": claiming(aud="web", client_id="evil"),
    "no use": claiming(token_use=None),
    "a refresh token's use": claiming(token_use="refresh"),
    "no subject": claiming(sub=None),
    "an empty subject": claiming(sub=""),
    "a subject with a #": claiming(sub="a#b"),
    "a subject with a slash": claiming(sub="a/../b"),
    "a subject of blanks": claiming(sub=" "),
    "a subject of 129 letters": claiming(sub="x" * 129),
    "a subject that is a wildcard": claiming(sub="*"),
    "a subject with a line": claiming(sub="a\n"),
    "no scheme": lambda scene: scene.attacker.token,
}


def forged(content: object) -> str:
    return encoded(content if isinstance(content, bytes) else json.dumps(content).encode())


DUE = "O#2026-12-24#00000000-0000-4000-8000-00000000dead"
CURSORS = {
    "rubbish": "open-sesame",
    "not base64": "%25%25",
    "padded": forged({"status": "open", "after": DUE}) + "==%3D",
    "empty": "",
    "513 letters": "x" * 513,
    "3,000 letters": "x" * 3000,
    "not JSON": forged(b"{"),
    "nested": forged(b"[" * 300),
    "a list": forged([]),
    "null": forged(None),
    "a number": forged(7),
    "another list's": forged({"status": "done", "after": DUE}),
    "another's key": forged({"status": "open", "after": DUE, "pk": "U#<victim>"}),
    "only a key": forged({"pk": {"S": "U#x"}, "sk": {"S": "T#x"}}),
    "beyond the prefix": forged({"status": "open", "after": "Q#2026-12-24#x"}),
    "no end": forged({"status": "open", "after": "O#"}),
    "a number after": forged({"status": "open", "after": 1}),
    "NUL after": forged({"status": "open", "after": "O#\0"}),
}

ROWS = [
    *(
        Row(f"token: {name}", "/<victim>/todos", HERE, SERVICE, authorization=of)
        for name, of in AT_BOTH.items()
    ),
    *(
        Row(f"token: {name}", "/<victim>/todos/<todo>/files", SERVICE, SERVICE, authorization=of)
        for name, of in BEHIND.items()
    ),
    *(
        Row(f"cursor: {name}", f"/me/todos?cursor={cursor}", "400 problem", "400 problem")
        for name, cursor in CURSORS.items()
    ),
    Row("cursor: the victim's", "/me/todos?limit=1&cursor=<cursor>", "200 body", "200 body"),
    Row(
        "cursor: the victim's for the trash",
        "/me/todos?status=trashed&cursor=<cursor>",
        "400 problem",
        "400 problem",
    ),
    Row("cursor: twice", "/me/todos?cursor=<cursor>&cursor=<cursor>", "400 problem", "400 problem"),
    Row(
        "cursor: with another sort",
        "/me/todos?sort=position&cursor=<cursor>",
        "400 problem",
        "400 problem",
    ),
]
