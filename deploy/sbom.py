"""`python -m deploy.sbom IMAGE FILE`: what an image is made of, as SPDX in JSON."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy import engines
from deploy.engines import Engine
from deploy.settings import REPOSITORY
from deploy.terminal import Refused, complain, say

SYFT = REPOSITORY / ".venv" / "sbom" / "bin" / "syft"
ALONE = {"SYFT_CHECK_FOR_APP_UPDATE": "false"}


def write(engine: Engine, image: str, file: Path) -> None:
    """List the packages of an image of this machine."""
    name, _, version = image.rpartition(":")
    with tempfile.TemporaryDirectory() as directory:
        archive = Path(directory) / "image.tar"
        engine.save(image, archive)
        done = subprocess.run(  # noqa: S603  our own arguments
            [
                *(str(SYFT), "scan", "--quiet", f"docker-archive:{archive}"),
                *("--source-name", name, "--source-version", version),
                *("--output", f"spdx-json={file}"),
            ],
            env={**os.environ, **ALONE},
            check=False,
        )
    if done.returncode:
        raise Refused(f"`syft` failed with exit code {done.returncode}; it said why above.")
    say(f"{file} lists what {image} is made of")


def main(arguments: list[str]) -> int:
    """The exit code."""
    if len(arguments) != len(("IMAGE", "FILE")) or ":" not in arguments[0] or not arguments[1]:
        complain("usage: make sbom IMAGE=name:tag FILE=name.spdx.json")
        return 2
    try:
        write(engines.find(), arguments[0], Path(arguments[1]))
    except Refused as error:
        complain(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
