"""How the steps that check are narrowed: a rehearsal does not repeat the whole test suite.

A step of nothing but `make test…` is run in two parts: make names what it would do for all of its
targets, and of those in QUICK it does the tests that are chosen here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

CHECK = re.compile(r"make( test(-[a-z-]+)?)+\s*")
# Target → the tests of it that a rehearsal runs.
QUICK: Mapping[str, str] = {"test-unit-main": "health", "test-unit-files": "health"}

Command = tuple[str, Mapping[str, str]]


def narrowed(script: str) -> list[Command]:
    """The commands in a step's place, each with what its environment has more."""
    if not CHECK.fullmatch(script):
        return [(script, {})]
    targets = script.split()[1:]
    quick = [target for target in targets if target in QUICK]
    return [
        (f"make --dry-run {' '.join(targets)} >/dev/null", {}),
        *((f"make {each}", {"PYTEST_ADDOPTS": f"-k {QUICK[each]}"}) for each in quick),
    ]
