from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from tests.e2e.stack import ROOT, STOP_SECONDS

if TYPE_CHECKING:
    from tests.e2e.stack import Stack

SECTION = re.compile(r"## The API by hand\n(.*?)\n## ", re.DOTALL)
COMMANDS = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def test_the_readmes_api_by_hand_works_as_written(stack: Stack) -> None:
    section = SECTION.search((ROOT / "README.md").read_text())
    assert section
    session = "".join(COMMANDS.findall(section[1])).replace(".local", str(stack.directory))

    done = subprocess.run(
        ["bash", "-e", "-u", "-o", "pipefail", "-c", session],
        cwd=ROOT,
        env=stack.environment,
        capture_output=True,
        text=True,
        timeout=STOP_SECONDS,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    # The stale change is the only one refused.
    assert re.findall(r"error: (\d{3})", done.stderr) == ["412"]
    assert '"priority":3' in done.stdout
    assert '"status":"complete"' in done.stdout
