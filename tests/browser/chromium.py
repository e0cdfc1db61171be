"""The browser: Debian's Chromium, or whatever CHROMIUM names."""

from __future__ import annotations

import os
import shutil

# The first one found; the one without windows starts faster.
PROGRAMS = ("chromium-headless-shell", "chromium", "google-chrome")
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
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        raise ChromiumMissing("Chromium is needed: scripts/chromium installs it, or says how.")
    return found
