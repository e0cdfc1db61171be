"""What a hostile request is, and how it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hostile.conftest import Scene

JSON = "Content-Type: application/json"
PATCH = "Content-Type: application/merge-patch+json"


def attackers(scene: Scene) -> str | None:
    return f"Bearer {scene.attacker.token}"


@dataclass(frozen=True)
class Row:
    """A request and what it gets at each door: status and shape, as `404 problem`.

    Shapes: `problem` is a service's refusal, `message` the gateway's own, `default` the listener's,
    `page` the load balancer's own, `server` that of the services' server; `body` is a success.
    In the target and the headers `<victim>`, `<todo>`, `<file>` are the victim's, `<mine>` and
    `<shelf>` the attacker's own to-do and files.
    """

    name: str
    target: str
    gateway: str | None = None
    balancer: str | None = None
    method: str = "GET"
    headers: tuple[str, ...] = ()
    body: bytes | None = None
    authorization: Callable[[Scene], str | None] = field(default=attackers)

    @property
    def expected(self) -> dict[str, str]:
        doors = {"gateway": self.gateway, "balancer": self.balancer}
        return {door: answer for door, answer in doors.items() if answer}


def at_both(name: str, target: str, answer: str, **parts: object) -> Row:
    """A row with the same answer at both doors."""
    return Row(name, target, gateway=answer, balancer=answer, **parts)  # type: ignore[arg-type]
