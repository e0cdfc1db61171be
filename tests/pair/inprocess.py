"""The way to both services in this process, as the load balancer's rules point it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.pair.person import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask


@dataclass(frozen=True)
class InProcess:
    """Flask's test clients."""

    apps: Mapping[str, Flask]

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        query: Mapping[str, str],
        body: Any,
    ) -> Answer:
        app = self.apps["files" if "/files" in path else "main"]
        content = None if body is None else json.dumps(body)
        answer = app.test_client().open(
            path, method=method, headers=dict(headers), query_string=query, data=content
        )
        names = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status_code, names, answer.data)
