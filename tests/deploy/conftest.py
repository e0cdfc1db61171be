from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.emulator import Api, emulator
from tests.deploy.scratch import AMI, PARAMETERS, Installed, Scratch

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """What answers under the deployed API's address."""
    api = Api()
    yield api
    api.close()


@pytest.fixture(scope="module")
def scratch(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A clone, and an account in which nothing is deployed yet."""
    with emulator(tmp_path_factory.mktemp("emulator")) as endpoint:
        scratch = Scratch.make(tmp_path_factory.mktemp("scratch"), endpoint, api.url)
        scratch.client("ssm").put_parameter(Name=AMI, Value="ami-0123456789abcdef0", Type="String")
        # What most accounts have already; the emulator's CloudFormation could not make them.
        iam = scratch.client("iam")
        iam.create_open_id_connect_provider(Url="https://token.actions.githubusercontent.com")
        iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
        yield scratch


@pytest.fixture(scope="module")
def installed(scratch: Scratch) -> Installed:
    """The clone after a first `make deploy`."""
    log = scratch.install_engine()
    first = scratch.make_target("deploy", f"PARAMETERS={PARAMETERS}")
    assert first.returncode == 0, first.stdout + first.stderr
    return Installed(scratch, first.stdout, scratch.told(log))
