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
    "AWS_REGION": Variable("the table's region, such as eu-central-1", r"[a-z]+(-[a-z]+)+-[0-9]+"),
    "TODOS_TABLE": Variable("the name of the to-dos table", r"[A-Za-z0-9_.-]{3,255}"),
    "JWT_ISSUER": Variable("the issuer of the access tokens, a URL", r"https?://\S*[^/\s]"),
    "JWT_AUDIENCE": Variable("the app client's id, the tokens' client_id", r"\S+"),
    "JWKS_URL": Variable("where the issuer's public keys are, a URL", r"(https?://\S+)?", ""),
    "LOG_LEVEL": Variable("DEBUG, INFO, WARNING or ERROR", r"DEBUG|INFO|WARNING|ERROR", "INFO"),
    "MAX_BODY_BYTES": Variable("the largest body, in bytes", r"[1-9][0-9]{0,8}", "262144"),
    "MAX_TODOS": Variable("how many to-dos a user may have", r"[1-9][0-9]{0,8}", "10000"),
}


@dataclass(frozen=True, slots=True)
class Config:
    """Valid settings. Sizes are in bytes."""

    region: str
    todos_table: str
    issuer: str
    audience: str
    jwks_url: str
    log_level: str
    max_body_bytes: int
    max_todos: int


class ConfigError(Exception):
    """Variables are missing or invalid; the message names each and says what to set."""


def read(environ: Mapping[str, str] = os.environ) -> Config:
    values = _values(environ)
    return Config(
        region=values["AWS_REGION"],
        todos_table=values["TODOS_TABLE"],
        issuer=values["JWT_ISSUER"],
        audience=values["JWT_AUDIENCE"],
        jwks_url=values["JWKS_URL"] or f"{values['JWT_ISSUER']}/.well-known/jwks.json",
        log_level=values["LOG_LEVEL"],
        max_body_bytes=int(values["MAX_BODY_BYTES"]),
        max_todos=int(values["MAX_TODOS"]),
    )


def _values(environ: Mapping[str, str]) -> dict[str, str]:
    values, faults = {}, []
    for name, variable in VARIABLES.items():
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
