"""What is published: the built website, each file with its headers, and `config.json`."""

import hashlib
import json
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.stacks import Stack
from deploy.terminal import Refused

CONFIG_KEYS = ("ApiUrl", "UserPoolId", "UserPoolClientId", "Region", "CognitoEndpoint")
# Named by a hash of what they hold, so one name never holds anything else.
ASSETS = "assets/"
PAGE = ".html"
FOR_GOOD = "public, max-age=31536000, immutable"
ASKED_ANEW = "no-cache"
# The types by name that Python brings along; those of this machine's files would differ.
TYPES = mimetypes.MimeTypes()
# What Python says of it depends on its release.
TYPES.add_type("text/javascript", ".js")


@dataclass(frozen=True)
class File:
    """One object of the website's bucket."""

    key: str
    body: bytes

    @property
    def is_asset(self) -> bool:
        return self.key.startswith(ASSETS)

    @property
    def content_type(self) -> str:
        return TYPES.guess_type(self.key)[0] or "application/octet-stream"

    @property
    def cache_control(self) -> str:
        return FOR_GOOD if self.is_asset else ASKED_ANEW

    @property
    def etag(self) -> str:
        """What S3 calls an object of this content that was put in one piece."""
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


def check_built(folder: Path) -> None:
    """Refuse a folder without a page, before anything is made."""
    if not (folder / "index.html").is_file():
        raise Refused(f"{folder} holds no built website: `make website` builds it.")


def files(folder: Path, config: bytes) -> list[File]:
    """All that is published, in the order in which it may be seen: pages last.

    A page names assets, and the service worker keeps pages and configuration; so whoever meets
    something new finds all that it names.
    """
    check_built(folder)
    found = [File(key, path.read_bytes()) for key, path in _published(folder)]
    return sorted([*found, File("config.json", config)], key=_turn)


def config(core: Stack, region: str) -> bytes:
    """What differs between installations; the region's own Cognito needs no address."""
    values = {**core.outputs, "Region": region, "CognitoEndpoint": ""}
    return json.dumps({key: values[key] for key in CONFIG_KEYS}).encode()


def _published(folder: Path) -> Iterator[tuple[str, Path]]:
    """Key → file, without source maps and hidden files; `config.json` is never a built one."""
    for path in folder.rglob("*"):
        key = path.relative_to(folder).as_posix()
        is_hidden = any(part.startswith(".") for part in key.split("/"))
        if path.is_file() and not is_hidden and path.suffix != ".map" and key != "config.json":
            yield key, path


def _turn(file: File) -> tuple[bool, bool, str]:
    return not file.is_asset, file.key.endswith(PAGE), file.key
