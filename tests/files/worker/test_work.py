"""Attachments of to-dos that are gone for good, and uploads that nobody completed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.files.worker.conftest import Scene

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
TODO = "11111111-0000-4000-8000-000000000001"
OTHER_TODO = "11111111-0000-4000-8000-000000000002"
FILES = f"/me/todos/{TODO}/files"
OTHER_FILES = f"/me/todos/{OTHER_TODO}/files"
LATE = timedelta(hours=24, minutes=2)


def test_the_attachments_of_a_removed_todo_go(scene: Scene) -> None:
    scene.uploads.attach(scene.alice, FILES)
    pending = scene.uploads.announce(scene.alice, FILES)
    scene.uploads.put(pending["upload"])
    kept = scene.uploads.attach(scene.alice, OTHER_FILES)
    others = scene.uploads.attach(scene.bob, FILES)
    scene.tell(f"T#{TODO}")

    scene.worker.work()

    assert scene.alice.get(f"{FILES}/{pending['file']['id']}").status_code == 404
    assert scene.alice.get(FILES).get_json() == {"items": []}
    assert scene.alice.get(OTHER_FILES).get_json() == {"items": [kept]}
    assert scene.bob.get(FILES).get_json() == {"items": [others]}
    assert scene.sums() == {ALICE: (4, 1), BOB: (4, 1)}
    assert scene.keys() == {
        f"u/{ALICE}/{OTHER_TODO}/{kept['id']}",
        f"u/{BOB}/{TODO}/{others['id']}",
    }
    assert scene.waiting() == 0
    left = {
        (item["pk"]["S"], item["sk"]["S"])
        for item in scene.dynamodb.scan(TableName=scene.table)["Items"]
    }
    assert (f"U#{ALICE}", f"N#{TODO}") not in left


def test_a_repeated_message_does_no_harm(scene: Scene) -> None:
    scene.uploads.attach(scene.alice, FILES)
    scene.uploads.attach(scene.alice, OTHER_FILES)
    for _ in range(3):
        scene.tell(f"T#{TODO}")

    for _ in range(3):
        scene.worker.work()

    assert scene.sums() == {ALICE: (4, 1)}
    assert scene.waiting() == 0


def test_what_was_attached_after_the_removal_stays(scene: Scene) -> None:
    """The to-do was created again under its id, and the message came late."""
    before = scene.uploads.attach(scene.alice, FILES)
    scene.grow_older(before["id"], timedelta(minutes=10))
    after = scene.uploads.attach(scene.alice, FILES)
    scene.tell(f"T#{TODO}", age=300)

    scene.worker.work()

    assert scene.alice.get(FILES).get_json() == {"items": [after]}


@pytest.mark.parametrize(
    ("sort_key", "name"),
    [
        (f"T#{TODO}", "INSERT"),
        (f"T#{TODO}", "MODIFY"),
        ("COUNT", "REMOVE"),
        (f"N#{TODO}", "REMOVE"),
        (f"X#{TODO}", "REMOVE"),
    ],
)
def test_what_does_not_concern_it_is_done_with_and_changes_nothing(
    scene: Scene, sort_key: str, name: str
) -> None:
    file = scene.uploads.attach(scene.alice, FILES)
    scene.tell(sort_key, name=name)

    scene.worker.work()

    assert scene.alice.get(FILES).get_json() == {"items": [file]}
    assert scene.waiting() == 0


def test_an_upload_that_nobody_completed_is_cleared_away(scene: Scene) -> None:
    announced = scene.uploads.announce(scene.alice, FILES)
    scene.uploads.put(announced["upload"])
    scene.grow_older(announced["file"]["id"], LATE)
    scene.tell(f"P#{TODO}#{announced['file']['id']}")

    scene.worker.work()

    assert scene.sums() == {ALICE: (0, 0)}
    assert scene.keys() == set()


@pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=24)])
def test_an_upload_that_may_still_be_completed_stays(scene: Scene, age: timedelta) -> None:
    announced = scene.uploads.announce(scene.alice, FILES)
    scene.uploads.put(announced["upload"])
    scene.grow_older(announced["file"]["id"], age)
    scene.tell(f"P#{TODO}#{announced['file']['id']}")

    scene.worker.work()

    assert scene.sums() == {ALICE: (4, 1)}
    assert len(scene.keys()) == 1


def test_a_complete_upload_outlives_its_reminder(scene: Scene) -> None:
    file = scene.uploads.attach(scene.alice, FILES)
    scene.grow_older(file["id"], LATE)
    scene.tell(f"P#{TODO}#{file['id']}")

    scene.worker.work()

    assert scene.alice.get(FILES).get_json()["items"][0]["id"] == file["id"]
    assert len(scene.keys()) == 1


def test_bytes_that_came_after_the_attachment_was_deleted_go(scene: Scene) -> None:
    """The upload's URL is good for 15 minutes, whatever happens to the attachment."""
    announced = scene.uploads.announce(scene.alice, FILES)
    scene.alice.delete(f"{FILES}/{announced['file']['id']}")
    scene.uploads.put(announced["upload"])
    assert len(scene.keys()) == 1
    scene.tell(f"P#{TODO}#{announced['file']['id']}")

    scene.worker.work()

    assert scene.keys() == set()
    assert scene.waiting() == 0
