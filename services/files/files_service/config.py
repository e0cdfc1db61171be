"""The settings: the only module of ours that reads the environment, once, at start.

botocore, which talks to S3 and SQS, reads by itself where they are.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from .variables import AWS_VARIABLES, Variable, values

VARIABLES = {
    "AWS_REGION": Variable(
        "the region of table and bucket, such as eu-central-1", r"[a-z]+(-[a-z]+)+-[0-9]+"
    ),
    "FILES_TABLE": Variable("the name of the files table", r"[A-Za-z0-9_.-]{3,255}"),
    "FILES_BUCKET": Variable("the name of the files bucket", r"[a-z0-9.-]{3,63}"),
    "JWT_ISSUER": Variable("the issuer of the access tokens, a URL", r"https?://\S*[^/\s]"),
    "JWT_AUDIENCE": Variable("the app client's id, the tokens' client_id", r"\S+"),
    "JWKS_URL": Variable("where the issuer's public keys are, a URL", r"https?://\S+", ""),
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
    aws: Mapping[str, str] = field(repr=False)  # AWS_VARIABLES; empty ones are not set
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
    aws: Mapping[str, str] = field(repr=False)
    files_table: str
    files_bucket: str
    log_level: str
    queue_url: str


def read(environ: Mapping[str, str] = os.environ) -> Config:
    found = values(environ, VARIABLES | AWS_VARIABLES)
    return Config(
        region=found["AWS_REGION"],
        aws={name: found[name] for name in AWS_VARIABLES},
        files_table=found["FILES_TABLE"],
        files_bucket=found["FILES_BUCKET"],
        issuer=found["JWT_ISSUER"],
        audience=found["JWT_AUDIENCE"],
        jwks_url=found["JWKS_URL"] or f"{found['JWT_ISSUER']}/.well-known/jwks.json",
        log_level=found["LOG_LEVEL"],
        max_body_bytes=int(found["MAX_BODY_BYTES"]),
        max_file_bytes=int(found["MAX_FILE_BYTES"]),
        max_files_per_todo=int(found["MAX_FILES_PER_TODO"]),
        max_user_bytes=int(found["MAX_USER_BYTES"]),
    )


def read_worker(environ: Mapping[str, str] = os.environ) -> WorkerConfig:
    found = values(environ, WORKER_VARIABLES | AWS_VARIABLES)
    return WorkerConfig(
        region=found["AWS_REGION"],
        aws={name: found[name] for name in AWS_VARIABLES},
        files_table=found["FILES_TABLE"],
        files_bucket=found["FILES_BUCKET"],
        log_level=found["LOG_LEVEL"],
        queue_url=found["REMOVALS_QUEUE_URL"],
    )
