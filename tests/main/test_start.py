"""The start, which is short because of what it leaves out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ENVIRONMENT = {
    "PYTHONPATH": str(Path(__file__).parents[2] / "services/main"),
    "AWS_REGION": "eu-central-1",
    "TODOS_TABLE": "todos",
    "JWT_ISSUER": "https://issuer.example/pool",
    "JWT_AUDIENCE": "web",
}
CODE = "import sys, main_service.wsgi; print(*sorted({name.split('.')[0] for name in sys.modules}))"
# Nobody answers at 169.254.170.2 here: a start that asked for credentials would fail.
ROLE = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/1"}


def started(**environment: str) -> subprocess.CompletedProcess[str]:
    """The service, imported by a Python that has all packages of AWS, too."""
    return subprocess.run(
        [sys.executable, "-c", CODE],
        env=ENVIRONMENT | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_service_starts_without_awss_packages_and_without_asking_aws() -> None:
    found = started(**ROLE)

    assert found.returncode == 0, found.stderr
    loaded = set(found.stdout.split())
    assert {"main_service", "flask", "jwt", "pydantic"} <= loaded
    assert not loaded & {"boto3", "botocore", "dateutil", "jmespath", "requests", "urllib3"}


def test_a_credentials_endpoint_that_must_not_be_asked_stops_the_start_by_its_name() -> None:
    instance = "http://169.254.169.254/latest/meta-data/iam/security-credentials/role"

    found = started(AWS_CONTAINER_CREDENTIALS_FULL_URI=instance)

    assert found.returncode == 1
    assert found.stderr.startswith(
        "main_service cannot start: AWS_CONTAINER_CREDENTIALS_FULL_URI is invalid; set it to "
    )
    assert len(found.stderr.splitlines()) == 1


def test_certificates_that_are_not_there_stop_the_start_in_one_line() -> None:
    found = started(AWS_CA_BUNDLE="/nowhere/bundle.pem")

    assert found.returncode == 1
    assert found.stderr.splitlines() == [
        "main_service cannot start: AWS_CA_BUNDLE is invalid; set it to a file of certificates"
    ]
