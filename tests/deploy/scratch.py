"""A scratch clone whose templates the emulator takes, and the commands typed in it."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from local.cloudformation import template as templates

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
REGION = "eu-central-1"
AMI = "/todo-on-ecs/ami"
# What the installation's parameter must be here: AWS publishes the real one, the emulator does not.
PARAMETERS = f"EcsAmi={AMI}"
# Far beyond what any command takes; only against one that hangs.
LONGEST_SECONDS = 300

ENGINE = r"""#!{python}
# Stands for a container engine at the one edge that is out of reach, a registry: it writes down
# what it is told, and a push makes the image known to the emulator's ECR.
import json, os, re, sys
import boto3
with open({log!r}, "a") as log:
    log.write(json.dumps({{"arguments": sys.argv[1:], "typed": sys.stdin.read()
        if "--password-stdin" in sys.argv else ""}}) + "\n")
if sys.argv[1] == {failing!r}:
    print("the engine's own words", file=sys.stderr)
    sys.exit(7)
if "--iidfile" in sys.argv:
    with open(sys.argv[sys.argv.index("--iidfile") + 1], "w") as file:
        file.write("sha256:" + "0" * 64)
if sys.argv[1] == "push":
    region, repository, tag = re.fullmatch(
        r"\d+[.]dkr[.]ecr[.]([^.]+)[.][^/]+/(.+):(.+)", sys.argv[2]
    ).groups()
    manifest = json.dumps({{"schemaVersion": 2, "image": sys.argv[2]}})
    boto3.client("ecr", region_name=region).put_image(
        repositoryName=repository, imageManifest=manifest, imageTag=tag)
"""


@dataclass
class Scratch:
    """A clone of the working tree, in which a user types commands."""

    folder: Path
    endpoint: str
    home: Path

    @classmethod
    def make(cls, folder: Path, endpoint: str, api_url: str) -> Scratch:
        scratch = cls(folder / "clone", endpoint, folder / "home")
        scratch.home.mkdir(parents=True)
        (folder / "bin").mkdir()
        for name in ("git", "make", "sh", "awk", "find", "rm"):
            (folder / "bin" / name).symlink_to(str(shutil.which(name)))
        _copy(scratch.folder)
        _prepare(scratch.folder, api_url)
        _build(scratch.folder)
        (scratch.folder / ".venv").symlink_to(ROOT / ".venv")
        scratch.git("init", "--quiet", "--initial-branch=main")
        scratch.git("config", "user.name", "Ada")
        scratch.git("config", "user.email", "ada@example.com")
        scratch.git("remote", "add", "origin", "git@github.com:ada/todo-on-ecs.git")
        scratch.commit("Begin")
        return scratch

    @property
    def bin(self) -> Path:
        """All that is on the user's PATH."""
        return self.home.parent / "bin"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": str(self.bin),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def make_target(
        self, target: str, *variables: str, environment: Mapping[str, str | None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Type `make TARGET NAME=value …`; an environment variable of None is not set."""
        return self.run(["make", "--silent", target, *variables], environment=environment)

    def run(
        self,
        command: list[str],
        *,
        typed: str = "",
        environment: Mapping[str, str | None] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        merged = {**self.environment, **(environment or {})}
        return subprocess.run(
            command,
            cwd=self.folder,
            env={name: value for name, value in merged.items() if value is not None},
            input=typed,
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )

    def git(self, *arguments: str) -> str:
        done = self.run(["git", *arguments])
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, subject: str) -> str:
        """Commit everything; the tag of its images."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", subject)
        return self.git("rev-parse", "--short=12", "HEAD")

    def install_engine(self, name: str = "docker", failing: str = "") -> Path:
        """Put an engine on the PATH; the file in which it notes what it is told."""
        log = self.home / f"{name}.log"
        log.write_text("")
        engine = self.bin / name
        python = ROOT / ".venv" / "dev" / "bin" / "python"
        engine.write_text(ENGINE.format(python=python, log=str(log), failing=failing))
        engine.chmod(engine.stat().st_mode | stat.S_IXUSR)
        return log

    def told(self, log: Path) -> list[dict[str, Any]]:
        return [json.loads(line) for line in log.read_text().splitlines()]

    def change_template(self, name: str, change: Any) -> None:
        """Edit a template as a user would; the next deployment takes it."""
        file = self.folder / f"{name}.yaml"
        body = json.loads(file.read_text())
        change(body)
        file.write_text(json.dumps(body))

    def client(self, service: str, region: str = REGION) -> Any:
        made: Any = boto3.client(
            service,  # type: ignore[call-overload]  # any service
            endpoint_url=self.endpoint,
            region_name=region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        return made

    def put_image(self, service: str, tag: str) -> None:
        """What a pipeline's push leaves in ECR."""
        self.client("ecr").put_image(
            repositoryName=f"todo-on-ecs/{service}",
            imageManifest=json.dumps({"schemaVersion": 2, "image": f"{service}:{tag}"}),
            imageTag=tag,
        )

    def parameters(self, stack: str = "todo-on-ecs") -> dict[str, str]:
        found = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        return {each["ParameterKey"]: each["ParameterValue"] for each in found["Parameters"]}

    def stacks(self) -> dict[str, str]:
        """Name → state of all stacks that are there."""
        found = self.client("cloudformation").describe_stacks()["Stacks"]
        return {stack["StackName"]: stack["StackStatus"] for stack in found}


@dataclass
class Installed:
    """A clone whose commit is deployed."""

    scratch: Scratch
    said: str
    told: list[dict[str, Any]]

    @property
    def tag(self) -> str:
        """The tag of the images of the deployed commit."""
        return self.scratch.git("rev-parse", "--short=12", "HEAD")


def _copy(folder: Path) -> None:
    """The files of the working tree, with their times, or make would set environments up anew."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def _build(folder: Path) -> None:
    """The website of the working tree; what it was built from, make finds unchanged."""
    shutil.copytree(ROOT / "frontend" / "dist", folder / "frontend" / "dist")
    (folder / "frontend" / "node_modules").symlink_to(ROOT / "frontend" / "node_modules")
    (folder / "frontend" / "dist" / "index.html").touch()


def _prepare(folder: Path, api_url: str) -> None:
    """Drop from the templates what `make run` drops too, and let the API be on this machine."""
    core = templates.read(folder / "template.yaml").pruned().body
    core["Outputs"]["ApiUrl"]["Value"] = api_url
    api = core["Resources"]["Api"]["Properties"]
    (folder / "api.yaml").write_text(json.dumps(api["DefinitionBody"]))
    api["DefinitionBody"] = {
        "Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "api.yaml"}}
    }
    (folder / "template.yaml").write_text(json.dumps(core))
    website = templates.read(folder / "website.yaml").pruned().body
    website["Parameters"]["ApiOrigin"]["AllowedPattern"] = ".*"  # plain http on this machine
    (folder / "website.yaml").write_text(json.dumps(website))
    bootstrap = templates.read(folder / "bootstrap.yaml").pruned().body
    (folder / "bootstrap.yaml").write_text(json.dumps(bootstrap))
