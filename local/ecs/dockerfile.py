"""The command of an image, read from the Dockerfile that it is built by."""

import json
from pathlib import Path

INSTRUCTIONS = ("ENTRYPOINT", "CMD")


class NoCommand(Exception):
    """There is no Dockerfile, or no exec-form command in it."""


def command_of(folder: Path) -> list[str]:
    """ENTRYPOINT and CMD, in exec form, of the folder's Dockerfile; the last of each counts."""
    path = folder / "Dockerfile"
    if not path.exists():
        raise NoCommand(f"{path} is missing.")
    found: dict[str, list[str]] = {}
    for line in path.read_text().replace("\\\n", " ").splitlines():
        instruction, _, arguments = line.strip().partition(" ")
        if instruction.upper() in INSTRUCTIONS:
            found[instruction.upper()] = _exec_form(path, arguments)
        elif instruction.upper() == "FROM":
            found = {}
    if not found:
        raise NoCommand(f"{path} has no CMD.")
    return [word for instruction in INSTRUCTIONS for word in found.get(instruction, [])]


def _exec_form(path: Path, arguments: str) -> list[str]:
    try:
        words = json.loads(arguments)
    except ValueError:
        words = None
    if not isinstance(words, list):
        raise NoCommand(f"{path}: a command must be in exec form, not {arguments!r}.")
    return [str(word) for word in words]
