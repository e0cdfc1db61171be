"""Settings."""

from __future__ import annotations

import pytest
from main_service.config import read
from main_service.variables import ConfigError

REQUIRED = {
    "AWS_REGION": "eu-central-1",
    "TODOS_TABLE": "todos",
    "JWT_ISSUER": "https://issuer.example/pool",
    "JWT_AUDIENCE": "web",
}


def test_what_is_not_required_has_a_default() -> None:
    config = read(REQUIRED)

    assert config.jwks_url == "https://issuer.example/pool/.well-known/jwks.json"
    assert config.log_level == "INFO"
    assert config.max_body_bytes == 262_144


def test_what_is_set_counts() -> None:
    config = read(
        REQUIRED | {"JWKS_URL": "http://x/k", "LOG_LEVEL": "DEBUG", "MAX_BODY_BYTES": "9"}
    )

    assert (config.region, config.todos_table) == ("eu-central-1", "todos")
    assert (config.jwks_url, config.log_level, config.max_body_bytes) == ("http://x/k", "DEBUG", 9)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_REGION", "Frankfurt"),
        ("TODOS_TABLE", "a table"),
        ("JWT_ISSUER", "issuer.example"),
        ("JWT_ISSUER", "https://issuer.example/"),
        ("JWT_AUDIENCE", "a b"),
        ("JWKS_URL", "file:///etc/passwd"),
        ("LOG_LEVEL", "info"),
        ("MAX_BODY_BYTES", "0"),
        ("MAX_BODY_BYTES", "-1"),
        ("MAX_BODY_BYTES", "1e3"),
    ],
)
def test_an_invalid_value_is_refused_by_the_variables_name(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name} is invalid; set it to "):
        read(REQUIRED | {name: value})


@pytest.mark.parametrize("name", REQUIRED)
def test_an_empty_value_is_not_a_value(name: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name} is not set; set it to "):
        read(REQUIRED | {name: ""})


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        read({"LOG_LEVEL": "loud"})

    assert all(name in str(error.value) for name in [*REQUIRED, "LOG_LEVEL"])
    assert "\n" not in str(error.value)
