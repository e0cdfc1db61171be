"""AWS's address in a rehearsal: passes every call on to the emulator, and notes whose it is."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx

from tests.pipelines.calls import Call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.pipelines.conditions import Conditions

CREDENTIAL = re.compile(r"Credential=(?P<key>[^/]+)/\d+/[^/]+/(?P<service>[^/]+)/aws4_request")
TAKING = b"Action=AssumeRoleWithWebIdentity"
ROLE = re.compile(r"RoleArn=[^&]*?%2Fdeployment%2F[^&]*-(?P<role>[A-Za-z]+)-[0-9A-F]+(&|$)")
REFUSAL = (
    b"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>a condition of "
    b"the role does not hold</Message></Error><RequestId>1</RequestId></ErrorResponse>"
)
KEY = re.compile(r"<AccessKeyId>([^<]+)</AccessKeyId>")
# Of one connection only, or written anew for it.
NOT_PASSED_ON = {"connection", "transfer-encoding", "content-length", "content-encoding"}


@dataclass
class Endpoint:
    """Passes calls on; each is noted under the role whose key signed it."""

    emulator: str
    conditions: Conditions
    calls: dict[str, list[Call]] = field(default_factory=lambda: defaultdict(list))
    _roles: dict[str, str] = field(default_factory=dict)

    def run(self) -> Iterator[Endpoint]:
        """Runs until the generator is closed."""
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                endpoint._pass_on(self)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any  # noqa: N815  of the base

            def log_message(self, *_: object) -> None:
                """Nothing into the test's output."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        self._client = httpx.Client(timeout=120)
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            self._client.close()
            thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def _pass_on(self, handler: BaseHTTPRequestHandler) -> None:
        body = _body(handler)
        if self._refuses(handler, body):
            handler.send_response(403)
            handler.send_header("Content-Length", str(len(REFUSAL)))
            handler.end_headers()
            handler.wfile.write(REFUSAL)
            return
        headers = {name: value for name, value in handler.headers.items() if name != "Expect"}
        # It stands for AWS, where TLS ends: the bucket's policy wants it.
        headers["X-Forwarded-Proto"] = "https"
        answer = self._client.request(
            handler.command, self.emulator + handler.path, headers=headers, content=body
        )
        self._learn(body, answer)
        handler.send_response(answer.status_code)
        for name, value in answer.headers.multi_items():
            if name.lower() not in NOT_PASSED_ON:
                handler.send_header(name, value)
        length = answer.headers.get("content-length") if handler.command == "HEAD" else None
        handler.send_header("Content-Length", length or str(len(answer.content)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(answer.content)

    def _refuses(self, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        """Note a role's call, and hold it to what the emulator does not know."""
        signed = CREDENTIAL.search(handler.headers.get("Authorization", ""))
        role = self._roles.get(signed["key"]) if signed else None
        if not signed or not role:
            return False
        headers = dict(handler.headers.items())
        call = Call.read(signed["service"], handler.command, handler.path, headers, body)
        self.calls[role].append(call)
        return not self.conditions.allow(role, call)

    def _learn(self, body: bytes, answer: httpx.Response) -> None:
        """Whose the key is that has just been given out for a role."""
        if TAKING not in body:
            return
        taken = ROLE.search(body.decode(errors="replace"))
        if taken and (key := KEY.search(answer.text)):
            self._roles[key[1]] = taken["role"]


def _body(handler: Any) -> bytes:
    if "chunked" not in handler.headers.get("Transfer-Encoding", ""):
        content: bytes = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        return content
    parts = []
    while size := int(handler.rfile.readline().split(b";")[0], 16):
        parts.append(handler.rfile.read(size))
        handler.rfile.readline()
    handler.rfile.readline()
    return b"".join(parts)
