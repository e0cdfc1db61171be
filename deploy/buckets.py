"""Buckets, which S3 deletes only when they are empty."""

from deploy.account import CONFIG, Account
from deploy.terminal import Refused


def empty_bucket(account: Account, bucket: str) -> None:
    """Delete every version of every object, and what marks an object as deleted."""
    s3 = account.session.client("s3", config=CONFIG)
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
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


def delete_bucket(account: Account, bucket: str) -> None:
    empty_bucket(account, bucket)
    account.session.client("s3", config=CONFIG).delete_bucket(Bucket=bucket)
