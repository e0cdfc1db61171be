"""Runs a workflow file: its jobs, conditions, outputs and permissions as GitHub would."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from tests.pipelines import checks
from tests.pipelines.actions import EQUIVALENTS
from tests.pipelines.errors import NotUnderstood, StepFailed
from tests.pipelines.expressions import Scope, as_text
from tests.pipelines.github import OWNER, REPOSITORY, Event, GitHub, token

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Far beyond what any step takes; only against one that hangs.
LONGEST_SECONDS = 300
WORKFLOW_KEYS = {"name", "on", "permissions", "concurrency", "jobs"}
JOB_KEYS = {
    "name", "if", "needs", "runs-on", "timeout-minutes", "environment", "concurrency",
    "permissions", "outputs", "steps",
}  # fmt: skip
STEP_KEYS = {"name", "id", "if", "uses", "with", "env", "run"}
OUTPUT = re.compile(r"(?P<name>[\w-]+)(?:=(?P<value>.*)|<<(?P<mark>\S+))")
PINNED = re.compile(r"(?P<action>[\w-]+/[\w-]+)@[0-9a-f]{40}")


def load(path: Path) -> dict[str, Any]:
    """A workflow; YAML 1.1 takes its key `on` for a truth value."""
    body = yaml.safe_load(path.read_text())
    found: dict[str, Any] = {"on" if key is True else key: value for key, value in body.items()}
    _known(found, WORKFLOW_KEYS)
    return found


def _known(found: Mapping[str, Any], keys: set[str]) -> None:
    if unknown := set(found) - keys:
        raise NotUnderstood(f"{sorted(unknown)}")


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
        _known(body, JOB_KEYS)
        granted = body.get("permissions", self.body["permissions"])
        job = Job(name, body, self, granted, self.folder / name / "workspace")
        before = self._ancestors(body)
        scope = Scope(self._contexts(body), _states([each.result for each in before]))
        if not scope.holds(body.get("if")):
            job.result = "skipped"
            return job
        with ExitStack() as held:
            if group := body.get("concurrency"):
                held.enter_context(self.github.group(as_text(scope.fill(group["group"]))))
            _Steps(job, self._contexts(body)).execute()
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


def _states(results: list[str]) -> dict[str, Any]:
    """The functions of the state; nothing is ever cancelled here."""
    return {
        "success": lambda: all(each == "success" for each in results),
        "failure": lambda: "failure" in results,
        "always": lambda: True,
        "cancelled": lambda: False,
    }


@dataclass
class _Steps:
    """A job's steps, on a machine of its own."""

    job: Job
    contexts: dict[str, Any]

    def execute(self) -> None:
        job = self.job
        for folder in (job.workspace, job.temporary, job.workspace.parent / "home"):
            folder.mkdir(parents=True)
        for number, step in enumerate(job.body["steps"]):
            self._step(number, step)
        outputs = job.body.get("outputs", {})
        job.outputs = {name: as_text(self._scope().fill(text)) for name, text in outputs.items()}
        named = job.body.get("environment")
        if isinstance(named, dict):
            job.url = as_text(self._scope().fill(named["url"]))

    def _scope(self) -> Scope:
        contexts = {**self.contexts, "steps": self.job.steps}
        return Scope(contexts, _states([self.job.result]))

    def _step(self, number: int, step: Mapping[str, Any]) -> None:
        _known(step, STEP_KEYS)
        scope = self._scope()
        if not scope.holds(step.get("if")):
            return
        outputs: dict[str, str] = {}
        try:
            outputs = self._use(step, scope) if "uses" in step else self._run(step, scope)
        except StepFailed as error:
            self.job.say(f"step {number} failed: {error}")
            self.job.result = "failure"
        if "id" in step:
            self.job.steps[step["id"]] = {"outputs": outputs}

    def _use(self, step: Mapping[str, Any], scope: Scope) -> dict[str, str]:
        """What stands for the action on this machine."""
        pinned = PINNED.fullmatch(step["uses"])
        if not pinned or pinned["action"] not in EQUIVALENTS:
            raise NotUnderstood(f"no local equivalent of {step['uses']}")
        given = {name: scope.fill(as_text(text)) for name, text in step.get("with", {}).items()}
        self.job.say(f"uses {pinned['action']} {given}")
        equivalent = EQUIVALENTS[pinned["action"]]
        equivalent.check(given)
        return equivalent.perform(self.job, given)

    def _run(self, step: Mapping[str, Any], scope: Scope) -> dict[str, str]:
        script = step["run"]
        if "${{" in script:
            raise NotUnderstood("an expression inside of a script")
        job = self.job
        files = {name: job.temporary / secrets.token_hex(8) for name in ("OUTPUT", "STEP_SUMMARY")}
        own = {
            name: as_text(scope.fill(as_text(text))) for name, text in step.get("env", {}).items()
        }
        environment = {
            **self.job.run.base,
            "HOME": str(job.workspace.parent / "home"),
            "RUNNER_TEMP": str(job.temporary),
            **job.environment,
            **{f"GITHUB_{name}": str(file) for name, file in files.items()},
            **own,
        }
        for file in files.values():
            file.touch()
        try:
            self._shell(script, environment)
        finally:
            job.run.summary += files["STEP_SUMMARY"].read_text()
            self._note_scopes()
        return parse(files["OUTPUT"].read_text())

    def _note_scopes(self) -> None:
        """What GitHub's command line has needed the job's token for."""
        file = self.job.temporary / "scopes"
        if file.exists():
            self.job.github.used[self.job.run.name, self.job.name] |= set(file.read_text().split())

    def _shell(self, script: str, environment: Mapping[str, str]) -> None:
        for command, more in checks.narrowed(script):
            self.job.say(f"$ {command}")
            with subprocess.Popen(
                ["bash", "-e", "-c", command],
                cwd=self.job.workspace,
                env={**environment, **more},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            ) as process:
                clock = threading.Timer(LONGEST_SECONDS, os.killpg, (process.pid, signal.SIGKILL))
                clock.start()
                self.job.log += process.communicate()[0].splitlines()
                clock.cancel()
            if process.returncode:
                raise StepFailed(f"`{command}` ended with {process.returncode}")


def parse(text: str) -> dict[str, str]:
    """What a step has written to GITHUB_OUTPUT: `name=value`, or lines up to a mark."""
    outputs, lines = {}, iter(text.splitlines())
    for line in lines:
        found = OUTPUT.fullmatch(line)
        if not found:
            raise NotUnderstood(f"an output: {line!r}")
        value = found["value"]
        if found["mark"]:
            value = "\n".join(iter(lambda: next(lines), found["mark"]))
        outputs[found["name"]] = value
    return outputs
