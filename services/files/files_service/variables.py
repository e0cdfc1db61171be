"""Environment variables: what one may hold, and those that are AWS's own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

WORD = r"[!-~]+"
HOST = r"([A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\])"
PORT = r"(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5]?[0-9]{1,4}))?"
ENDPOINT = rf"https?://{HOST}{PORT}/?"
# The token that opens the credentials goes to this machine and ECS's own addresses, or by TLS.
LOOPBACK = r"localhost|127(\.[0-9]{1,3}){3}|\[::1\]"
ECS = r"169\.254\.170\.23?|\[fd00:ec2::23\]"


class ConfigError(Exception):
    """Variables are missing or invalid; the message names each and says what to set."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable; without a default it has to be set."""

    meaning: str
    pattern: str
    default: str | None = None


# Its SDKs give these the same names and meanings.
AWS_VARIABLES = {
    "AWS_ENDPOINT_URL": Variable("where AWS is, a URL without a path", ENDPOINT, ""),
    "AWS_ENDPOINT_URL_DYNAMODB": Variable("where DynamoDB is, a URL without a path", ENDPOINT, ""),
    "AWS_CA_BUNDLE": Variable("a file of certificates", r".+", ""),
    "AWS_ACCESS_KEY_ID": Variable("an access key's id", WORD, ""),
    "AWS_SECRET_ACCESS_KEY": Variable("the access key's secret", WORD, ""),
    "AWS_SESSION_TOKEN": Variable("the token of a temporary access key", WORD, ""),
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": Variable(
        "where the task role's credentials are, a path at 169.254.170.2", rf"/({WORD})?", ""
    ),
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": Variable(
        "where the task role's credentials are, a URL with https or of this machine",
        rf"(https://{HOST}|http://({LOOPBACK}|{ECS})){PORT}(/[!-~]*)?",
        "",
    ),
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": Variable("what those are asked for with", r"[ -~]+", ""),
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": Variable("a file that holds that", r".+", ""),
}


def values(environ: Mapping[str, str], variables: Mapping[str, Variable]) -> dict[str, str]:
    """The valid values of all the variables."""
    found, faults = {}, []
    for name, variable in variables.items():
        # A task definition cannot leave a variable out conditionally, so empty means not set.
        value = environ.get(name) or variable.default
        if value is None:
            faults.append(f"{name} is not set; set it to {variable.meaning}")
        elif value != variable.default and not re.fullmatch(variable.pattern, value):
            faults.append(_invalid(name, variable))
        else:
            found[name] = value
    if faults:
        raise ConfigError(". ".join(faults))
    return found


def unusable(name: str) -> ConfigError:
    """One of AWS_VARIABLES holds what it may, but that does not work."""
    return ConfigError(_invalid(name, AWS_VARIABLES[name]))


def _invalid(name: str, variable: Variable) -> str:
    return f"{name} is invalid; set it to {variable.meaning}"
