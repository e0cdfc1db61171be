"""A job's steps: each runs as GitHub would run it, or what stands for its action does."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.pipelines import checks
from tests.pipelines.actions import EQUIVALENTS
from tests.pipelines.errors import NotUnderstood, StepFailed
from tests.pipelines.expressions import Scope, as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.pipelines.runner import Job

# Far beyond what any step takes; only against one that hangs.
LONGEST_SECONDS = 300
STEP_KEYS = {"name", "id", "if", "uses", "with", "env", "run"}
OUTPUT = re.compile(r"(?P<name>[\w-]+)(?:=(?P<value>.*)|<<(?P<mark>\S+))")
PINNED = re.compile(r"(?P<action>[\w-]+/[\w-]+)@[0-9a-f]{40}")


def known(found: Mapping[str, Any], keys: set[str]) -> None:
    if unknown := set(found) - keys:
        raise NotUnderstood(f"{sorted(unknown)}")


def states(results: list[str]) -> dict[str, Any]:
    """The functions of the state; nothing is ever cancelled here."""
    return {
        "success": lambda: all(each == "success" for each in results),
        "failure": lambda: "failure" in results,
        "always": lambda: True,
        "cancelled": lambda: False,
    }


@dataclass
class Steps:
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
        return Scope(contexts, states([self.job.result]))

    def _step(self, number: int, step: Mapping[str, Any]) -> None:
        known(step, STEP_KEYS)
        scope = self._scope()
        if not scope.holds(step.get("if")):
            return
        self.job.github.performed.add((self.job.run.name, self.job.name, number))
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
