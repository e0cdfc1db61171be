"""The built website, put into the bucket so that at every moment a whole one is there."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from deploy import content, github, repository
from deploy.account import CONFIG, Account
from deploy.content import ASSETS, File
from deploy.settings import Settings
from deploy.stacks import Stack
from deploy.terminal import say

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

# An empty object of this prefix and an asset's name says since when no page names the asset.
FORMER = "former/"
# Pages that are open may still ask for it, and so may those who go back to an older commit.
KEPT = timedelta(days=30)
PAGE = "/index.html"
CONFIG_OUTPUTS = {"ApiUrl", "UserPoolId", "UserPoolClientId"}


@dataclass(frozen=True)
class Present:
    """An object that the bucket holds."""

    etag: str
    since: datetime


def publish(account: Account, settings: Settings, website: Stack, core: Stack | None) -> None:
    """Make the built website the one that people see; without a core, say what it waits for."""
    if core is None or not core.outputs.keys() >= CONFIG_OUTPUTS:
        say(
            f"Nothing is published: it waits for the stack {settings.stack}, which `make "
            "deploy-core` makes. Then repeat."
        )
        return
    files = content.files(settings.built, content.config(core, account.region))
    s3 = account.session.client("s3", config=CONFIG)
    bucket = Bucket(s3, website.outputs["WebsiteBucketName"])
    uploaded = upload(bucket, files)
    _refresh(account, website.outputs["DistributionId"], uploaded)
    remove_former(bucket, files, datetime.now(UTC))


def is_overtaken(settings: Settings, newer: str) -> bool:
    """Whether a newer revision has other pages: publishing these would take them back."""
    website = settings.template("website")
    if not repository.differs(settings.repository, newer, "frontend", str(website)):
        return False
    text = f"The pages stay: {newer} has newer ones, which its own run publishes."
    say(text)
    github.summarize(text)
    return True


class Bucket:
    """The website's bucket; a list of it, writing and deleting are all that a pipeline may do."""

    def __init__(self, s3: "S3Client", name: str) -> None:
        self._s3, self.name = s3, name

    def present(self) -> dict[str, Present]:
        """Key → object."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return {
            each["Key"]: Present(each["ETag"], each["LastModified"])
            for page in pages
            for each in page.get("Contents", [])
        }

    def put(self, file: File) -> None:
        self._s3.put_object(
            Bucket=self.name,
            Key=file.key,
            Body=file.body,
            ContentType=file.content_type,
            CacheControl=file.cache_control,
        )

    def delete(self, key: str) -> None:
        self._s3.delete_object(Bucket=self.name, Key=key)


def upload(bucket: Bucket, files: Iterable[File]) -> list[File]:
    """Put what the bucket does not hold yet, in the files' order; what was put."""
    say(f"Publishing into {bucket.name}")
    present = bucket.present()
    for file in files:
        # Before a page names it again: an old mark would let it go too early next time.
        if FORMER + file.key in present:
            bucket.delete(FORMER + file.key)
    new = [file for file in files if not _holds(present, file)]
    for file in new:
        bucket.put(file)
        say(f"  {file.key} ({file.content_type}, {len(file.body)} bytes)")
    if not new:
        say("  nothing to change")
    return new


def remove_former(bucket: Bucket, files: Iterable[File], now: datetime) -> None:
    """Mark the assets that no page names any more; delete those that are marked for long."""
    current = {file.key for file in files}
    present = bucket.present()
    for key in present:
        if key.startswith(ASSETS) and key not in current and FORMER + key not in present:
            bucket.put(File(FORMER + key, b""))
    for mark, found in present.items():
        key = mark.removeprefix(FORMER)
        if key != mark and key not in current and now - found.since > KEPT:
            # The mark last: without it, an interruption would start the time anew.
            bucket.delete(key)
            bucket.delete(mark)
            say(f"  {key} deleted: named by no page for {KEPT.days} days")


def _holds(present: Mapping[str, Present], file: File) -> bool:
    return file.key in present and present[file.key].etag == file.etag


def _refresh(account: Account, distribution: str, uploaded: Iterable[File]) -> None:
    """Let CloudFront ask for what is not named by its hash; wait until it does everywhere."""
    changed = [f"/{file.key}" for file in uploaded if not file.is_asset]
    if not changed:
        return
    # Other paths of the application are kept as its page, to which website.yaml rewrites them.
    paths = ["/", *changed] if PAGE in changed else changed
    cloudfront = account.session.client("cloudfront", config=CONFIG)
    made = cloudfront.create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={
            "Paths": {"Quantity": len(paths), "Items": paths},
            "CallerReference": secrets.token_hex(8),
        },
    )["Invalidation"]["Id"]
    say(f"  CloudFront forgets {', '.join(paths)}")
    cloudfront.get_waiter("invalidation_completed").wait(DistributionId=distribution, Id=made)
