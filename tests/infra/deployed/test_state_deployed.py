"""What keeps people's data, deployed to the emulator: a replacement and a deletion leave it there.

The resources are those of template.yaml as they stand; nothing else of it is deployed.
"""

from __future__ import annotations

import copy
import time
from typing import TYPE_CHECKING, Any

import pytest

from local.cloudformation.template import read
from tests.infra.conftest import ROOT
from tests.infra.test_state import STATEFUL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.infra.deployed.cloud import Cloud

SECONDS = 30
STACK = "todo"


@pytest.fixture
def body() -> dict[str, Any]:
    whole = copy.deepcopy(read(ROOT / "template.yaml").body)
    resources = {
        name: each for name, each in whole["Resources"].items() if each["Type"] in STATEFUL
    }
    parameters = {"WebsiteOrigin": whole["Parameters"]["WebsiteOrigin"]}
    return {"Parameters": parameters, "Resources": resources}


@pytest.fixture
def deployed(cloud: Cloud, body: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Logical id → physical id."""
    cloud.deploy(STACK, body, WebsiteOrigin="https://todo.example.com")
    yield cloud.resources(STACK)
    delete(cloud)


def delete(cloud: Cloud) -> None:
    cloudformation = cloud.client("cloudformation")
    cloudformation.delete_stack(StackName=STACK)
    deadline = time.monotonic() + SECONDS
    while any(each["StackName"] == STACK for each in cloudformation.describe_stacks()["Stacks"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def there(cloud: Cloud) -> set[str]:
    """The physical ids of everything that can keep data."""
    client = cloud.client
    pools = client("cognito-idp").list_user_pools(MaxResults=50)["UserPools"]
    return {
        *client("dynamodb").list_tables()["TableNames"],
        *(each["Name"] for each in client("s3").list_buckets()["Buckets"]),
        *(each["Id"] for each in pools),
        *(each["logGroupName"] for each in client("logs").describe_log_groups()["logGroups"]),
    }


# By another one's name alone does the emulator carry out a replacement of each of these types.
NAMES = {
    "TodosTable": "TableName",
    "FilesTable": "TableName",
    "FilesBucket": "BucketName",
    **{f"{each}LogGroup": "LogGroupName" for each in ("Main", "Files", "Worker", "Api")},
}


@pytest.mark.parametrize("resource", NAMES)
def test_a_replaced_resource_stays_beside_the_new_one(
    cloud: Cloud, body: dict[str, Any], deployed: dict[str, str], resource: str
) -> None:
    body["Resources"][resource]["Properties"][NAMES[resource]] = f"other-{resource.lower()}"

    cloud.deploy(STACK, body, WebsiteOrigin="https://todo.example.com")

    now = cloud.resources(STACK)
    assert now[resource] != deployed[resource]
    assert {deployed[resource], now[resource]} <= there(cloud)


def test_a_deleted_stack_leaves_everything_that_people_have(
    cloud: Cloud, deployed: dict[str, str]
) -> None:
    table, bucket = deployed["TodosTable"], deployed["FilesBucket"]
    item = {"pk": {"S": "U#alice"}, "sk": {"S": "T#1"}}
    cloud.client("dynamodb").put_item(TableName=table, Item=item)
    cloud.client("s3").put_object(Bucket=bucket, Key="u/alice/1/1", Body=b"lease")

    delete(cloud)

    assert set(deployed.values()) <= there(cloud)
    assert cloud.client("dynamodb").get_item(TableName=table, Key=item)["Item"] == item
    assert (
        cloud.client("s3").get_object(Bucket=bucket, Key="u/alice/1/1")["Body"].read() == b"lease"
    )
