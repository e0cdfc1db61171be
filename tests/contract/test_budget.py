"""The calls of one request share the time that it has; what is streamed after it does not."""

from __future__ import annotations

import importlib
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest
    from flask import Flask


def test_a_requests_calls_end_with_its_budget_and_what_is_streamed_does_not(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = importlib.import_module(f"{app.import_name.partition('.')[0]}.aws")
    health, found = app.view_functions["health"], []

    def watched() -> object:
        found.append(aws.request_deadline())
        return health()

    monkeypatch.setitem(app.view_functions, "health", watched)
    started = time.monotonic()
    app.test_client().get("/health")

    (deadline,) = found
    assert started < deadline - aws.BUDGET < time.monotonic()
    assert aws.request_deadline() is None
