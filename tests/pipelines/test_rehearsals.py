"""What a push, a pull request and a click set going, from an empty account on; in this order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.pipelines.stage import DEPLOYED, FILES, MAIN, WORKFLOWS, change_file, images

if TYPE_CHECKING:
    from tests.pipelines.runner import Run
    from tests.pipelines.stage import Stage

NAMES = {path.stem for path in WORKFLOWS}
HEALTH = '"""It answers nothing any more."""\nraise SystemExit(1)\n'


def told(runs: dict[str, Run]) -> str:
    return "\n".join(f"{name}\n{run.log}" for name, run in runs.items())


def change_alarm(text: str) -> Any:
    def change(body: dict[str, Any]) -> None:
        body["Resources"]["ScaleOutAlarm"]["Properties"]["AlarmDescription"] = text

    return change


def alarm(stage: Stage) -> list[str]:
    found = stage.scratch.client("cloudwatch").describe_alarms()["MetricAlarms"]
    return [each["AlarmDescription"] for each in found if "ScaleOut" in each["AlarmName"]]


def test_four_pipelines_at_once_make_an_installation(stage: Stage, first: dict[str, Run]) -> None:
    tag = stage.tag()
    website = stage.scratch.parameters("todo-on-ecs-website")

    assert {name: run.result for name, run in first.items()} == dict.fromkeys(NAMES, "success"), (
        told(first)
    )
    assert images(stage) == {"main": tag, "files": tag, "worker": tag}
    assert website["ApiOrigin"].startswith("http://127.0.0.1")
    assert stage.github.comments == {}


def test_whoever_comes_first_says_what_it_waits_for(first: dict[str, Run]) -> None:
    assert "Waiting for the stack todo-on-ecs (make deploy-core)" in first["frontend"].log
    assert "There is no stack todo-on-ecs in eu-central-1 yet" in first["core"].summary


def test_assets_are_there_before_the_pages_that_name_them(
    stage: Stage, first: dict[str, Run]
) -> None:
    del first
    calls = stage.endpoint.calls["FrontendRole"]
    put = [call.given["path"] for call in calls if call.action == "s3:PutObject"]
    pages = [path for path in put if "/assets/" not in path]

    assert len(pages) < len(put)
    assert put[-len(pages) :] == pages
    assert "cloudfront:CreateInvalidation" not in {call.action for call in calls[:-3]}


def test_a_change_of_main_changes_its_image_alone(stage: Stage, first: dict[str, Run]) -> None:
    del first
    before, files = stage.scratch.parameters(), images(stage)["files"]
    change_file(stage, MAIN)

    runs = stage.play(stage.github.push("Change the main service"))

    run = runs["main-service"]
    tag = stage.tag()
    assert set(runs) == {"main-service"}
    assert run.results == DEPLOYED, run.log
    assert stage.scratch.parameters() == {**before, "MainImageTag": tag}
    assert images(stage) == {"main": tag, "files": files, "worker": files}
    assert stage.github.attested[-1]["subject-name"].endswith("/todo-on-ecs/main")
    assert f"**main** runs `{tag}`; before, it ran `{before['MainImageTag']}`." in run.summary
    assert "[ApiUrl](http://127.0.0.1" in run.summary
    assert run.jobs["deploy"].url.startswith("http://127.0.0.1")


def test_a_change_of_the_website_publishes_it_alone(stage: Stage, first: dict[str, Run]) -> None:
    del first
    before, calls = stage.scratch.parameters(), stage.endpoint.calls["FrontendRole"]
    earlier = len(calls)
    change_file(stage, "frontend/index.html", "<!-- changed -->\n")

    runs = stage.play(stage.github.push("Change the website"))

    put = [call.given["path"] for call in calls[earlier:] if call.action == "s3:PutObject"]
    assert set(runs) == {"frontend"}
    assert runs["frontend"].result == "success", runs["frontend"].log
    assert stage.scratch.parameters() == before
    assert any(path.endswith("/index.html") for path in put)
    assert "[WebsiteUrl](https://" in runs["frontend"].summary


def test_a_pull_request_shows_what_it_would_change(stage: Stage, first: dict[str, Run]) -> None:
    del first
    before = alarm(stage)
    stage.scratch.change_template("template", change_alarm("proposed"))

    runs = stage.play(stage.github.pull_request("Say more of the alarm"))

    assert set(runs) == {"core"}
    assert runs["core"].results == {
        "check": "success",
        "plan": "success",
        "comment": "success",
        "deploy": "skipped",
    }, runs["core"].log
    assert "- Modify ScaleOutAlarm (AWS::CloudWatch::Alarm" in stage.github.comments["7"]
    assert "- Modify ScaleOutAlarm (AWS::CloudWatch::Alarm" in runs["core"].summary
    assert alarm(stage) == before


@pytest.mark.parametrize(
    ("head", "author"),
    [("eve/todo-on-ecs", "eve"), ("ada/todo-on-ecs", "dependabot[bot]")],
    ids=["fork", "packages"],
)
def test_what_a_stranger_wrote_gets_no_credentials(
    stage: Stage, first: dict[str, Run], head: str, author: str
) -> None:
    del first
    stage.scratch.change_template("template", change_alarm(f"of {author}"))
    change_file(stage, MAIN)

    runs = stage.play(stage.github.pull_request("Help", 8, head, author))

    used = {name for run in runs.values() for name, job in run.jobs.items() if job.environment}
    assert set(runs) == {"core", "main-service"}
    assert {run.result for run in runs.values()} == {"success"}, told(runs)
    assert used == set()
    assert runs["core"].results["plan"] == "skipped"
    assert "8" not in stage.github.comments


def test_a_change_of_the_template_keeps_the_images(stage: Stage, first: dict[str, Run]) -> None:
    del first
    before = stage.scratch.parameters()
    stage.scratch.change_template("template", change_alarm("changed"))

    runs = stage.play(stage.github.push("Change the template"))

    assert set(runs) == {"core"}
    assert runs["core"].result == "success", runs["core"].log
    assert runs["core"].results["deploy"] == "success"
    assert alarm(stage) == ["changed"]
    assert stage.scratch.parameters() == before
    assert "- Modify ScaleOutAlarm (AWS::CloudWatch::Alarm" in runs["core"].summary


def test_what_changes_nothing_asks_no_reviewer(stage: Stage, first: dict[str, Run]) -> None:
    del first
    change_file(stage, "scripts/lock")

    runs = stage.play(stage.github.push("Change a script"))

    assert set(runs) == {"core"}
    assert runs["core"].results["deploy"] == "skipped"
    assert "Nothing." in runs["core"].summary


def test_several_changes_at_once_all_arrive(stage: Stage, first: dict[str, Run]) -> None:
    del first
    stage.scratch.change_template("template", change_alarm("changed again"))
    change_file(stage, MAIN)
    change_file(stage, FILES)

    runs = stage.play(stage.github.push("Change both services and the template"))

    tag = stage.tag()
    assert set(runs) == {"core", "files-service", "main-service"}
    assert {run.result for run in runs.values()} == {"success"}, told(runs)
    assert images(stage) == {"main": tag, "files": tag, "worker": tag}
    assert alarm(stage) == ["changed again"]


def test_a_pipeline_that_is_overtaken_brings_no_older_image(
    stage: Stage, first: dict[str, Run]
) -> None:
    del first
    change_file(stage, MAIN)
    older = stage.github.push("Change the main service")
    change_file(stage, MAIN)
    newer = stage.github.push("Change it again")
    stage.play(newer)

    run = stage.play(older)["main-service"]

    assert run.results == DEPLOYED, run.log
    assert images(stage)["main"] == stage.tag()
    assert f"main stays at {stage.tag()}, which came after {older.commit[:12]}." in run.summary


def test_a_pipeline_that_is_overtaken_brings_no_older_pages(
    stage: Stage, first: dict[str, Run]
) -> None:
    del first
    change_file(stage, "frontend/index.html", "<!-- older -->\n")
    older = stage.github.push("Change the website")
    change_file(stage, "frontend/index.html", "<!-- newer -->\n")
    stage.play(stage.github.push("Change it again"))
    published = len(stage.endpoint.calls["FrontendRole"])

    run = stage.play(older)["frontend"]

    assert run.result == "success", run.log
    assert "The pages stay: origin/main has newer ones" in run.summary
    assert "s3:PutObject" not in {
        call.action for call in stage.endpoint.calls["FrontendRole"][published:]
    }


def test_a_failing_test_deploys_nothing(stage: Stage, first: dict[str, Run]) -> None:
    del first
    before = stage.scratch.parameters()
    broken = stage.scratch.folder / "services/main/main_service/routes.py"
    good = broken.read_text()
    broken.write_text(HEALTH)

    runs = stage.play(stage.github.push("Break the main service"))

    broken.write_text(good)
    assert runs["main-service"].results == {
        "check": "failure",
        "image": "skipped",
        "push": "skipped",
        "deploy": "skipped",
        "roll-back": "skipped",
    }
    assert stage.scratch.parameters() == before
    assert stage.tag() not in stage.pushed("main")


def test_an_image_that_never_gets_healthy_is_taken_back(
    stage: Stage, first: dict[str, Run]
) -> None:
    del first
    before = images(stage)
    change_file(stage, MAIN)
    event = stage.github.push("Make the main service ill")
    stage.make_unhealthy(stage.tag())

    runs = stage.play(event)

    assert runs["main-service"].results == {**DEPLOYED, "deploy": "failure"}
    assert images(stage) == before
    assert stage.scratch.parameters()["MainImageTag"] == before["main"]
    assert stage.tag() in stage.pushed("main")
    assert "**deploy-main failed:** " in runs["main-service"].summary
    assert "everything is as it was before." in runs["main-service"].summary


def test_a_fork_that_is_not_set_up_checks_alone(stage: Stage, first: dict[str, Run]) -> None:
    del first
    change_file(stage, FILES)
    event = stage.github.push("Change the files service")

    with stage.without_variables():
        runs = stage.play(event)

    assert runs["files-service"].results == {
        "check": "success",
        "image": "success",
        "push": "skipped",
        "deploy": "skipped",
        "roll-back": "skipped",
    }


def test_a_private_repository_s_image_is_not_attested(stage: Stage, first: dict[str, Run]) -> None:
    del first
    attested = len(stage.github.attested)
    change_file(stage, FILES)
    stage.github.is_private = True

    runs = stage.play(stage.github.push("Change the files service"))

    stage.github.is_private = False
    assert runs["files-service"].results == DEPLOYED, told(runs)
    assert len(stage.github.attested) == attested
