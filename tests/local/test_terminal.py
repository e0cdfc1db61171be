from __future__ import annotations

import subprocess
import sys

import pytest

from local.settings import REPOSITORY

PRINT = "from local.terminal import say, complain; say({0!a}); complain({0!a})"


def printed(text: str, encoding: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", PRINT.format(text)],
        cwd=REPOSITORY,
        env={"PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=60,
        check=True,
    )


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("ü …", "utf-8", "ü …".encode()),
        ("a\ud800b", "utf-8", rb"a\ud800b"),
        ("Starting …", "ascii", rb"Starting \u2026"),
        ("ü …", "latin-1", b"\xfc \\u2026"),
    ],
)
def test_what_the_terminal_cannot_show_is_spelled_out(
    text: str, encoding: str, shown: bytes
) -> None:
    result = printed(text, encoding)

    assert result.stdout == result.stderr == shown + b"\n"
