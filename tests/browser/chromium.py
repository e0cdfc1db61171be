"""The browser: Debian's Chromium, or whatever CHROMIUM names."""

from __future__ import annotations

import os
import shutil

# Containers give Chromium no user namespace for its own sandbox; the rest keeps it from calling
# home, so that every request in these tests is the website's.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--no-first-run",
]


class ChromiumMissing(Exception):
    """There is no browser; the text says how to get it."""


def executable() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        raise ChromiumMissing("Chromium is needed: scripts/chromium installs it, or says how.")
    return found
