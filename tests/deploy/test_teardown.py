"""The end of an installation: what is deleted, what stays, and that nobody is surprised."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.deploy.scratch import PARAMETERS

if TYPE_CHECKING:
    from tests.deploy.scratch import Installed, Scratch

KEEPING: dict[str, Any] = {
    "Resources": {
        "Orders": {
            "Type": "AWS::DynamoDB::Table",
            "DeletionPolicy": "Retain",
            "Properties": {
                "TableName": "orders",
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            },
        }
    }
}


def left(scratch: Scratch) -> dict[str, list[Any]]:
    """What is in the account that could cost money."""
    client = scratch.client
    return {
        "instances": client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"],
        "clusters": client("ecs").list_clusters()["clusterArns"],
        "load balancers": client("elbv2").describe_load_balancers()["LoadBalancers"],
        "repositories": client("ecr").describe_repositories()["repositories"],
        "distributions": client("cloudfront")
        .list_distributions()["DistributionList"]
        .get("Items", []),
        "alarms": client("cloudwatch").describe_alarms()["MetricAlarms"],
        "tables": client("dynamodb").list_tables()["TableNames"],
        "buckets": client("s3").list_buckets()["Buckets"],
        "user pools": client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"],
        "log groups": client("logs").describe_log_groups()["logGroups"],
    }


def kept(scratch: Scratch) -> dict[str, int]:
    """How many of each there are, without what there is none of."""
    return {name: len(found) for name, found in left(scratch).items() if found}


def add_objects(scratch: Scratch) -> None:
    """Two versions of an object and a deleted one, in every bucket."""
    s3 = scratch.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        for body in (b"old", b"new"):
            s3.put_object(Bucket=bucket["Name"], Key="page", Body=body)
        s3.put_object(Bucket=bucket["Name"], Key="gone", Body=b"")
        s3.delete_object(Bucket=bucket["Name"], Key="gone")


@pytest.fixture(scope="module")
def destroyed(installed: Installed) -> Scratch:
    """The account after everything has been deployed twice, and destroyed once."""
    scratch = installed.scratch
    second = scratch.make_target(
        "deploy", "STACK=second", f"TAG={installed.tag}", f"PARAMETERS={PARAMETERS}"
    )
    assert second.returncode == 0, second.stderr
    add_objects(scratch)
    return scratch


def test_nothing_is_destroyed_unasked(destroyed: Scratch) -> None:
    before = destroyed.stacks()

    unasked = destroyed.make_target("destroy")

    assert unasked.returncode != 0
    assert "Not confirmed, nothing is touched" in unasked.stderr
    assert destroyed.stacks() == before


def test_a_protected_installation_goes_on_running(destroyed: Scratch) -> None:
    cloudformation = destroyed.client("cloudformation")
    protect = cloudformation.update_termination_protection
    protect(StackName="todo-on-ecs", EnableTerminationProtection=True)
    before = kept(destroyed)

    refused = destroyed.make_target("destroy", "CONFIRM=yes")

    protect(StackName="todo-on-ecs", EnableTerminationProtection=False)
    assert refused.returncode != 0
    assert refused.stderr.startswith("The stack todo-on-ecs is protected from being deleted: `aws ")
    assert kept(destroyed) == before
    assert "Stopping the tasks" not in refused.stdout


def test_the_second_of_two_installations_goes_alone(destroyed: Scratch) -> None:
    done = destroyed.make_target("destroy", "STACK=second", "CONFIRM=yes", "DATA=delete")

    assert done.returncode == 0, done.stderr
    assert "Stack todo-on-ecs-bootstrap stays: in use by todo-on-ecs" in done.stdout
    assert set(destroyed.stacks()) == {
        "todo-on-ecs-bootstrap",
        "todo-on-ecs-website",
        "todo-on-ecs",
    }
    assert kept(destroyed)["tables"] == 2


def test_without_a_word_about_data_they_stay_and_their_cost_is_named(destroyed: Scratch) -> None:
    done = destroyed.make_target("destroy", "CONFIRM=yes")

    stays = [line for line in done.stdout.splitlines() if line.startswith("Stays: ")]
    assert done.returncode == 0, done.stderr
    assert destroyed.stacks() == {}
    assert kept(destroyed) == {"tables": 2, "buckets": 1, "user pools": 1, "log groups": 4}
    assert len(stays) == sum(kept(destroyed).values())
    assert all("; costs " in line and "unknown" not in line for line in stays)
    assert "`make destroy DATA=delete` deletes that too" in done.stdout


def test_what_stayed_can_be_deleted_later(destroyed: Scratch) -> None:
    done = destroyed.make_target("destroy", "CONFIRM=yes", "DATA=delete")

    assert done.returncode == 0, done.stderr
    assert kept(destroyed) == {}
    assert "Nothing is left." in destroyed.make_target("destroy", "CONFIRM=yes").stdout


def test_what_another_application_has_left_under_the_name_is_not_deleted(scratch: Scratch) -> None:
    cloudformation = scratch.client("cloudformation")
    cloudformation.create_stack(StackName="store", TemplateBody=json.dumps(KEEPING))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="store")
    cloudformation.delete_stack(StackName="store")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="store")

    done = scratch.make_target("destroy", "STACK=store", "CONFIRM=yes", "DATA=delete")

    assert done.returncode == 0, done.stderr
    assert scratch.client("dynamodb").list_tables()["TableNames"] == ["orders"]
