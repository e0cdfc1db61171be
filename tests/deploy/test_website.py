"""The website is published whole, in an order that nobody notices, and only by what is needed."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from deploy import content, publication, stacks
from deploy.account import Account
from deploy.content import File
from deploy.publication import FORMER, KEPT, Bucket
from deploy.settings import Settings
from deploy.terminal import Refused
from local.cloudfront.content import CONFIG_KEYS, Content
from tests.deploy.scratch import REGION, ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.scratch import Installed, Scratch

DIST = ROOT / "frontend" / "dist"
FOR_GOOD = "public, max-age=31536000, immutable"
WEBSITE = "todo-on-ecs-website"


def outputs(scratch: Scratch, stack: str) -> dict[str, str]:
    found = scratch.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}


def published(scratch: Scratch) -> dict[str, Any]:
    """Key → answer of S3 for each object of the website's bucket."""
    s3, bucket = scratch.client("s3"), outputs(scratch, WEBSITE)["WebsiteBucketName"]
    listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"]) for each in listed}


def versions(scratch: Scratch) -> set[tuple[str, str]]:
    s3, bucket = scratch.client("s3"), outputs(scratch, WEBSITE)["WebsiteBucketName"]
    found = s3.list_object_versions(Bucket=bucket)
    both = [*found.get("Versions", []), *found.get("DeleteMarkers", [])]
    return {(each["Key"], each["VersionId"]) for each in both}


def invalidated(scratch: Scratch) -> list[list[str]]:
    """The paths of each invalidation, oldest first."""
    cloudfront = scratch.client("cloudfront")
    distribution = outputs(scratch, WEBSITE)["DistributionId"]
    found = cloudfront.list_invalidations(DistributionId=distribution)["InvalidationList"]
    return [
        cloudfront.get_invalidation(DistributionId=distribution, Id=each["Id"])["Invalidation"][
            "InvalidationBatch"
        ]["Paths"]["Items"]
        for each in sorted(found.get("Items", []), key=lambda each: each["CreateTime"])
    ]


def built() -> list[str]:
    return [path.relative_to(DIST).as_posix() for path in DIST.rglob("*") if path.is_file()]


def test_without_a_core_the_website_says_what_it_waits_for(scratch: Scratch) -> None:
    assert scratch.make_target("deploy-bootstrap").returncode == 0

    done = scratch.make_target("deploy-website")

    assert done.returncode == 0, done.stderr
    assert (
        "Nothing is published: it waits for the stack todo-on-ecs, which `make deploy-core` "
        "makes. Then repeat.\n"
    ) in done.stdout
    assert published(scratch) == {}


def test_a_deployment_publishes_what_was_built_and_one_configuration(
    installed: Installed,
) -> None:
    found = published(installed.scratch)
    core = outputs(installed.scratch, "todo-on-ecs")

    assert set(found) == {*built(), "config.json"}
    assert json.loads(found.pop("config.json")["Body"].read()) == {
        "ApiUrl": core["ApiUrl"],
        "UserPoolId": core["UserPoolId"],
        "UserPoolClientId": core["UserPoolClientId"],
        "Region": REGION,
        "CognitoEndpoint": "",
    }
    assert {key: answer["Body"].read() for key, answer in found.items()} == {
        key: (installed.scratch.folder / "frontend/dist" / key).read_bytes() for key in built()
    }
    assert installed.said.splitlines()[-2] == (
        f"Website: {outputs(installed.scratch, WEBSITE)['WebsiteUrl']}"
    )


def test_each_file_says_what_it_is_and_how_long_it_may_be_kept(installed: Installed) -> None:
    found = published(installed.scratch)
    types = {key.rpartition(".")[2]: answer["ContentType"] for key, answer in found.items()}
    kept = {key: answer["CacheControl"] for key, answer in found.items()}

    assert types == {
        "css": "text/css",
        "html": "text/html",
        "js": "text/javascript",
        "json": "application/json",
        "svg": "image/svg+xml",
        "txt": "text/plain",
        "webmanifest": "application/manifest+json",
    }
    assert kept == {key: FOR_GOOD if key.startswith("assets/") else "no-cache" for key in found}


def test_assets_come_first_and_the_page_last(installed: Installed) -> None:
    lines = [line.split()[0] for line in installed.said.splitlines() if " bytes)" in line]

    kinds = ["asset" if line.startswith("assets/") else line for line in lines]
    assets = kinds.count("asset")
    assert assets == sum(key.startswith("assets/") for key in built())
    assert kinds == ["asset"] * assets + sorted(kinds[assets:-1]) + ["index.html"]


def test_a_second_publication_changes_nothing(installed: Installed) -> None:
    before = versions(installed.scratch), invalidated(installed.scratch)

    again = installed.scratch.make_target("deploy-website")

    assert again.returncode == 0, again.stderr
    assert again.stdout.count("nothing to change") == 2
    assert (versions(installed.scratch), invalidated(installed.scratch)) == before


def test_a_pipeline_s_role_publishes_what_is_new_and_refreshes_no_asset(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = installed.scratch
    dist = scratch.folder / "frontend" / "dist"
    page = dist / "index.html"
    (dist / "assets" / "added-0123abcd.js").write_text("export {};\n")
    page.write_text(page.read_text() + "<!-- new -->\n")
    for name in ("assets/added-0123abcd.js.map", ".DS_Store", "config.json"):
        (dist / name).write_text("{}")
    before = versions(scratch)
    monkeypatch.setenv("AWS_ENDPOINT_URL", scratch.endpoint)
    pipeline = as_pipeline(scratch)

    publication.publish(
        pipeline,
        Settings("todo-on-ecs", {}, scratch.folder),
        stacks.existing(pipeline, WEBSITE),
        stacks.find(pipeline, "todo-on-ecs"),
    )

    assert {key for key, _ in versions(scratch) - before} == {
        "assets/added-0123abcd.js",
        "index.html",
    }
    assert invalidated(scratch)[-1] == ["/", "/index.html"]
    assert published(scratch)["index.html"]["Body"].read() == page.read_bytes()


def as_pipeline(scratch: Scratch) -> Account:
    """The account as the frontend's pipeline sees it; GitHub's tokens are beyond the emulator."""
    role = outputs(scratch, "todo-on-ecs-bootstrap")["FrontendRoleArn"]
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
    iam, name = scratch.client("iam"), role.rpartition("/")[2]
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
    _without_unknown_conditions(iam, name)
    given = scratch.client("sts").assume_role(RoleArn=role, RoleSessionName="pipeline")
    session = boto3.Session(
        given["Credentials"]["AccessKeyId"],
        given["Credentials"]["SecretAccessKey"],
        given["Credentials"]["SessionToken"],
        REGION,
    )
    session.events.register("before-sign.s3", _over_tls)
    return Account(session, REGION, "000000000000")


def _without_unknown_conditions(iam: Any, role: str) -> None:
    """The emulator compares no tag of a resource; tests/infra holds the condition."""
    (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    for statement in document["Statement"]:
        if "aws:ResourceTag" in str(statement.get("Condition")):
            del statement["Condition"]
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))


def _over_tls(request: Any, **_: object) -> None:
    """The bucket refuses anything else, and the emulator goes by this header."""
    request.headers["X-Forwarded-Proto"] = "https"


def test_a_website_that_is_not_built_is_refused_before_anything_is_made(
    installed: Installed,
) -> None:
    scratch = installed.scratch
    dist = scratch.folder / "frontend" / "dist"
    aside = dist.rename(dist.with_name("aside"))

    refused = [
        scratch.run([".venv/deploy/bin/python", "-m", "deploy", command])
        for command in ("deploy", "deploy-website")
    ]

    aside.rename(dist)
    assert [each.returncode for each in refused] == [1, 1]
    assert {each.stderr for each in refused} == {
        f"{dist} holds no built website: `make website` builds it.\n"
    }


class Breaking(Bucket):
    """A bucket to which the connection is lost before one of its files."""

    lost_at = ""

    def put(self, file: File) -> None:
        if file.key == self.lost_at:
            raise ConnectionError(file.key)
        super().put(file)


@pytest.fixture
def bucket(scratch: Scratch) -> Breaking:
    name = f"bucket-{secrets.token_hex(8)}"
    s3 = scratch.client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return Breaking(s3, name)


def build(number: int) -> list[File]:
    return [
        File("assets/common.js", b"common"),
        File(f"assets/main-{number}.js", b"%d" % number),
        File("sw.js", b"%d" % number),
        File("index.html", b"assets/main-%d.js" % number),
    ]


def put(bucket: Bucket, number: int, now: datetime) -> None:
    files = build(number)
    publication.upload(bucket, files)
    publication.remove_former(bucket, files, now)


def assets(bucket: Bucket) -> set[str]:
    return {key for key in bucket.present() if key.startswith("assets/")}


def page(scratch: Scratch, bucket: Bucket) -> str:
    body: bytes = (
        scratch.client("s3").get_object(Bucket=bucket.name, Key="index.html")["Body"].read()
    )
    return body.decode()


@pytest.mark.parametrize("lost_at", [file.key for file in build(2)][1:])
def test_an_interrupted_publication_leaves_the_old_page_whole_and_is_taken_up(
    scratch: Scratch, bucket: Breaking, lost_at: str
) -> None:
    now = datetime.now(UTC)
    put(bucket, 1, now)
    bucket.lost_at = lost_at

    with pytest.raises(ConnectionError):
        put(bucket, 2, now)

    assert page(scratch, bucket) == "assets/main-1.js"
    assert "assets/main-1.js" in assets(bucket)
    bucket.lost_at = ""
    put(bucket, 2, now)
    assert page(scratch, bucket) == "assets/main-2.js"
    assert assets(bucket) == {"assets/common.js", "assets/main-1.js", "assets/main-2.js"}


def test_an_asset_goes_when_no_page_has_named_it_for_long(bucket: Bucket) -> None:
    now = datetime.now(UTC)
    put(bucket, 1, now)
    put(bucket, 2, now + 2 * KEPT)  # it was named until now, however old it is
    put(bucket, 2, now + KEPT - timedelta(minutes=5))
    kept = assets(bucket)

    put(bucket, 2, now + KEPT + timedelta(minutes=5))

    assert kept == {"assets/common.js", "assets/main-1.js", "assets/main-2.js"}
    assert bucket.present().keys() == {file.key for file in build(2)}


def test_an_asset_that_came_back_has_its_full_time_again(bucket: Bucket) -> None:
    now = datetime.now(UTC)
    put(bucket, 1, now)
    put(bucket, 2, now)
    assert FORMER + "assets/main-1.js" in bucket.present()

    put(bucket, 1, now + 2 * KEPT)  # a roll-back

    assert FORMER + "assets/main-1.js" not in bucket.present()
    assert {"assets/common.js", "assets/main-1.js"} <= assets(bucket)


def test_an_asset_that_somebody_has_changed_is_put_again(scratch: Scratch, bucket: Bucket) -> None:
    put(bucket, 1, datetime.now(UTC))
    s3 = scratch.client("s3")
    s3.put_object(Bucket=bucket.name, Key="assets/common.js", Body=b"else")

    put(bucket, 1, datetime.now(UTC))

    found = s3.get_object(Bucket=bucket.name, Key="assets/common.js")
    assert (found["Body"].read(), found["CacheControl"]) == (b"common", FOR_GOOD)


def test_pages_wait_for_everything_that_they_name(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    for name in ("about.html", "about.txt", "assets/main.js", "index.html"):
        (tmp_path / name).touch()

    assert [file.key for file in content.files(tmp_path, b"{}")] == [
        "assets/main.js",
        "about.txt",
        "config.json",
        "about.html",
        "index.html",
    ]


def test_what_is_published_is_what_runs_on_this_machine(tmp_path: Path) -> None:
    here = Content(DIST, dict.fromkeys(CONFIG_KEYS, ""))

    for file in content.files(DIST, b"{}"):
        found = here.get(file.key)
        assert found
        assert found.content_type == file.content_type, file.key
        assert found.etag == file.etag or file.key == "config.json"
    assert content.CONFIG_KEYS == CONFIG_KEYS
    with pytest.raises(Refused, match="holds no built website"):
        content.files(tmp_path, b"{}")
