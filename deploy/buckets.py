"""Buckets, which S3 deletes only when they are empty."""

from typing import TYPE_CHECKING

from deploy.account import CONFIG, Account
from deploy.terminal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import ListObjectVersionsOutputTypeDef


def empty_bucket(account: Account, bucket: str) -> None:
    """Delete every version of every object, and what marks an object as deleted."""
    s3 = account.session.client("s3", config=CONFIG)
    for page in _pages(s3, bucket):
        listed = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if not listed:
            continue
        answer = s3.delete_objects(
            Bucket=bucket,
            Delete={
                "Objects": [
                    {"Key": each["Key"], "VersionId": each["VersionId"]} for each in listed
                ],
                "Quiet": True,
            },
        )
        for error in answer.get("Errors", []):
            raise Refused(f"{bucket}/{error.get('Key')} cannot be deleted: {error.get('Message')}")


def _pages(s3: "S3Client", bucket: str) -> "Iterator[ListObjectVersionsOutputTypeDef]":
    """The bucket's versions; nothing of one that somebody has deleted by hand."""
    try:
        yield from s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
    except s3.exceptions.NoSuchBucket:
        return


def delete_bucket(account: Account, bucket: str) -> None:
    empty_bucket(account, bucket)
    account.session.client("s3", config=CONFIG).delete_bucket(Bucket=bucket)
