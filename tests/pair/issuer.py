"""A user pool as the services and the gateway see it."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

REGION = "eu-central-1"
ISSUER = f"https://cognito-idp.{REGION}.amazonaws.com/{REGION}_TestPool"
AUDIENCE = "web"
ALICE = "a11ce000-0000-4000-8000-000000000001"


class Issuer:
    """Signs tokens, also such as no service may accept, and gives public keys over HTTP."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        self.key_ids = ["k1"]
        self.status = 200
        self.fetches = 0
        self.server = self._serve()
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.url = f"{self.origin}/jwks.json"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def claims(self, **changes: object) -> dict[str, Any]:
        """An access token's claims; a change to None takes one away."""
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": ALICE, "client_id": AUDIENCE, "token_use": "access"}
        changed: dict[str, object] = {**claims, "iat": now, "exp": now + 900, **changes}
        return {name: value for name, value in changed.items() if value is not None}

    def token(self, key_id: str = "k1", **changes: object) -> str:
        return jwt.encode(self.claims(**changes), self.key, "RS256", {"kid": key_id})

    def _keys(self) -> bytes:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        keys = [{**public, "kid": key_id, "alg": "RS256", "use": "sig"} for key_id in self.key_ids]
        return json.dumps({"keys": keys}).encode()

    def _serve(self) -> ThreadingHTTPServer:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.fetches += 1
                self.send_response(issuer.status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(issuer._keys())

            def log_message(self, *_args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return server
