"""Settings."""

from __future__ import annotations

import pytest
from files_service.config import read, read_worker
from files_service.variables import ConfigError

REQUIRED = {
    "AWS_REGION": "eu-central-1",
    "FILES_TABLE": "files",
    "FILES_BUCKET": "my-files",
    "JWT_ISSUER": "https://issuer.example/pool",
    "JWT_AUDIENCE": "web",
}


def test_what_is_not_required_has_a_default() -> None:
    config = read(REQUIRED)

    assert config.jwks_url == "https://issuer.example/pool/.well-known/jwks.json"
    assert config.log_level == "INFO"
    assert config.max_body_bytes == 262_144
    assert config.max_file_bytes == 26_214_400
    assert config.max_files_per_todo == 20
    assert config.max_user_bytes == 1_073_741_824


def test_what_is_set_counts() -> None:
    limits = {"MAX_BODY_BYTES": "9", "MAX_FILE_BYTES": "8", "MAX_FILES_PER_TODO": "7"}
    limits["MAX_USER_BYTES"] = "6"

    config = read(REQUIRED | limits | {"JWKS_URL": "http://x/k", "LOG_LEVEL": "DEBUG"})

    assert (config.region, config.jwks_url, config.log_level) == (
        "eu-central-1",
        "http://x/k",
        "DEBUG",
    )
    assert (config.files_table, config.files_bucket) == ("files", "my-files")
    assert (config.max_body_bytes, config.max_file_bytes, config.max_files_per_todo) == (9, 8, 7)
    assert config.max_user_bytes == 6


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_REGION", "Frankfurt"),
        ("FILES_TABLE", "a table"),
        ("FILES_BUCKET", "A_Bucket"),
        ("JWT_ISSUER", "issuer.example"),
        ("JWT_ISSUER", "https://issuer.example/"),
        ("JWT_AUDIENCE", "a b"),
        ("JWKS_URL", "file:///etc/passwd"),
        ("LOG_LEVEL", "info"),
        ("MAX_BODY_BYTES", "0"),
        ("MAX_BODY_BYTES", "-1"),
        ("MAX_BODY_BYTES", "1e3"),
        ("MAX_FILE_BYTES", "25 MB"),
        ("MAX_FILES_PER_TODO", "1000"),
        ("MAX_USER_BYTES", "1 GB"),
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


WORKER_REQUIRED = {
    "AWS_REGION": "eu-central-1",
    "FILES_TABLE": "files",
    "FILES_BUCKET": "my-files",
    "REMOVALS_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/1/removals",
}


def test_the_worker_needs_its_queue_and_no_issuer() -> None:
    config = read_worker(WORKER_REQUIRED)

    assert (config.region, config.log_level) == ("eu-central-1", "INFO")
    assert (config.files_table, config.files_bucket) == ("files", "my-files")
    assert config.queue_url == WORKER_REQUIRED["REMOVALS_QUEUE_URL"]


@pytest.mark.parametrize("name", WORKER_REQUIRED)
def test_the_worker_names_what_is_missing(name: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name} is not set; set it to "):
        read_worker({**WORKER_REQUIRED, name: ""})


def test_a_queue_is_named_by_its_url() -> None:
    with pytest.raises(ConfigError, match=r"^REMOVALS_QUEUE_URL is invalid; set it to "):
        read_worker(WORKER_REQUIRED | {"REMOVALS_QUEUE_URL": "removals"})
