from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.pair.running import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.pair.operations import World
    from tests.pair.person import Person


@dataclass(frozen=True)
class Scene:
    """A victim with something of everything, an attacker with a good token, and both doors."""

    pair: Pair
    victim: Person
    world: World
    attacker: Person
    own: World
    before: dict[str, Any]
    cursor: str

    @property
    def doors(self) -> dict[str, int]:
        return {"gateway": self.pair.gateway_port, "balancer": self.pair.balancer_port}

    def attach(self, content: bytes, **fields: object) -> str:
        """A complete attachment of the attacker's; gives its path."""
        sha256 = hashlib.sha256(content).hexdigest()
        body = {"size": len(content), "sha256": sha256, **fields}
        shelf = f"/me/todos/{uuid.uuid4()}/files"
        answer = self.attacker.ask("POST", shelf, body, Content_Type="application/json")
        assert answer.status == 201, answer
        upload = answer.json["upload"]
        sent = httpx.put(upload["url"], headers=upload["headers"], content=content)
        assert sent.status_code == 200, sent.text
        path = answer.headers["location"]
        assert self.attacker.ask("POST", f"{path}/complete").status == 200
        return path

    @staticmethod
    def download(url: str) -> httpx.Response:
        return httpx.get(url)


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    pair = Pair(tmp_path_factory.mktemp("hostile"))
    try:
        pair.start()
        victim, attacker = pair.person(), pair.person()
        victim.ask("POST", "/me/todos", {"title": "another"}, Content_Type="application/json")
        world, own = victim.settle(), attacker.settle()
        cursor = victim.ask("GET", "/me/todos?limit=1").json["nextCursor"]
        kept = pair.emulated.kept(victim.sub)
        yield Scene(pair, victim, world, attacker, own, kept, cursor)
    finally:
        pair.stop()
