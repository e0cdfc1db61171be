"""Connections to HTTP servers of AWS that are kept, and never waited for longer than allowed."""

import re
import select
import socket
import ssl
import time
from contextlib import suppress
from urllib.parse import urlsplit

from . import aws
from .variables import unusable

CHUNK = 65_536  # bytes
STATUS = re.compile(rb"HTTP/1\.([01]) ([0-9]{3}) ")
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]{1,9})(?![0-9])", re.IGNORECASE)
LAST = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


class Server:
    """One server; safe to share between threads.

    It speaks what DynamoDB does: answers of a told length. Those without one end with their
    connection; other transfer codings do not work.
    """

    def __init__(self, url: str, ca_bundle: str | None) -> None:
        """The bundle is a file of certificates; without one, the system's count."""
        self._idle: list[socket.socket] = []
        parts = urlsplit(url)
        self.host, self._name = parts.netloc, parts.hostname or ""
        self._tls = _trust(ca_bundle) if parts.scheme == "https" else None
        self._port = parts.port or (443 if self._tls else 80)

    def __del__(self) -> None:
        self._drop_kept()

    def exchange(self, request: bytes, deadline: float) -> tuple[int, bytearray]:
        """The answer's status and body; NoAnswer when there is none."""
        connection = self._kept() or self._connected(deadline)
        try:
            timeout = min(aws.READ_TIMEOUT, _left(deadline))
            if connection.gettimeout() != timeout:  # each setting is a call of the system
                connection.settimeout(timeout)
            until = time.monotonic() + timeout
            connection.sendall(request)
            status, content, last = _receive(connection, until)
        except TimeoutError as error:
            connection.close()
            raise aws.NoAnswer("no answer in time") from error
        except OSError as error:
            connection.close()
            self._drop_kept()  # what ended this one has probably ended them all
            raise aws.NoAnswer("the connection broke") from error
        except aws.NoAnswer:
            connection.close()
            raise
        if last:
            connection.close()
        else:
            self._idle.append(connection)
        return status, content

    def _kept(self) -> socket.socket | None:
        with suppress(IndexError):  # none is left
            while True:
                connection = self._idle.pop()
                if not _readable(connection):
                    return connection
                # The server has done so, or sent what would be taken for somebody else's answer.
                connection.close()
        return None

    def _drop_kept(self) -> None:
        with suppress(IndexError):  # none is left
            while True:
                self._idle.pop().close()

    def _connected(self, deadline: float) -> socket.socket:
        try:
            timeout = min(aws.CONNECT_TIMEOUT, _left(deadline))
            connection = _reached(self._name, self._port, time.monotonic() + timeout)
            connection.settimeout(timeout)
            return self._secured(connection)
        except TimeoutError as error:
            raise aws.NoAnswer("no connection in time") from error
        except OSError as error:
            raise aws.NoAnswer("no connection") from error

    def _secured(self, connection: socket.socket) -> socket.socket:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self._tls:
            return connection
        try:
            return self._tls.wrap_socket(connection, server_hostname=self._name)
        except OSError:
            connection.close()
            raise


def _trust(ca_bundle: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_bundle or None)
    except OSError:  # no such file, or nothing in it that is a certificate
        raise unusable("AWS_CA_BUNDLE") from None


def _reached(name: str, port: int, until: float) -> socket.socket:
    """A connection to one of the name's addresses, all of which together have the time that
    socket.create_connection would give to each."""
    addresses = [
        str(found[4][0]) for found in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    ]
    for number, address in enumerate(addresses, 1):
        share = _left(until) / (len(addresses) - number + 1)
        try:
            return socket.create_connection((address, port), share)
        except OSError:
            if number == len(addresses):
                raise
    raise OSError("the name has no address")


def _receive(connection: socket.socket, until: float) -> tuple[int, bytearray, bool]:
    """The answer's status and body, and whether it is the connection's last."""
    received = bytearray(connection.recv(CHUNK))
    while b"\r\n\r\n" not in received:
        received += _more(connection, until)
    head, _, content = received.partition(b"\r\n\r\n")
    status, length = STATUS.match(head), LENGTH.search(head)
    if not status:
        raise aws.NoAnswer("what came is not HTTP")
    if not length:
        with suppress(ConnectionResetError):
            while True:
                content += _more(connection, until)
        return int(status[2]), content, True
    while len(content) < int(length[1]):
        content += _more(connection, until)
    if len(content) > int(length[1]):  # the rest would be taken for the next answer
        raise aws.NoAnswer("more came than was told")
    return int(status[2]), content, status[1] == b"0" or bool(LAST.search(head))


def _readable(connection: socket.socket) -> bool:
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(0))


def _more(connection: socket.socket, until: float) -> bytes:
    connection.settimeout(_left(until))
    received = connection.recv(CHUNK)
    if not received:
        raise ConnectionResetError("closed before the answer's end")
    return received


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("no time is left")
    return left
