"""What people have lost comes back from a restored table, and nothing that is there is lost."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.deploy.scratch import Installed, Scratch

RESTORED = "restored"
USER, TODO, FILE = "a11ce", "t1", "f1"


def row(sort_key: str, **values: str | int) -> dict[str, Any]:
    typed = {
        name: {"N": str(value)} if isinstance(value, int) else {"S": value}
        for name, value in values.items()
    }
    return {"pk": {"S": f"U#{USER}"}, "sk": {"S": sort_key}, **typed}


def todo(name: str = TODO, title: str = "Pay", version: int = 1, **values: int) -> dict[str, Any]:
    return row(f"T#{name}", title=title, version=version, positionKey=f"O#a#{name}", **values)


ATTACHMENT = row(f"F#{TODO}#{FILE}", name="a.pdf", size=4, completedAt="2026-11-20T10:00:00Z")


@pytest.fixture
def source(installed: Installed) -> str:
    """An empty table, for what DynamoDB has restored."""
    dynamodb = installed.scratch.client("dynamodb")
    if RESTORED in dynamodb.list_tables()["TableNames"]:
        dynamodb.delete_table(TableName=RESTORED)
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    dynamodb.create_table(
        TableName=RESTORED,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
    )
    return RESTORED


def deployed(scratch: Scratch, name: str) -> str:
    found = scratch.client("cloudformation").describe_stack_resource(
        StackName="todo-on-ecs", LogicalResourceId=name
    )
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def put(scratch: Scratch, table: str, *items: Mapping[str, Any]) -> None:
    for item in items:
        scratch.client("dynamodb").put_item(TableName=table, Item=item)


def rows(scratch: Scratch, table: str) -> dict[str, Any]:
    """Sort key → item."""
    found = scratch.client("dynamodb").scan(TableName=table)["Items"]
    return {item["sk"]["S"]: item for item in found}


def restore(scratch: Scratch, *variables: str) -> str:
    done = scratch.make_target("restore", f"FROM={RESTORED}", *variables)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_missing_to_dos_come_back_and_the_others_stay(installed: Installed, source: str) -> None:
    scratch, table = installed.scratch, deployed(installed.scratch, "TodosTable")
    lost, over = todo("lost"), todo("over", expiresAt=int(time.time()) - 60)
    trashed = todo("trashed", expiresAt=int(time.time()) + 86400)
    put(scratch, source, lost, over, trashed, todo("kept", "Old"), row("COUNT", count=20))
    kept, new = todo("kept", "New", 5), todo("new")
    put(scratch, table, kept, new)

    said = restore(scratch, "TABLE=todos")

    assert said == "  2 put back"
    assert rows(scratch, table) == {
        "T#lost": lost,
        "T#trashed": trashed,
        "T#kept": kept,
        "T#new": new,
    }
    assert restore(scratch, "TABLE=todos") == "  0 put back"


def test_changed_to_dos_come_back_as_a_version_that_nobody_has_seen(
    installed: Installed, source: str
) -> None:
    scratch, table = installed.scratch, deployed(installed.scratch, "TodosTable")
    put(scratch, source, todo("spoiled", "Pay", 2), todo("same", "Same", 2))
    put(scratch, table, todo("spoiled", "Spoiled", 7), todo("same", "Same", 2))

    said = restore(scratch, "TABLE=todos", "ROWS=all")

    assert said == "  1 put back"
    found = rows(scratch, table)
    assert (found["T#spoiled"], found["T#same"]) == (
        todo("spoiled", "Pay", 8),
        todo("same", "Same", 2),
    )
    assert restore(scratch, "TABLE=todos", "ROWS=all") == "  0 put back"


def test_an_attachment_comes_back_with_its_bytes_and_into_the_sums(
    installed: Installed, source: str
) -> None:
    scratch, table = installed.scratch, deployed(installed.scratch, "FilesTable")
    bucket, s3 = deployed(scratch, "FilesBucket"), scratch.client("s3")
    key = f"u/{USER}/{TODO}/{FILE}"
    s3.put_object(Bucket=bucket, Key=key, Body=b"%PDF")
    s3.delete_object(Bucket=bucket, Key=key)
    put(scratch, source, ATTACHMENT, row(f"F#{TODO}#pending", size=4), row("QUOTA", bytes=99))
    put(scratch, table, row("QUOTA", bytes=10, files=1), row(f"N#{TODO}", files=1))

    said = restore(scratch, "TABLE=files")

    sums = {"QUOTA": row("QUOTA", bytes=14, files=2), f"N#{TODO}": row(f"N#{TODO}", files=2)}
    assert said == "  1 put back"
    assert rows(scratch, table) == {f"F#{TODO}#{FILE}": ATTACHMENT, **sums}
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"%PDF"
    assert restore(scratch, "TABLE=files") == "  0 put back"
    assert rows(scratch, table) == {f"F#{TODO}#{FILE}": ATTACHMENT, **sums}


def test_an_attachment_without_bytes_does_not_come_back(installed: Installed, source: str) -> None:
    scratch, table = installed.scratch, deployed(installed.scratch, "FilesTable")
    gone = {**ATTACHMENT, "sk": {"S": f"F#{TODO}#gone"}}
    put(scratch, source, gone)

    done = scratch.make_target("restore", "TABLE=files", f"FROM={source}")

    assert f"u/{USER}/{TODO}/gone: its bytes are gone" in done.stdout
    assert f"F#{TODO}#gone" not in rows(scratch, table)


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        (["TABLE=todos"], "FROM is missing; usage: make restore TABLE=todos|files FROM=table ["),
        (["TABLE=users", "FROM=x"], "TABLE is 'users': it must be todos or files; usage: "),
        (["TABLE=todos", "FROM=nix"], "AWS refuses Scan: "),
    ],
)
def test_what_cannot_be_restored_is_refused(
    installed: Installed, variables: list[str], line: str
) -> None:
    done = installed.scratch.make_target("restore", *variables)

    assert done.returncode != 0
    assert done.stderr.startswith(line)
