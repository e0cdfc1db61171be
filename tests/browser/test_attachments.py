"""Files of a to-do: chosen or dropped, sent to S3, shown, fetched and deleted."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.todos import eventually, seed

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.browser.details import Details
    from tests.e2e.stack import Person

MEGABYTE = 1024 * 1024
ANYWHERE = {"Access-Control-Allow-Origin": "*"}


def png(width: int = 40, height: int = 30) -> bytes:
    """A real picture, all of one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x2e\x7d\x5b" * width) * height
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
        )
    )


def file(name: str, content: bytes = b"Hello", kind: str = "text/plain") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


@pytest.fixture
def todo(ada: Person) -> dict[str, Any]:
    return seed(ada, "Repair the roof")[0]


@pytest.fixture
def details(browsers: Browsers, ada: Person, todo: dict[str, Any]) -> Details:
    assert todo
    return browsers.signed_in(ada).open("Repair the roof")


def files(person: Person, todo: dict[str, Any]) -> list[tuple[str, int, str]]:
    items = person.api.get(f"/me/todos/{todo['id']}/files").json()["items"]
    return sorted((each["name"], each["size"], each["status"]) for each in items)


def test_several_chosen_files_are_attached(
    details: Details, ada: Person, todo: dict[str, Any]
) -> None:
    details.choose(file("offer.txt"), file("Grüße 你好.txt", b"Hi"))

    expect(details.file("offer.txt")).to_be_visible()
    expect(details.file("Grüße 你好.txt")).to_be_visible()
    eventually(
        lambda: files(ada, todo),
        [("Grüße 你好.txt", 2, "complete"), ("offer.txt", 5, "complete")],
    )
    details.app.page.reload()
    expect(details.file("offer.txt")).to_be_visible()


def test_a_dropped_file_is_attached(details: Details, ada: Person, todo: dict[str, Any]) -> None:
    details.drop("dropped.txt", "Hello")

    eventually(lambda: files(ada, todo), [("dropped.txt", 5, "complete")])
    expect(details.file("dropped.txt")).to_be_visible()


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (file("empty.txt", b""), "empty"),
        (file("page.html", b"<p>", "text/html"), "could harm"),
    ],
)
def test_a_file_that_may_not_be_is_refused_before_it_is_sent(
    details: Details, ada: Person, todo: dict[str, Any], payload: FilePayload, told: str
) -> None:
    sent = details.app.sent("POST", "PUT")
    details.choose(payload)

    expect(details.panel).to_contain_text(told)
    assert sent == []
    assert files(ada, todo) == []


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(
    details: Details, ada: Person, todo: dict[str, Any], tmp_path: Path
) -> None:
    large = tmp_path / "film.bin"
    with large.open("wb") as sparse:
        sparse.truncate(25 * MEGABYTE + 1)
    sent = details.app.sent("POST", "PUT")
    details.choose(large)

    expect(details.panel).to_contain_text("larger than")
    assert sent == []
    assert files(ada, todo) == []


def test_progress_is_shown_and_an_upload_can_be_cancelled(
    details: Details, ada: Person, todo: dict[str, Any]
) -> None:
    details.app.network.slow(bytes_a_second=200_000)
    details.choose(file("film.bin", bytes(4 * MEGABYTE), "application/octet-stream"))
    progress = details.panel.get_by_role("progressbar", name="film.bin")
    expect(progress).to_be_visible()
    # There before its text is: only then do all screen readers say it.
    outcome = details.panel.locator(".sending").get_by_role("alert")
    expect(outcome).to_be_empty()
    expect(details.panel.locator("[data-progress=sending]")).to_be_visible()
    with details.page.expect_event("requestfailed", lambda request: request.method == "PUT"):
        details.app.press("Cancel film.bin")

    expect(outcome).to_have_text("Cancelled")
    details.app.network.slow()
    eventually(lambda: files(ada, todo), [])


@pytest.fixture
def uploading(details: Details) -> Details:
    """A film is on its way, and takes its time; another file is there."""
    details.choose(file("offer.txt"))
    expect(details.file("offer.txt")).to_be_visible()
    details.app.network.slow(bytes_a_second=200_000)
    details.choose(file("film.bin", bytes(4 * MEGABYTE), "application/octet-stream"))
    expect(details.panel.locator("[data-progress=sending]")).to_be_visible()
    return details


def test_whoever_leaves_during_an_upload_is_asked(uploading: Details) -> None:
    with uploading.page.expect_event("dialog") as asked:
        uploading.page.close(run_before_unload=True)

    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(uploading.panel.get_by_role("progressbar", name="film.bin")).to_be_visible()


def test_an_upload_ends_with_the_sign_out(uploading: Details) -> None:
    app = uploading.app
    uploading.leave()
    app.account()
    with app.page.expect_event("requestfailed", lambda request: request.method == "PUT"):
        app.press("Sign out")

    app.expect_signed_out()


def test_a_broken_upload_is_tried_again(
    details: Details, ada: Person, todo: dict[str, Any]
) -> None:
    page = details.app.page
    details.app.watch.expect("ERR_FAILED|net::ERR")
    page.route("**/u/**", lambda route: route.abort())
    details.choose(file("offer.txt"))
    retry = page.get_by_role("button", name="Retry offer.txt")
    expect(retry).to_be_visible()
    page.unroute("**/u/**")
    retry.click()

    expect(details.file("offer.txt")).to_be_visible()
    eventually(lambda: ("offer.txt", 5, "complete") in files(ada, todo), wanted=True)


def test_a_picture_is_previewed(details: Details) -> None:
    details.choose(file("roof.png", png(), "image/png"))
    expect(details.file("roof.png")).to_be_visible()
    details.app.press("Preview roof.png")

    picture = details.app.page.get_by_role("img", name="roof.png").last
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 40)


def test_a_picture_that_does_not_come_is_told(details: Details) -> None:
    details.app.watch.expect("status of 403")
    details.choose(file("roof.png", png(), "image/png"))
    expect(details.file("roof.png")).to_be_visible()
    details.page.route("**/u/**", lambda route: route.fulfill(status=403, body="<Error/>"))
    details.app.press("Preview roof.png")

    expect(details.app.dialog("roof.png")).to_contain_text("That did not work")


def test_a_press_below_the_files_closes_nothing(details: Details) -> None:
    expect(details.panel).to_contain_text("of 1 GB used")
    details.page.set_viewport_size({"width": 1280, "height": 1600})
    box = details.panel.bounding_box()
    assert box
    details.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 20)

    expect(details.panel).to_be_visible()
    details.page.mouse.click(box["x"] / 2, box["height"] / 2)  # beside it
    expect(details.panel).to_have_count(0)


STRAY = """(zone) => {
  const data = new DataTransfer();
  data.items.add(new File(['Hello'], 'stray.txt', { type: 'text/plain' }));
  return ['dragover', 'drop'].map((kind) => {
    const about = { dataTransfer: data, bubbles: true, cancelable: true };
    return zone.dispatchEvent(new DragEvent(kind, about));
  });
}"""


def test_a_file_dropped_beside_takes_nobody_away(browsers: Browsers, ada: Person) -> None:
    (todo,) = seed(ada, "Thrown away")
    ada.api.delete(f"/me/todos/{todo['id']}")
    app = browsers.signed_in(ada, "/trash")
    assert app.main.evaluate(STRAY) == [False, False]

    locked = app.open("Thrown away")
    assert locked.panel.evaluate(STRAY) == [False, False]


def test_a_file_is_downloaded_as_it_was(details: Details) -> None:
    content = bytes(range(256))
    details.choose(file("Grüße.bin", content, "application/octet-stream"))
    with details.app.page.expect_download() as download:
        details.app.press("Download Grüße.bin")

    assert download.value.suggested_filename == "Grüße.bin"
    assert Path(download.value.path()).read_bytes() == content


def test_a_download_asks_nothing_while_an_upload_is_on_its_way(uploading: Details) -> None:
    asked = uploading.app.questions()
    with uploading.page.expect_download():
        uploading.app.press("Download offer.txt")

    assert asked == []
    expect(uploading.panel.get_by_role("progressbar", name="film.bin")).to_be_visible()


def test_a_download_that_s3_refuses_is_told_and_the_page_stays(details: Details) -> None:
    page = details.page
    details.app.watch.expect("status of 403")
    details.choose(file("offer.txt"))
    expect(details.file("offer.txt")).to_be_visible()
    page.context.route(
        "**/u/**", lambda route: route.fulfill(status=403, body="<Error/>", headers=ANYWHERE)
    )
    details.app.press("Download offer.txt")

    details.app.expect_told("That did not work")
    expect(details.file("offer.txt")).to_be_visible()
    assert page.context.pages == [page]


def test_a_file_is_deleted_after_a_question(
    details: Details, ada: Person, todo: dict[str, Any]
) -> None:
    details.choose(file("offer.txt"))
    expect(details.file("offer.txt")).to_be_visible()
    details.app.press("Delete offer.txt")
    question = details.app.page.get_by_role("alertdialog").or_(
        details.app.page.get_by_role("dialog", name="Delete this file?")
    )
    question.get_by_role("button", name="Delete", exact=True).click()

    expect(details.file("offer.txt")).to_have_count(0)
    eventually(lambda: files(ada, todo), [])


def test_the_room_that_is_left_is_shown(details: Details) -> None:
    expect(details.panel).to_contain_text("of 1 GB used")
    details.choose(file("half.bin", bytes(MEGABYTE // 2), "application/octet-stream"))

    expect(details.panel).to_contain_text("512 kB of 1 GB used")


def test_nobody_elses_files_are_shown(
    app: App, browsers: Browsers, ada: Person, bob: Person
) -> None:
    (todo,) = seed(ada, "Repair the roof")
    app.page.reload()
    app.open("Repair the roof").choose(file("offer.txt"))
    eventually(lambda: len(files(ada, todo)), 1)
    at_bob = browsers.signed_in(bob, f"/open?todo={todo['id']}")

    expect(at_bob.page.get_by_text("This to-do is not here any more.")).to_be_visible()
    expect(at_bob.page.get_by_text("offer.txt")).to_have_count(0)


def test_a_file_that_is_gone_is_told_and_stops_no_other(
    browsers: Browsers, ada: Person, tmp_path: Path
) -> None:
    """A dropped folder is the same to the browser: something that cannot be read."""
    seed(ada, "With files")
    app = browsers.signed_in(ada)
    app.open("With files")
    app.network.hold()
    files = [tmp_path / name for name in ("first.txt", "gone.txt", "last.txt")]
    for file in files:
        file.write_text("text")
    app.page.locator("input[type=file]").set_input_files(files)
    expect(app.page.locator("[data-progress]")).to_have_count(3)
    files[1].unlink()
    app.network.works()

    expect(app.page.get_by_text("cannot be read")).to_be_visible()
    expect(app.page.get_by_role("listitem").filter(has_text="last.txt")).to_be_visible()
    expect(app.page.locator("[data-progress]")).to_have_count(1)
