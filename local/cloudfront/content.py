"""The website's bucket: what `make deploy-website` would put there."""

import hashlib
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CONFIG_KEYS = ("ApiUrl", "UserPoolId", "UserPoolClientId", "Region", "CognitoEndpoint")
# The types by name that Python brings along; those of this machine's files would differ.
TYPES = mimetypes.MimeTypes()
# What Python says of it depends on its release.
TYPES.add_type("text/javascript", ".js")


class WebsiteNotBuilt(Exception):
    """There is no built website; the text says how to get it."""


@dataclass(frozen=True)
class Object:
    """One object of the bucket."""

    body: bytes
    content_type: str

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


class Content:
    """The built files, looked up by their whole names, as S3 does; and `config.json`."""

    def __init__(self, folder: Path, config: Mapping[str, str]) -> None:
        check_built(folder)
        self._folder = folder
        self._config = json.dumps({key: config[key] for key in CONFIG_KEYS}).encode()

    def get(self, key: str) -> Object | None:
        """The object of this name. No name leads out of the folder: it must be one of the list."""
        if key == "config.json":
            return Object(self._config, "application/json")
        path = self._files().get(key)
        if path is None:
            return None
        content_type = TYPES.guess_type(path.name)[0] or "application/octet-stream"
        return Object(path.read_bytes(), content_type)

    def _files(self) -> dict[str, Path]:
        # Asked anew each time: a build beside the running application is seen at once.
        files = (path for path in self._folder.rglob("*") if path.is_file())
        return {path.relative_to(self._folder).as_posix(): path for path in files}


def check_built(folder: Path) -> None:
    if not (folder / "index.html").is_file():
        raise WebsiteNotBuilt(f"{folder} holds no built website; `make run` builds it.")
