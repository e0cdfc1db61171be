"""Runs a workflow file: its jobs, conditions, outputs and permissions as GitHub would."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from tests.pipelines.errors import StepFailed
from tests.pipelines.expressions import Scope, as_text
from tests.pipelines.github import OWNER, REPOSITORY, Event, GitHub, token
from tests.pipelines.steps import Steps, known, states

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

WORKFLOW_KEYS = {"name", "on", "permissions", "concurrency", "jobs"}
JOB_KEYS = {
    "name", "if", "needs", "runs-on", "timeout-minutes", "environment", "concurrency",
    "permissions", "outputs", "steps",
}  # fmt: skip


def load(path: Path) -> dict[str, Any]:
    """A workflow; YAML 1.1 takes its key `on` for a truth value."""
    body = yaml.safe_load(path.read_text())
    found: dict[str, Any] = {"on" if key is True else key: value for key, value in body.items()}
    known(found, WORKFLOW_KEYS)
    return found


@dataclass
class Job:
    """One job while it runs, and what is left of it."""

    name: str
    body: Mapping[str, Any]
    run: Run
    permissions: Mapping[str, str]
    workspace: Path
    result: str = "success"
    # Where the environment says that it can be seen.
    url: str = ""
    outputs: dict[str, Any] = field(default_factory=dict)
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    @property
    def github(self) -> GitHub:
        return self.run.github

    @property
    def temporary(self) -> Path:
        return self.workspace.parent / "temp"

    @property
    def place(self) -> str | None:
        """The name of the environment that the job deploys to."""
        named = self.body.get("environment")
        return named["name"] if isinstance(named, dict) else named

    def need(self, scope: str, level: str) -> None:
        """Refuse a step what the job's token is not good for, and note that it was needed."""
        self.github.used[self.run.name, self.name].add(scope)
        granted = self.permissions.get(scope, "none")
        if granted != level and not (level == "read" and granted == "write"):
            raise StepFailed(f"the job lacks the permission {scope}: {level}")

    def say(self, text: str) -> None:
        self.log.append(text)


@dataclass
class Run:
    """One run of one workflow."""

    github: GitHub
    name: str
    body: Mapping[str, Any]
    event: Event
    folder: Path
    base: Mapping[str, str]
    # Where AWS is for who has credentials.
    endpoint: str
    jobs: dict[str, Job] = field(default_factory=dict)
    summary: str = ""

    @property
    def result(self) -> str:
        results = {job.result for job in self.jobs.values()}
        return "failure" if "failure" in results else "success"

    @property
    def results(self) -> dict[str, str]:
        return {name: job.result for name, job in self.jobs.items()}

    @property
    def log(self) -> str:
        return "\n".join(f"[{name}] {line}" for name, job in self.jobs.items() for line in job.log)

    @property
    def artifacts(self) -> Path:
        return self.folder / "artifacts"

    def execute(self) -> Run:
        """Run the jobs one after another, each after those that it needs."""
        waiting = dict(self.body["jobs"])
        while waiting:
            name = next(each for each in waiting if set(needs(waiting[each])) <= self.jobs.keys())
            self.jobs[name] = self._job(name, waiting.pop(name))
        return self

    def _job(self, name: str, body: Mapping[str, Any]) -> Job:
        known(body, JOB_KEYS)
        granted = body.get("permissions", self.body["permissions"])
        job = Job(name, body, self, granted, self.folder / name / "workspace")
        before = self._ancestors(body)
        scope = Scope(self._contexts(body), states([each.result for each in before]))
        if not scope.holds(body.get("if")):
            job.result = "skipped"
            return job
        with ExitStack() as held:
            if group := body.get("concurrency"):
                held.enter_context(self.github.group(as_text(scope.fill(group["group"]))))
            Steps(job, self._contexts(body)).execute()
        shutil.rmtree(job.workspace, ignore_errors=True)
        return job

    def _ancestors(self, body: Mapping[str, Any]) -> list[Job]:
        direct = [self.jobs[name] for name in needs(body)]
        return direct + [each for job in direct for each in self._ancestors(job.body)]

    def _contexts(self, body: Mapping[str, Any]) -> dict[str, Any]:
        event = self.event
        return {
            "github": {
                "actor": OWNER,
                "event": dict(event.payload),
                "event_name": event.name,
                "ref": event.ref,
                "repository": REPOSITORY,
                "run_id": self.folder.name,
                "sha": event.commit,
                "token": token(body.get("permissions", self.body["permissions"])),
                "workflow": self.body["name"],
            },
            "inputs": event.inputs,
            "needs": {
                name: {"result": self.jobs[name].result, "outputs": self.jobs[name].outputs}
                for name in needs(body)
            },
            "vars": self.github.variables,
        }


def needs(body: Mapping[str, Any]) -> list[str]:
    found = body.get("needs", [])
    return [found] if isinstance(found, str) else found
