"""Holds what passes over HTTP to the contract, as the plugin does with Flask's test clients."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tests.plugins.contract_check import REFUSED, Exchange, check

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

# What API Gateway and the load balancer's listener say themselves.
OWN_WORDS = ({"message"}, {"type", "title", "status"})


def held_to_contract(base_url: str) -> dict[str, list[Callable[[httpx.Response], None]]]:
    """The event hooks of a client of these services; what it asks of others is not looked at."""

    def look(response: httpx.Response) -> None:
        if str(response.url).startswith(base_url):
            response.read()
            if not _is_of_a_proxy(response):
                check(_exchange(response))

    return {"response": [look]}


def _is_of_a_proxy(response: httpx.Response) -> bool:
    media_type = str(response.headers.get("content-type", "")).partition(";")[0]
    if response.status_code < REFUSED or not response.content:
        return response.request.method == "OPTIONS"
    if media_type == "application/json":
        return set(json.loads(response.content)) in OWN_WORDS
    return media_type == "text/html"


def _exchange(response: httpx.Response) -> Exchange:
    request = response.request
    return Exchange(
        request.method,
        unquote(request.url.raw_path.partition(b"?")[0].decode()),
        list(request.url.params.multi_items()),
        {name.lower(): value for name, value in request.headers.items()},
        request.content,
        response.status_code,
        {name.lower(): value for name, value in response.headers.items()},
        None if request.method == "HEAD" else response.content,
    )
