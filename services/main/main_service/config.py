"""The settings: the only module that reads the environment, once, at start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from .variables import AWS_VARIABLES, Variable, values

VARIABLES = {
    "AWS_REGION": Variable("the table's region, such as eu-central-1", r"[a-z]+(-[a-z]+)+-[0-9]+"),
    "TODOS_TABLE": Variable("the name of the to-dos table", r"[A-Za-z0-9_.-]{3,255}"),
    "JWT_ISSUER": Variable("the issuer of the access tokens, a URL", r"https?://\S*[^/\s]"),
    "JWT_AUDIENCE": Variable("the app client's id, the tokens' client_id", r"\S+"),
    "JWKS_URL": Variable("where the issuer's public keys are, a URL", r"https?://\S+", ""),
    "LOG_LEVEL": Variable("DEBUG, INFO, WARNING or ERROR", r"DEBUG|INFO|WARNING|ERROR", "INFO"),
    "MAX_BODY_BYTES": Variable("the largest body, in bytes", r"[1-9][0-9]{0,8}", "262144"),
    "MAX_TODOS": Variable("how many to-dos a user may have", r"[1-9][0-9]{0,8}", "10000"),
}


@dataclass(frozen=True, slots=True)
class Config:
    """Valid settings. Sizes are in bytes."""

    region: str
    aws: Mapping[str, str] = field(repr=False)  # AWS_VARIABLES; empty ones are not set
    todos_table: str
    issuer: str
    audience: str
    jwks_url: str
    log_level: str
    max_body_bytes: int
    max_todos: int


def read(environ: Mapping[str, str] = os.environ) -> Config:
    found = values(environ, VARIABLES | AWS_VARIABLES)
    return Config(
        region=found["AWS_REGION"],
        aws={name: found[name] for name in AWS_VARIABLES},
        todos_table=found["TODOS_TABLE"],
        issuer=found["JWT_ISSUER"],
        audience=found["JWT_AUDIENCE"],
        jwks_url=found["JWKS_URL"] or f"{found['JWT_ISSUER']}/.well-known/jwks.json",
        log_level=found["LOG_LEVEL"],
        max_body_bytes=int(found["MAX_BODY_BYTES"]),
        max_todos=int(found["MAX_TODOS"]),
    )
