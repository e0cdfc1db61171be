"""The bench: ours against the original and against the floor, in one run, in turn.

Usage: python -m tests.load [ROUNDS [SECONDS]]
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import jwt
import psutil
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.load import bars, traffic, units
from tests.load.servers import OTHER_CORE, Quota, Servers
from tests.load.traffic import Request

if TYPE_CHECKING:
    from tests.load.servers import Server

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Bench"
SETTINGS = {
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "TODOS_TABLE": "todos",
    "JWT_ISSUER": ISSUER,
    "JWT_AUDIENCE": "web",
}
TODO = {"title": "t" * 30, "description": "d" * 11, "dueDate": "2026-12-24"}  # 400 bytes, kept
ID = "00000000-0000-4000-8000-00000000dead"
CLIENTS, MANY_CLIENTS = 8, 64
BACK_END = 0.005  # seconds
STEADY = 20  # requests a second


class Bench:
    """One run: figures by what they measure, a list of each round's."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.figures: dict[str, list[float]] = defaultdict(list)
        self._folder, self._seconds = folder, seconds
        self._key = rsa.generate_private_key(65537, 2048)
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        keys = folder / "jwks.json"
        keys.write_text(json.dumps({"keys": [{**public, "kid": "k1", "use": "sig"}]}))
        self.servers = Servers(folder, SETTINGS, keys)

    def start(self) -> None:
        self.ours, self.original = self.servers.ours(), self.servers.original()
        self.floor = self.servers.floor()
        # The stub copies what it is given first: one of our own to-dos.
        self._closed(self.ours, self._add(1), 1, 1)

    def full_core(self) -> None:
        """One round of everything that needs no quota."""
        rates = {
            length: self._rate(self.ours, self._list(length)) for length in (100, 1_000, 10_000)
        }
        for length in (100, 1_000):
            theirs = self._rate(self.original, self._list(length))
            self.figures[f"list_{length}"].append(rates[length] / theirs)
        self.figures["list_10000"].append(rates[10_000] / rates[100])
        get, add = self._get(), self._add(100)
        for key, request in (("get", get), ("add", add)):
            ours, theirs = self._rate(self.ours, request), self._rate(self.original, request)
            self.figures[key].append(ours / theirs)
        self.figures["floor"].append(self._rate(self.floor, get) / self._rate(self.ours, get))

    def quarter_core(self, quota: Quota) -> None:
        """One round of what a small instance does, the back end taking 5 ms."""
        self.servers.delay(BACK_END)
        ours = self.servers.ours(quota)
        mine = self._small(ours)
        ours.stop()
        theirs = self.servers.original(quota)
        original = self._small(theirs)
        theirs.stop()
        self.servers.delay(0)
        self.figures["start"].append(ours.seconds_to_first_answer / theirs.seconds_to_first_answer)
        for key, index in (("quarter_rate", 0), ("quarter_p99", 1), ("steady_p99", 2)):
            self.figures[key].append(mine[index] / original[index])

    def once(self) -> None:
        """Memory and log, which need no repetition."""
        pages = self._list(100)
        load = threading.Thread(
            target=self._closed, args=(self.ours, pages, MANY_CLIENTS, self._seconds * 2)
        )
        load.start()
        time.sleep(self._seconds)
        self.figures["memory"].append(self.ours.memory_mb())
        load.join()
        before = self.ours.log_bytes()
        answered = self._closed(self.ours, self._list(10_000), CLIENTS, 1).requests
        self.figures["log"].append((self.ours.log_bytes() - before) / answered)

    def _small(self, server: Server) -> tuple[float, float, float]:
        """Requests/s and p99 of 64 clients, p99 at a steady rate."""
        pages = self._list(100)
        self._closed(server, pages, 1, 1)
        full = self._closed(server, pages, MANY_CLIENTS, self._seconds * 2)
        steady = traffic.open_loop(server.url, pages, STEADY, self._seconds * 4)
        return full.per_second, full.p99_ms, steady

    def _closed(
        self, server: Server, request: Request, connections: int, seconds: float
    ) -> traffic.Result:
        return traffic.closed_loop(server.url, request, self._folder, connections, seconds)

    def _rate(self, server: Server, request: Request) -> float:
        """Requests for each second of CPU: what a core answers that has nothing else to do. Unlike
        requests a second, neighbours on the machine leave it alone."""
        before = server.cpu_seconds()
        answered = self._closed(server, request, CLIENTS, self._seconds).requests
        return answered / (server.cpu_seconds() - before)

    def _list(self, length: int) -> Request:
        return Request(f"/bench-{length}/todos", self._token(length))

    def _get(self) -> Request:
        return Request(f"/bench-100/todos/{ID}", self._token(100))

    def _add(self, length: int) -> Request:
        return Request(f"/bench-{length}/todos", self._token(length), json.dumps(TODO))

    def _token(self, length: int) -> str:
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": f"bench-{length}", "client_id": "web"}
        times = {"token_use": "access", "iat": now, "exp": now + 3600}
        return jwt.encode({**claims, **times}, self._key, "RS256", {"kid": "k1"})


def show(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def run(rounds: int, seconds: float, folder: Path) -> dict[str, float]:
    bench, quota = Bench(folder, seconds), Quota()
    try:
        bench.start()
        for number in range(1, rounds + 1):
            show(f"round {number} of {rounds}")
            bench.full_core()
            bench.quarter_core(quota)
        bench.once()
    finally:
        bench.servers.close()
        quota.close()
    show(f"medians of {rounds} rounds; quarter core: {quota.how}")
    return {key: statistics.median(bench.figures[key]) for key in bars.BARS if bench.figures[key]}


def bill(folder: Path) -> dict[str, float]:
    """Print what every operation is charged; the figures that there are bars for."""
    charged = units.measure(folder)
    for what, (read, written) in charged.items():
        show(f"{what:<30} read {read:>5g}  write {written:>5g}")
    lists = [read for what, (read, _) in charged.items() if what.startswith("list page")]
    return {
        "read_list": max(lists),
        "write_create": charged["create"][1],
        "write_patch": charged["patch (title)"][1],
        "write_complete": charged["complete"][1],
    }


def main(rounds: int = 5, seconds: float = 2) -> None:
    psutil.Process().cpu_affinity([sorted(os.sched_getaffinity(0))[OTHER_CORE]])
    with tempfile.TemporaryDirectory() as folder:
        values = bill(Path(folder)) | run(rounds, seconds, Path(folder))
    show(*bars.table({key: values[key] for key in bars.BARS}))
    if missed := bars.missed(values):
        raise SystemExit(f"missed: {'; '.join(missed)}")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
