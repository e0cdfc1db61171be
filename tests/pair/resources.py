"""The tables and the bucket of both services, as template.yaml has them."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from local.cloudformation.template import read
from tests.pair.operations import ROOT

REGION = "eu-central-1"
BUCKET = "files-bucket"
TABLES = {"todos": "TodosTable", "files": "FilesTable"}
KEPT = ("BillingMode", "AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes")


def create(dynamodb: Any, s3: Any) -> None:
    resources = read(ROOT / "template.yaml").body["Resources"]
    for name, resource in TABLES.items():
        properties = resources[resource]["Properties"]
        kept = {key: properties[key] for key in KEPT if key in properties}
        dynamodb.create_table(TableName=name, **kept)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})


def environment(jwks_url: str, issuer: str, audience: str) -> dict[str, str]:
    """What both services read."""
    return {
        "AWS_REGION": REGION,
        "TODOS_TABLE": "todos",
        "FILES_TABLE": "files",
        "FILES_BUCKET": BUCKET,
        "JWT_ISSUER": issuer,
        "JWT_AUDIENCE": audience,
        "JWKS_URL": jwks_url,
    }


def put(s3: Any, key: str, content: bytes) -> None:
    """What a browser does with a presigned PUT."""
    checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
    s3.put_object(
        Bucket=BUCKET, Key=key, Body=content, ChecksumAlgorithm="SHA256", ChecksumSHA256=checksum
    )


def items(dynamodb: Any, table: str, user: str) -> list[dict[str, Any]]:
    """Everything of a user's in a table, as it is kept."""
    answer = dynamodb.query(
        TableName=table,
        ConsistentRead=True,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"U#{user}"}},
    )
    assert "LastEvaluatedKey" not in answer
    found: list[dict[str, Any]] = answer["Items"]
    return found


def kept(dynamodb: Any, s3: Any, user: str) -> dict[str, Any]:
    """Everything that is kept for a user, anywhere."""
    objects = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"u/{user}/").get("Contents", [])
    return {
        "todos": items(dynamodb, "todos", user),
        "files": items(dynamodb, "files", user),
        "objects": {found["Key"]: found["ETag"] for found in objects},
    }
