"""What stands for each action here: only what needs GitHub, a registry or other people's data."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import jwt
from botocore.exceptions import ClientError

from tests.pipelines.errors import NotUnderstood, StepFailed
from tests.pipelines.github import NAME, OWNER, OWNER_ID, REPOSITORY_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.pipelines.runner import Job

    Outputs = dict[str, str]
    Given = Mapping[str, str]

ROOT = Path(__file__).parents[2]
ISSUER = "https://token.actions.githubusercontent.com"
# GitHub gives any commit by its name, git only what a branch ends with.
ANY_COMMIT = {
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "uploadpack.allowAnySHA1InWant",
    "GIT_CONFIG_VALUE_0": "true",
}
# Older than every environment, so that make finds nothing to set up anew.
CHECKED_OUT = 946_684_800


@dataclass(frozen=True)
class Equivalent:
    """What is done instead of an action, and which of its inputs that understands."""

    perform: Callable[[Job, Given], Outputs]
    inputs: frozenset[str]

    def check(self, given: Given) -> None:
        if unknown := set(given) - self.inputs:
            raise NotUnderstood(f"inputs without a local equivalent: {sorted(unknown)}")


def check_out(job: Job, given: Given) -> Outputs:
    """Clone the commit; the environments are this machine's, as if from a cache."""
    job.need("contents", "read")
    if given.get("persist-credentials") != "false":
        raise StepFailed("the job's token would stay in the clone")
    source, commit = f"file://{job.github.repository}", given.get("ref") or job.run.event.commit
    whole = given.get("fetch-depth") == "0"
    wanted = ("+refs/heads/*:refs/remotes/origin/*",) if whole else ("--depth=1",)
    _git(job.workspace, "init", "--quiet")
    _git(job.workspace, "fetch", "--quiet", source, commit, *wanted)
    _git(job.workspace, "checkout", "--quiet", "--detach", commit)
    _git(job.workspace, "remote", "add", "origin", f"https://github.com/{OWNER}/{NAME}")
    for file in _git(job.workspace, "ls-files").splitlines():
        os.utime(job.workspace / file, (CHECKED_OUT, CHECKED_OUT), follow_symlinks=False)
    (job.workspace / ".venv").symlink_to(ROOT / ".venv")
    (job.workspace / "frontend" / "node_modules").symlink_to(ROOT / "frontend" / "node_modules")
    return {}


def set_up_python(_: Job, given: Given) -> Outputs:
    """Nothing: the environments have their Python."""
    if given["python-version"] != "3.13":
        raise StepFailed(f"no Python {given['python-version']} here")
    return {}


def configure_credentials(job: Job, given: Given) -> Outputs:
    """Take the role from the emulator, with a token that says what GitHub's would say."""
    job.need("id-token", "write")
    claims = {"iss": ISSUER, "aud": "sts.amazonaws.com", "sub": _subject(job)}
    sts: Any = boto3.client(
        "sts", endpoint_url=job.run.endpoint, region_name=given["aws-region"],
        aws_access_key_id="none", aws_secret_access_key="none",
    )  # fmt: skip
    try:
        found = sts.assume_role_with_web_identity(
            RoleArn=given["role-to-assume"],
            RoleSessionName="GitHubActions",
            WebIdentityToken=jwt.encode(claims, "k" * 32, algorithm="HS256"),
        )["Credentials"]
    except ClientError as error:
        raise StepFailed(str(error)) from error
    job.environment |= {
        "AWS_ENDPOINT_URL": job.run.endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": found["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": found["SecretAccessKey"],
        "AWS_SESSION_TOKEN": found["SessionToken"],
        "AWS_REGION": given["aws-region"],
        "AWS_DEFAULT_REGION": given["aws-region"],
    }
    return {}


def _subject(job: Job) -> str:
    repository = f"repo:{OWNER}@{OWNER_ID}/{NAME}@{REPOSITORY_ID}"
    if job.place:
        return f"{repository}:environment:{job.place}"
    if job.run.event.name == "pull_request":
        return f"{repository}:pull_request"
    return f"{repository}:ref:{job.run.event.ref}"


def upload(job: Job, given: Given) -> Outputs:
    """Keep files for the run's other jobs."""
    source = job.workspace / given["path"]
    if not source.is_dir() or not any(source.iterdir()):
        raise StepFailed(f"there is nothing in {given['path']}")
    shutil.copytree(source, job.run.artifacts / given["name"])
    return {}


def download(job: Job, given: Given) -> Outputs:
    """Take what an earlier job of the run has kept."""
    source = job.run.artifacts / given["name"]
    if not source.is_dir():
        raise StepFailed(f"there is no artifact {given['name']}")
    shutil.copytree(source, job.workspace / given["path"], dirs_exist_ok=True)
    return {}


def scan(job: Job, given: Given) -> Outputs:
    """Nothing but that there is a list: the data about weaknesses are out of reach."""
    listed = json.loads((job.workspace / given["sbom"]).read_text())["packages"]
    # By their addresses: the image itself is one of the list.
    if not any("pkg:pypi/flask@" in str(each).lower() for each in listed):
        raise StepFailed("the list of packages lacks what the services are made of")
    return {}


def attest(job: Job, given: Given) -> Outputs:
    """Note what would be signed."""
    job.need("id-token", "write")
    job.need("attestations", "write")
    if not given["subject-name"] or not given["subject-digest"].startswith("sha256:"):
        raise StepFailed(f"nothing to attest: {given}")
    job.github.attested.append(dict(given))
    return {}


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**os.environ, **ANY_COMMIT},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StepFailed(done.stderr)
    return done.stdout


EQUIVALENTS: Mapping[str, Equivalent] = {
    "actions/checkout": Equivalent(
        check_out, frozenset({"persist-credentials", "ref", "fetch-depth"})
    ),
    "actions/setup-python": Equivalent(set_up_python, frozenset({"python-version"})),
    "aws-actions/configure-aws-credentials": Equivalent(
        configure_credentials, frozenset({"role-to-assume", "aws-region"})
    ),
    "actions/upload-artifact": Equivalent(
        upload, frozenset({"name", "path", "if-no-files-found", "retention-days"})
    ),
    "actions/download-artifact": Equivalent(download, frozenset({"name", "path"})),
    "anchore/scan-action": Equivalent(
        scan, frozenset({"sbom", "severity-cutoff", "only-fixed", "output-format"})
    ),
    "actions/attest-build-provenance": Equivalent(
        attest, frozenset({"subject-name", "subject-digest"})
    ),
}
