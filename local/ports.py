"""Free and taken ports on this machine."""

import errno
import socket

from local.settings import HOST, Settings


class PortTaken(Exception):
    """Another program listens where this one must; the text says what to set."""


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def check_ports(settings: Settings) -> None:
    """Refuse to start on a taken port before anything is started."""
    wanted = {
        "website": settings.port,
        "API": settings.api_port,
        "AWS endpoint": settings.endpoint_port,
    }
    for purpose, port in wanted.items():
        if _taken(port):
            raise PortTaken(
                f"Port {port} for the {purpose} is taken by another program. "
                f"Stop it, or set LOCAL_PORT (now {settings.port}) to the first of three free "
                "ports: LOCAL_PORT=9000 make run"
            )


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still fading is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return True
    return False
