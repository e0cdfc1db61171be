"""What AWS's variables may hold (the same module in both services)."""

from __future__ import annotations

import pytest

from tests.contract.client.package import variables

FULL, RELATIVE = "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:51678/v2/credentials/1?a=b",
        "http://127.1.2.3",
        "http://localhost:1/",
        "http://[::1]:8080/x",
        "http://169.254.170.2/v2",
        "http://169.254.170.23/v1/credentials",
        "http://[fd00:ec2::23]/v1/credentials",
        "https://credentials.example.org/x",
    ],
)
def test_the_endpoint_may_be_of_this_machine_of_ecs_or_have_tls(url: str) -> None:
    assert variables.values({FULL: url}, variables.AWS_VARIABLES)[FULL] == url


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
        "http://[fd00:ec2::254]/latest/",
        "http://169.254.170.2.example.org/",
        "http://169.254.170.21/",
        "http://169.254.170.2@example.org/",
        "http://localhost.example.org/",
        "http://localhost@example.org/",
        "http://localhost:80@example.org/",
        "http://localhost\\@example.org/",
        "http://127.0.0.1.example.org/",
        "http://127.0.0.1\n.example.org/",
        "http://10.0.0.1/",
        "http://example.org/",
        "https://user@example.org/",
        "https://",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "//127.0.0.1/",
        "127.0.0.1",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nx: y",
    ],
)
def test_the_token_goes_to_no_other_host(url: str) -> None:
    with pytest.raises(variables.ConfigError, match=f"^{FULL} is invalid; set it to ") as raised:
        variables.values({FULL: url}, variables.AWS_VARIABLES)

    assert url not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    ["http://localhost:65535", "https://[::1]:1/", "https://vpce-1.dynamodb.example", "http://a_b"],
)
def test_an_endpoint_is_a_host_and_perhaps_a_port(url: str) -> None:
    assert variables.values({"AWS_ENDPOINT_URL": url}, variables.AWS_VARIABLES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (RELATIVE, "v2/credentials"),
        (RELATIVE, "@example.org/"),
        (RELATIVE, "/a b"),
        (RELATIVE, "/\r\nx: y"),
        (TOKEN, "s3cret\r\nx: y"),
        ("AWS_ACCESS_KEY_ID", "s3cret x"),
        ("AWS_SECRET_ACCESS_KEY", "s3cret\n"),
        ("AWS_SESSION_TOKEN", "s3cret\r\nx: y"),
        ("AWS_ENDPOINT_URL", "127.0.0.1:80"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1/aws"),
        ("AWS_ENDPOINT_URL", "http://localhost:abc"),
        ("AWS_ENDPOINT_URL", "http://localhost:65536"),
        ("AWS_ENDPOINT_URL", "http://[::1"),
        ("AWS_ENDPOINT_URL", "http://a..b"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "https://user@example.org"),
        (FULL, "https://example.org:99999/x"),
        (FULL, "http://localhost:99999/"),
    ],
)
def test_a_variable_that_cannot_be_is_refused_without_its_value(name: str, value: str) -> None:
    with pytest.raises(variables.ConfigError, match=f"^{name} is invalid; set it to ") as raised:
        variables.values({name: value}, variables.AWS_VARIABLES)

    assert value not in str(raised.value)
