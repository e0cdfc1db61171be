"""The settings: the only module that reads the environment, once, at start."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from psycopg.conninfo import make_conninfo


class ConfigError(Exception):
    """A setting is missing or invalid; the text names it and says what to set."""


@dataclass(frozen=True, slots=True)
class Variable:
    meaning: str
    pattern: str
    default: str | None = None  # without one it has to be set
    secret: bool = False


VARIABLES = {
    "DATABASE_HOST": Variable("where PostgreSQL is", r"\S+", "127.0.0.1"),
    "DATABASE_PORT": Variable("the port it listens on", r"[1-9][0-9]{0,4}", "5432"),
    "DATABASE_NAME": Variable("the database", r"\w{1,63}", "todo"),
    "DATABASE_USER": Variable("the role that owns the tables", r"\w{1,63}", "todo"),
    "DATABASE_PASSWORD": Variable("the role's password", r".+", secret=True),
    "DATABASE_WAIT": Variable("how long the start waits for it, seconds", r"[0-9]{1,4}", "60"),
    "SECRET_KEY": Variable("what signs cookies, 32 characters or more", r".{32,}", secret=True),
    "HOSTS": Variable(
        "the names that people reach it by, separated by commas",
        r"[a-zA-Z0-9.-]+(,[a-zA-Z0-9.-]+)*",
        "127.0.0.1,localhost",
    ),
    "HTTPS": Variable("yes if people reach it by https", r"yes|no", "no"),
    "LOG_LEVEL": Variable("DEBUG, INFO, WARNING or ERROR", r"DEBUG|INFO|WARNING|ERROR", "INFO"),
    "MAX_TASKS": Variable("how many tasks the list may have", r"[1-9][0-9]{0,4}", "500"),
}


@dataclass(frozen=True, slots=True)
class Config:
    """Valid settings."""

    conninfo: str = field(repr=False)  # libpq's connection string, with the password
    database_wait: int  # seconds
    secret_key: str = field(repr=False)
    hosts: list[str]  # in lower case
    https: bool
    log_level: str
    max_tasks: int


def read(environ: Mapping[str, str] = os.environ) -> Config:
    found = {name: _value(name, variable, environ) for name, variable in VARIABLES.items()}
    return Config(
        conninfo=make_conninfo(
            host=found["DATABASE_HOST"],
            port=found["DATABASE_PORT"],
            dbname=found["DATABASE_NAME"],
            user=found["DATABASE_USER"],
            password=found["DATABASE_PASSWORD"],
        ),
        database_wait=int(found["DATABASE_WAIT"]),
        secret_key=found["SECRET_KEY"],
        hosts=found["HOSTS"].lower().split(","),
        https=found["HTTPS"] == "yes",
        log_level=found["LOG_LEVEL"],
        max_tasks=int(found["MAX_TASKS"]),
    )


def _value(name: str, variable: Variable, environ: Mapping[str, str]) -> str:
    value = environ.get(name) or variable.default
    if value is None:
        raise ConfigError(f"{name} is not set; set it to {variable.meaning}")
    if not re.fullmatch(variable.pattern, value):
        shown = "what it is set to" if variable.secret else repr(value)
        raise ConfigError(f"{name} cannot be {shown}; set it to {variable.meaning}")
    return value
