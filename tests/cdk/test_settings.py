"""What may be chosen, and what not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from infrastructure.settings import SettingRefused

from tests.cdk.test_service import CERTIFICATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_cdk.assertions import Template


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("postgresImage", "postgres", "needs a release"),
        ("postgresImage", "postgres:latest", "needs a release"),
        ("postgresImage", "postgres:17", "needs a release"),
        (
            "postgresImage",
            "registry.example:5000/postgres",
            "needs a release",
        ),
        ("postgresImage", "postgres@sha256:0", "needs a release"),
        ("pythonImage", "python", "pythonImage needs a release"),
        ("pythonImage", "python:3", "needs a release"),
        ("domainName", "https://todo.example", "a name in DNS"),
        ("domainName", "Todo.example", "in lower case"),
        ("domainName", "localhost", "a name in DNS"),
        ("fileSystemId", "database", "a file system of EFS"),
        ("databaseFolder", "database", "begins with a slash"),
        ("databaseFolder", "/", "begins with a slash"),
        ("databaseFolder", "/a/../b", "begins with a slash"),
        ("certificateArn", CERTIFICATE, "needs domainName"),
        ("allowedCidr", "everybody", "allowedCidr"),
        ("allowedCidr", "10.0.0.1/8", "has host bits set"),
        ("allowedCidr", "", "allowedCidr"),
        ("alowedCidr", "203.0.113.7/32", "CONTEXT knows no alowedCidr"),
    ],
)
def test_a_value_that_cannot_be_is_refused(
    synthesised: Callable[..., Template], name: str, value: str, said: str
) -> None:
    with pytest.raises(SettingRefused, match=said):
        synthesised(**{name: value})


def test_a_certificate_is_one_of_acm(synthesised: Callable[..., Template]) -> None:
    with pytest.raises(SettingRefused, match="certificate of ACM"):
        synthesised(certificateArn="example.com", domainName="todo.example")


def test_the_template_asks_aws_nothing_and_fits_any_account(template: Template) -> None:
    document = template.to_json()

    assert "Parameters" not in document
    assert "Mappings" not in document
    assert set(document["Outputs"]) == {"Url"}
