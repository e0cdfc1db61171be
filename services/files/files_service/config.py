"""The settings: the only module that reads the environment, once, at start.

botocore reads its own variables besides (endpoint and credentials); nothing here repeats them.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable; without a default it has to be set."""

    meaning: str
    pattern: str
    default: str | None = None


VARIABLES = {
    "AWS_REGION": Variable(
        "the region of table and bucket, such as eu-central-1", r"[a-z]+(-[a-z]+)+-[0-9]+"
    ),
    "FILES_TABLE": Variable("the name of the files table", r"[A-Za-z0-9_.-]{3,255}"),
    "FILES_BUCKET": Variable("the name of the files bucket", r"[a-z0-9.-]{3,63}"),
    "JWT_ISSUER": Variable("the issuer of the access tokens, a URL", r"https?://\S*[^/\s]"),
    "JWT_AUDIENCE": Variable("the app client's id, the tokens' client_id", r"\S+"),
    "JWKS_URL": Variable("where the issuer's public keys are, a URL", r"(https?://\S+)?", ""),
    "LOG_LEVEL": Variable("DEBUG, INFO, WARNING or ERROR", r"DEBUG|INFO|WARNING|ERROR", "INFO"),
    "MAX_BODY_BYTES": Variable("the largest body, in bytes", r"[1-9][0-9]{0,8}", "262144"),
    "MAX_FILE_BYTES": Variable("the largest file, in bytes", r"[1-9][0-9]{0,8}", "26214400"),
    "MAX_FILES_PER_TODO": Variable("how many files a to-do may have", r"[1-9][0-9]{0,2}", "20"),
    "MAX_USER_BYTES": Variable(
        "the room for all files of a user, in bytes", r"[1-9][0-9]{0,14}", "1073741824"
    ),
}
WORKER_VARIABLES = {
    **{name: VARIABLES[name] for name in ("AWS_REGION", "FILES_TABLE", "FILES_BUCKET")},
    "LOG_LEVEL": VARIABLES["LOG_LEVEL"],
    "REMOVALS_QUEUE_URL": Variable("the URL of the queue of removals", r"https?://\S+"),
}


@dataclass(frozen=True, slots=True)
class Config:
    """Valid settings. Sizes are in bytes."""

    region: str
    files_table: str
    files_bucket: str
    issuer: str
    audience: str
    jwks_url: str
    log_level: str
    max_body_bytes: int
    max_file_bytes: int
    max_files_per_todo: int
    max_user_bytes: int


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """The worker's valid settings."""

    region: str
    files_table: str
    files_bucket: str
    log_level: str
    queue_url: str


class ConfigError(Exception):
    """Variables are missing or invalid; the message names each and says what to set."""


def read(environ: Mapping[str, str] = os.environ) -> Config:
    values = _values(environ, VARIABLES)
    return Config(
        region=values["AWS_REGION"],
        files_table=values["FILES_TABLE"],
        files_bucket=values["FILES_BUCKET"],
        issuer=values["JWT_ISSUER"],
        audience=values["JWT_AUDIENCE"],
        jwks_url=values["JWKS_URL"] or f"{values['JWT_ISSUER']}/.well-known/jwks.json",
        log_level=values["LOG_LEVEL"],
        max_body_bytes=int(values["MAX_BODY_BYTES"]),
        max_file_bytes=int(values["MAX_FILE_BYTES"]),
        max_files_per_todo=int(values["MAX_FILES_PER_TODO"]),
        max_user_bytes=int(values["MAX_USER_BYTES"]),
    )


def read_worker(environ: Mapping[str, str] = os.environ) -> WorkerConfig:
    values = _values(environ, WORKER_VARIABLES)
    return WorkerConfig(
        region=values["AWS_REGION"],
        files_table=values["FILES_TABLE"],
        files_bucket=values["FILES_BUCKET"],
        log_level=values["LOG_LEVEL"],
        queue_url=values["REMOVALS_QUEUE_URL"],
    )


def _values(environ: Mapping[str, str], variables: Mapping[str, Variable]) -> dict[str, str]:
    values, faults = {}, []
    for name, variable in variables.items():
        # A task definition cannot leave a variable out conditionally, so empty means not set.
        value = environ.get(name) or variable.default
        if value is None:
            faults.append(f"{name} is not set; set it to {variable.meaning}")
        elif not re.fullmatch(variable.pattern, value):
            faults.append(f"{name} is invalid; set it to {variable.meaning}")
        else:
            values[name] = value
    if faults:
        raise ConfigError(". ".join(faults))
    return values
