"""Both services side by side, with everything of AWS in this process."""

from __future__ import annotations

import json
import os
import uuid
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
import files_service.app
import files_service.config
import files_service.dynamodb
import files_service.sdk
import files_service.store
import main_service.app
import main_service.config
import main_service.dynamodb
import pytest
from moto import mock_aws
from openapi_core import Config, OpenAPI

from tests.pair import resources
from tests.pair.inprocess import InProcess
from tests.pair.issuer import AUDIENCE, ISSUER, REGION, Issuer
from tests.pair.operations import CONTRACT, World
from tests.pair.person import Person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

BEARER = {"type": "http", "scheme": "bearer"}


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    yield issuer
    issuer.close()


@pytest.fixture(scope="session")
def settings(issuer: Issuer) -> dict[str, str]:
    """The environment of both services."""
    return resources.environment(issuer.url, ISSUER, AUDIENCE)


@pytest.fixture(scope="session")
def apps(settings: dict[str, str], raising: Callable[..., Any]) -> Iterator[dict[str, Flask]]:
    """The services by name."""
    with mock_aws():
        dynamodb = boto3.client("dynamodb", REGION)
        s3 = files_service.sdk.client("s3", REGION, os.environ, **files_service.store.S3_SETTINGS)
        resources.create(dynamodb, s3)
        yield {
            "main": main_service.app.create_app(
                main_service.config.read(settings), raising(dynamodb, main_service.dynamodb)
            ),
            "files": files_service.app.create_app(
                files_service.config.read(settings), raising(dynamodb, files_service.dynamodb), s3
            ),
        }


@pytest.fixture
def settled(apps: dict[str, Flask], issuer: Issuer) -> tuple[Person, World]:
    """Somebody with something of everything."""
    sub = str(uuid.uuid4())
    token = issuer.token(sub=sub, email="someone@example.org")
    s3 = files_service.sdk.client("s3", REGION, os.environ, **files_service.store.S3_SETTINGS)
    person = Person(sub, token, InProcess(apps), partial(resources.put, s3))
    return person, person.settle()


@pytest.fixture(scope="session")
def contract() -> dict[str, Any]:
    return CONTRACT


@pytest.fixture(scope="session")
def openapi(contract: dict[str, Any]) -> OpenAPI:
    """What checks requests and answers. It does not know oauth2, but what that comes down to."""
    components = {**contract["components"], "securitySchemes": {"AccessToken": BEARER}}
    json_types = ("application/problem+json", "application/merge-patch+json")
    config = Config(extra_media_type_deserializers=dict.fromkeys(json_types, json.loads))
    return OpenAPI.from_dict({**contract, "components": components}, config)


@pytest.fixture(params=["main", "files"])
def app(request: pytest.FixtureRequest, apps: dict[str, Flask]) -> Flask:
    return apps[request.param]


@pytest.fixture
def routes() -> Callable[[Flask], list[tuple[str, str]]]:
    """Method and path of every route of a service that needs a token, {owner} left open."""

    def found(app: Flask) -> list[tuple[str, str]]:
        return [
            (method, _fill(rule.rule))
            for rule in app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) - {"HEAD"})
            if rule.rule != "/health"
        ]

    return found


def _fill(rule: str) -> str:
    steps = rule.split("/")
    some_id = "00000000-0000-4000-8000-00000000dead"
    return "/".join(
        "{owner}" if step == "<user_id>" else some_id if step.startswith("<id:") else step
        for step in steps
    )
