"""GitHub as the workflows see it: a repository, its variables, and what happens to it."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OWNER, NAME = "ada", "todo-on-ecs"
# As in the tokens of repositories made since July 2026.
OWNER_ID, REPOSITORY_ID = "17", "42"
REPOSITORY = f"{OWNER}/{NAME}"
MAIN = "refs/heads/main"


@dataclass(frozen=True)
class Event:
    """What starts workflows."""

    name: str
    ref: str
    commit: str
    payload: Mapping[str, Any]
    changed: tuple[str, ...] = ()

    @property
    def inputs(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.payload.get("inputs")
        return found

    def starts(self, workflow: Mapping[str, Any]) -> bool:
        """Whether a workflow runs for this event."""
        triggers = workflow["on"]
        if self.name not in triggers:
            return False
        filters = triggers[self.name] or {}
        if unknown := set(filters) - {"branches", "paths", "inputs"}:
            raise ValueError(f"a filter that is not understood here: {unknown}")
        branches = filters.get("branches")
        if branches and self.ref.removeprefix("refs/heads/") not in branches:
            return False
        paths = filters.get("paths")
        return not paths or any(matches(each, paths) for each in self.changed)


def matches(path: str, patterns: list[str]) -> bool:
    """Whether a path filter takes a file; `**` spans folders, `*` does not."""
    found = False
    for pattern in patterns:
        parts = re.split(r"(\*\*|\*)", pattern.removeprefix("!"))
        text = "".join({"**": ".*", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts)
        if re.fullmatch(text, path):
            found = not pattern.startswith("!")
    return found


@dataclass
class GitHub:
    """One repository and everything the pipelines leave behind there."""

    repository: Path
    folder: Path
    variables: dict[str, str]
    is_private: bool = False
    attested: list[dict[str, str]] = field(default_factory=list)
    # (workflow, job) → scopes of the token that its steps needed.
    used: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    # (workflow, job, number of the step) of all that has been run.
    performed: set[tuple[str, str, int]] = field(default_factory=set)
    _groups: dict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))

    def group(self, name: str) -> threading.Lock:
        """What a concurrency group holds while one of its jobs runs."""
        return self._groups[name]

    @property
    def comments(self) -> dict[str, str]:
        """Pull request → the comment under it."""
        file = self.folder / "comments.json"
        found: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        return found

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.repository, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def push(self, subject: str) -> Event:
        """Commit everything to main."""
        before = self.git("rev-parse", "HEAD")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", subject)
        return self._event("push", MAIN, {}, before)

    def begin(self) -> Event:
        """The first push of all: every file is new."""
        files = tuple(self.git("ls-files").splitlines())
        return Event("push", MAIN, self.git("rev-parse", "HEAD"), self._payload({}), files)

    def pull_request(
        self, subject: str, number: int = 7, head: str = REPOSITORY, author: str = "ada"
    ) -> Event:
        """Commit everything to a branch; main stays where it is."""
        before = self.git("rev-parse", "HEAD")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", subject)
        request = {
            "number": number,
            "head": {"repo": {"full_name": head}},
            "user": {"login": author},
        }
        ref = f"refs/pull/{number}/merge"
        event = self._event("pull_request", ref, {"pull_request": request}, before)
        self.git("tag", "--force", f"pull-{number}")
        self.git("reset", "--quiet", "--hard", before)
        return event

    def by_hand(self, ref: str = MAIN, **inputs: str) -> Event:
        """Somebody clicks on `Run workflow`."""
        payload = self._payload({"inputs": inputs})
        return Event("workflow_dispatch", ref, self.git("rev-parse", "HEAD"), payload)

    def _event(self, name: str, ref: str, payload: dict[str, Any], before: str) -> Event:
        commit = self.git("rev-parse", "HEAD")
        changed = tuple(self.git("diff", "--name-only", before, commit).splitlines())
        return Event(name, ref, commit, self._payload(payload), changed)

    def _payload(self, more: dict[str, Any]) -> dict[str, Any]:
        return {"repository": {"full_name": REPOSITORY, "private": self.is_private}, **more}


def token(permissions: Mapping[str, str]) -> str:
    """A job's GITHUB_TOKEN, which says what it is good for."""
    return "ghs_" + base64.urlsafe_b64encode(json.dumps(dict(permissions)).encode()).decode()
