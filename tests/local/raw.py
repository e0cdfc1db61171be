"""Requests as bytes: clients tidy paths and headers up, attackers do not."""

from __future__ import annotations

import http.client
import socket


def ask(
    port: int, path: str, *headers: str, method: str = "GET", host: str = "x"
) -> tuple[int, str]:
    """Send exactly this request line; gives the status and the body of the answer."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers, "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall("\r\n".join(lines).encode("latin-1"))
        answer = http.client.HTTPResponse(connection, method=method)
        answer.begin()
        return answer.status, answer.read().decode()
