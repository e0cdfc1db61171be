"""The core stack: packaged by SAM, changed by a change set."""

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

from deploy import bootstrap, changes, images, prerequisites, stacks, templates
from deploy.account import CONFIG, Account
from deploy.changes import Change
from deploy.failures import explained
from deploy.settings import Settings
from deploy.stacks import PLANNED, Stack
from deploy.templates import Parameters
from deploy.terminal import Refused, say

MARK = "MainImageTag"
# The network spans three availability zones.
ZONES = 3


def find(account: Account, settings: Settings) -> Stack | None:
    """The deployed core, if there is one; it must be fit for a change."""
    stack = stacks.find(account, settings.stack)
    if stack is None or stack.status == PLANNED:
        return None
    stacks.check_ours(stack, MARK)
    stacks.check_ready(account, stack)
    return stack


def existing(account: Account, settings: Settings) -> Stack:
    """The deployed core, which must be there."""
    stack = stacks.existing(account, settings.stack)
    stacks.check_ours(stack, MARK)
    return stack


def deploy(
    account: Account,
    settings: Settings,
    given: Parameters,
    tags: Mapping[str, str],
    minutes: int = 0,
    approved: Collection[str] | None = None,
) -> Stack:
    """Create or update the core; a service without a tag here keeps the image it has.

    The first deployment takes the newest, and waits these minutes for what is missing. Any other
    is refused if it would change something else than what was `approved` by somebody who saw it.
    """
    if find(account, settings) is None:
        check_region(account)
        prerequisites.await_for_core(account, settings, tags, minutes)
        website = stacks.existing(account, settings.website)
        given = {**given, "WebsiteOrigin": website.outputs["WebsiteUrl"]}
        tags = {**prerequisites.newest(account), **tags}
        approved = None  # It was all to be made.
    say(f"Stack {settings.stack}: network, load balancer, data, services, API")
    return changes.deploy(account, _change(account, settings, given, tags, "core"), approved)


def plan(account: Account, settings: Settings, given: Parameters) -> list[str]:
    """What a deployment would change, a line each; nothing of it is left behind."""
    if find(account, settings) is None:
        return [f"There is no stack {settings.stack} in {account.region} yet: all is to be made"]
    existing(account, settings)
    say(f"Stack {settings.stack}: what a deployment would change")
    change_set = changes.make(account, _change(account, settings, given, {}, "plan"), "plan")
    if change_set is None:
        return []
    lines = changes.lines(account, settings.stack, change_set)
    changes.discard(account, settings.stack, change_set)
    return lines


def check_region(account: Account) -> None:
    """Refuse a region that the network does not fit in."""
    ec2 = account.session.client("ec2", config=CONFIG)
    found = ec2.describe_availability_zones(
        Filters=[
            {"Name": "state", "Values": ["available"]},
            {"Name": "zone-type", "Values": ["availability-zone"]},
        ]
    )["AvailabilityZones"]
    if len(found) < ZONES:
        raise Refused(
            f"The region {account.region} has {len(found)} availability zones for this account, "
            f"and the network needs {ZONES}: choose another by AWS_REGION."
        )


def _change(
    account: Account, settings: Settings, given: Parameters, tags: Mapping[str, str], folder: str
) -> Change:
    """The change, its template in a folder of the bucket; a plan is made as nobody but oneself."""
    found = bootstrap.outputs(account, settings)
    template = settings.template("template")
    values = {**given, **{images.parameter_of(service): tag for service, tag in tags.items()}}
    if "PermissionsBoundary" in templates.declared(template):
        values["PermissionsBoundary"] = found.get("PermissionsBoundaryArn", "")
    role = found.get("CoreStackRoleArn") if folder == "core" else None
    url = _upload(account, settings, found[bootstrap.BUCKET], folder)
    return Change(settings.stack, template, values, MARK, url, role)


def _upload(account: Account, settings: Settings, bucket: str, folder: str) -> str:
    """Put the template and what it includes into the bucket; the template's URL."""
    body = _packaged(account, settings, bucket, folder)
    key = f"{folder}/{hashlib.sha256(body).hexdigest()}.template"
    s3 = account.session.client("s3", config=CONFIG)
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"


def _packaged(account: Account, settings: Settings, bucket: str, folder: str) -> bytes:
    """The template with the S3 address of what it includes, as `sam deploy` would make it."""
    with tempfile.TemporaryDirectory() as directory:
        packaged = Path(directory) / "template.yaml"
        done = subprocess.run(  # noqa: S603  our own arguments
            [
                *(str(settings.sam), "package", "--no-progressbar", "--region", account.region),
                *("--template-file", str(settings.template("template"))),
                *("--s3-bucket", bucket, "--s3-prefix", folder),
                *("--output-template-file", str(packaged)),
            ],
            cwd=settings.repository,
            env=account.environment(os.environ) | {"SAM_CLI_TELEMETRY": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = done.stderr.strip() or done.stdout.strip()
            last = said.rpartition("Error: ")[2]
            raise Refused(explained(said) or f"`sam package` failed: {last}")
        return packaged.read_bytes()
