"""The clone: which commit the images are built from."""

import re
import subprocess
from pathlib import Path

from deploy.settings import SERVICES
from deploy.terminal import Refused

TAG_LENGTH = 12
GITHUB = re.compile(r"(?:https://|ssh://git@|git@)github\.com[:/]([^/]+)/([^/]+?)(?:\.git)?/?")


def commit_tag(repository: Path) -> str:
    """The tag of the images of this commit."""
    return _git(repository, "rev-parse", f"--short={TAG_LENGTH}", "HEAD")


def origin(folder: Path) -> dict[str, str]:
    """What the image of a folder says of where it comes from, in the words of OCI's labels."""
    found = on_github(folder)
    source = "https://github.com/{GitHubOrganization}/{GitHubRepository}" if found else ""
    return {
        "source": source.format_map(found),
        "revision": _git(folder, "rev-parse", "HEAD"),
        "created": _git(folder, "log", "-1", "--format=%cI"),
    }


def precedes(repository: Path, tag: str, other: str) -> bool:
    """Whether a tag's commit is in the history of another's; not if the clone lacks either."""
    done = subprocess.run(  # noqa: S603  checked tags
        ["git", "merge-base", "--is-ancestor", tag, other],  # noqa: S607  the person's own git
        cwd=repository,
        capture_output=True,
        check=False,
    )
    return tag != other and done.returncode == 0


def differs(repository: Path, revision: str, *paths: str) -> bool:
    """Whether these files of the commit are others in a revision."""
    return bool(_git(repository, "diff", "--name-only", "HEAD", revision, "--", *paths))


def check_clean(repository: Path) -> None:
    """Refuse to build from what no commit holds: the tag would name something else."""
    folders = [f"services/{name}" for name in SERVICES]
    changed = _git(repository, "status", "--porcelain", "--", *folders)
    if changed:
        files = ", ".join(line[3:] for line in changed.splitlines())
        raise Refused(
            f"Not committed: {files}. The images carry the commit's name, so commit first, or "
            "deploy images that ECR has by TAG=…"
        )


def on_github(repository: Path) -> dict[str, str]:
    """The bootstrap stack's parameters for the clone's origin, if that is on GitHub."""
    try:
        origin = _git(repository, "config", "--get", "remote.origin.url")
    except Refused:
        return {}
    found = GITHUB.fullmatch(origin)
    return {"GitHubOrganization": found[1], "GitHubRepository": found[2]} if found else {}


def _git(repository: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  our own arguments
            ["git", *arguments],  # noqa: S607  the person's own git
            cwd=repository,
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError as error:
        raise Refused("There is no git on the PATH: install it, or give TAG=…") from error
    except subprocess.CalledProcessError as error:
        raise Refused(f"git {arguments[0]} failed: {error.stderr} Give TAG=… instead.") from error
    return done.stdout.rstrip()
