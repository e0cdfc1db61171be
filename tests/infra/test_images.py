"""The services' Dockerfiles: what the task definition counts on."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

PORTS = {"main": 8080, "files": 8081}

Instruction = tuple[str, str]


def instructions(text: str) -> list[Instruction]:
    """(KEYWORD, arguments), with continued lines joined and comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    pairs = [line.split(maxsplit=1) for line in joined.splitlines() if line.strip()]
    return [(keyword.upper(), arguments) for keyword, arguments in pairs]


def arguments(dockerfile: list[Instruction], keyword: str) -> list[str]:
    return [found for name, found in dockerfile if name == keyword]


def last_stage(dockerfile: list[Instruction]) -> list[Instruction]:
    start = max(index for index, (keyword, _) in enumerate(dockerfile) if keyword == "FROM")
    return dockerfile[start:]


def sources(copy: str) -> list[str]:
    """What a COPY takes; its last word is where to."""
    return [word for word in copy.split() if not word.startswith("--")][:-1]


@pytest.fixture
def dockerfile(root: Path, service: str) -> list[Instruction]:
    return instructions((root / "services" / service / "Dockerfile").read_text())


def test_an_image_has_two_stages_on_one_base_that_can_be_pinned(
    dockerfile: list[Instruction],
) -> None:
    assert dockerfile[0][0] == "ARG"
    name, _, default = dockerfile[0][1].partition("=")
    bases = [stage.split()[0] for stage in arguments(dockerfile, "FROM")]

    assert bases == [f"${{{name}}}"] * 2
    assert re.fullmatch(r"[\w./-]+:[\w.-]+", default)
    assert not default.endswith(":latest")


def test_an_image_runs_as_the_user_that_the_task_asks_for(
    dockerfile: list[Instruction], containers: dict[str, Any], service: str
) -> None:
    users = arguments(last_stage(dockerfile), "USER")

    assert users == [containers[service]["User"]]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[0]), "a number: a name says nothing to a host"


def test_an_image_starts_the_server_itself(dockerfile: list[Instruction], service: str) -> None:
    # In exec form the server gets the SIGTERM, not a shell that drops it.
    (command,) = arguments(last_stage(dockerfile), "CMD")

    assert json.loads(command) == ["gunicorn", f"{service}_service.wsgi:app"]
    assert arguments(last_stage(dockerfile), "ENTRYPOINT") == []


def test_an_image_knows_its_own_health(dockerfile: list[Instruction], service: str) -> None:
    (check,) = arguments(last_stage(dockerfile), "HEALTHCHECK")
    _, _, command = check.partition("CMD ")

    assert f"http://127.0.0.1:{PORTS[service]}/health" in " ".join(json.loads(command))


def test_an_image_listens_where_the_task_expects_it(
    dockerfile: list[Instruction], containers: dict[str, Any], server: dict[str, Any], service: str
) -> None:
    (mapping,) = containers[service]["PortMappings"]

    assert arguments(last_stage(dockerfile), "EXPOSE") == [str(mapping["ContainerPort"])]
    assert server["bind"] == f"0.0.0.0:{mapping['ContainerPort']}"


def test_an_image_is_made_of_its_own_folder_alone(
    dockerfile: list[Instruction], root: Path, service: str
) -> None:
    folder = root / "services" / service
    copied = [
        source
        for copy in arguments(dockerfile, "COPY")
        if "--from=" not in copy
        for source in sources(copy)
    ]

    assert copied
    assert arguments(dockerfile, "ADD") == []
    for source in copied:
        assert ".." not in Path(source).parts
        assert not source.startswith("/")
        assert (folder / source).exists(), source


def test_an_image_holds_only_what_the_lock_names(dockerfile: list[Instruction]) -> None:
    installs = [run for run in arguments(dockerfile, "RUN") if " install " in run]

    assert installs
    for run in installs:
        assert "--require-hashes" in run
        assert "requirements.txt" in run
