"""What a rehearsal plays on: a repository, its workflows, and an account of the emulator."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.deploy.scratch import AMI, PARAMETERS, REGION, ROOT, Scratch
from tests.pipelines import programs
from tests.pipelines.conditions import Conditions, without_conditions
from tests.pipelines.endpoint import Endpoint
from tests.pipelines.github import OWNER_ID, REPOSITORY_ID, Event, GitHub
from tests.pipelines.runner import Run, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NUMBERS = f"GitHubOrganizationId={OWNER_ID} GitHubRepositoryId={REPOSITORY_ID}"
# Output of the bootstrap stack → variable of the repository.
VARIABLES = {
    "PlanRoleArn": "PLAN_ROLE_ARN",
    "CoreRoleArn": "CORE_ROLE_ARN",
    "MainServiceRoleArn": "MAIN_SERVICE_ROLE_ARN",
    "FilesServiceRoleArn": "FILES_SERVICE_ROLE_ARN",
    "FrontendRoleArn": "FRONTEND_ROLE_ARN",
}
# A service's jobs and how they end, if all goes well.
DEPLOYED = {
    "check": "success",
    "image": "success",
    "push": "success",
    "deploy": "success",
    "roll-back": "skipped",
}
# A file whose change is the service's alone.
MAIN = "services/main/main_service/app.py"
FILES = "services/files/files_service/app.py"
# All that the steps and make itself call; the rest comes from the environments.
PROGRAMS = ("awk", "bash", "dirname", "find", "git", "make", "rm", "sh", "touch", "mktemp", "env")


@dataclass
class Stage:
    """One repository and one account, used by the cases of a module one after another."""

    scratch: Scratch
    endpoint: Endpoint
    github: GitHub
    runs: list[Run] = field(default_factory=list)

    @classmethod
    def open(cls, folder: Path, emulator: str, api_url: str) -> Iterator[Stage]:
        scratch = Scratch.make(folder, emulator, api_url)
        scratch.client("ssm").put_parameter(Name=AMI, Value="ami-0123456789abcdef0", Type="String")
        iam = scratch.client("iam")
        iam.create_open_id_connect_provider(Url="https://token.actions.githubusercontent.com")
        iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
        # As in a fork with settings of its own.
        settings = scratch.folder / "samconfig.toml"
        settings.write_text(f'{settings.read_text()}parameter_overrides = "{PARAMETERS}"\n')
        scratch.change_template("bootstrap", without_conditions)
        scratch.change_template("template", _wait_for_health)
        # Each job has its own; to git a link is a file.
        (scratch.folder / "frontend" / "node_modules").unlink()
        scratch.commit("Choose the instances' image")
        made = scratch.make_target("deploy-bootstrap", f"PARAMETERS={NUMBERS}")
        assert made.returncode == 0, made.stdout + made.stderr
        outputs = _outputs(scratch)
        variables = {name: outputs[output] for output, name in VARIABLES.items()}
        github = GitHub(scratch.folder, folder, {"AWS_REGION": REGION, **variables})
        for name in PROGRAMS:
            (scratch.bin / name).unlink(missing_ok=True)
            (scratch.bin / name).symlink_to(str(shutil.which(name)))
        programs.install(scratch.bin, ROOT / ".venv/dev/bin/python", folder)
        for endpoint in Endpoint(emulator, Conditions(outputs)).run():
            yield cls(scratch, endpoint, github)

    def tag(self) -> str:
        """The tag of the images of the newest commit on main."""
        return self.github.git("rev-parse", "--short=12", "HEAD")

    def pushed(self, service: str) -> set[str]:
        """The tags that ECR has."""
        found = self.scratch.client("ecr").list_images(repositoryName=f"todo-on-ecs/{service}")
        return {each["imageTag"] for each in found["imageIds"]}

    def make_unhealthy(self, tag: str) -> None:
        """Let no task of the main service with this image become healthy."""
        cloudformation = self.scratch.client("cloudformation")
        kept = [
            {"ParameterKey": name, "UsePreviousValue": True}
            for name in self.scratch.parameters()
            if name != "UnhealthyTag"
        ]
        cloudformation.update_stack(
            StackName="todo-on-ecs",
            UsePreviousTemplate=True,
            Parameters=[*kept, {"ParameterKey": "UnhealthyTag", "ParameterValue": tag}],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        cloudformation.get_waiter("stack_update_complete").wait(StackName="todo-on-ecs")

    @contextmanager
    def without_variables(self) -> Iterator[None]:
        """A repository in which nobody has set anything up."""
        kept = dict(self.github.variables)
        self.github.variables.clear()
        yield
        self.github.variables.update(kept)

    def play(self, event: Event) -> dict[str, Run]:
        """Run every workflow that the event starts, side by side; by their names."""
        started = {
            path.stem: self._prepare(path, event) for path in WORKFLOWS if event.starts(load(path))
        }
        with ThreadPoolExecutor(len(WORKFLOWS)) as pool:
            ended = {name: pool.submit(run.execute) for name, run in started.items()}
        return {name: run.result() for name, run in ended.items()}

    def by_hand(self, workflow: str, event: Event) -> Run:
        """Run one workflow that somebody starts."""
        path = ROOT / ".github" / "workflows" / f"{workflow}.yml"
        assert event.starts(load(path))
        return self._prepare(path, event).execute()

    def _prepare(self, path: Path, event: Event) -> Run:
        folder = self.github.folder / f"run-{len(self.runs) + 1}"
        body, address = load(path), self.endpoint.url
        run = Run(self.github, path.stem, body, event, folder, self._environment(), address)
        self.runs.append(run)
        return run

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": str(self.scratch.bin),
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "PYTHONDONTWRITEBYTECODE": "1",
        }


def change_file(stage: Stage, name: str, text: str = "# changed\n") -> None:
    """Add a line to a file of the clone."""
    with (stage.scratch.folder / name).open("a") as stream:
        stream.write(text)


def images(stage: Stage) -> dict[str, str]:
    """Container → the tag of its image in the task definition that the service runs."""
    ecs = stage.scratch.client("ecs")
    cluster = ecs.list_clusters()["clusterArns"][0]
    service = ecs.list_services(cluster=cluster)["serviceArns"][0]
    running = ecs.describe_services(cluster=cluster, services=[service])["services"][0]
    task = ecs.describe_task_definition(taskDefinition=running["taskDefinition"])
    containers = task["taskDefinition"]["containerDefinitions"]
    return {each["name"]: each["image"].rpartition(":")[2] for each in containers}


def _wait_for_health(body: dict[str, Any]) -> None:
    """Let CloudFormation wait in vain for one image, as it does for tasks that never get healthy.

    The emulator's tasks are healthy at once, so a signal that nobody gives stands for ECS's.
    """
    body["Parameters"]["UnhealthyTag"] = {"Type": "String", "Default": "none"}
    body["Conditions"]["ImageIsUnhealthy"] = {
        "Fn::Equals": [{"Ref": "MainImageTag"}, {"Ref": "UnhealthyTag"}]
    }
    body["Resources"] |= {
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Health": {
            "Type": "AWS::CloudFormation::WaitCondition",
            "Condition": "ImageIsUnhealthy",
            "DependsOn": "Service",
            "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "1", "Count": 1},
        },
    }


def _outputs(scratch: Scratch) -> dict[str, str]:
    found: Any = scratch.client("cloudformation").describe_stacks(StackName="todo-on-ecs-bootstrap")
    return {each["OutputKey"]: each["OutputValue"] for each in found["Stacks"][0]["Outputs"]}
