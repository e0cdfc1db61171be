from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.ecs.dockerfile import NoCommand, command_of
from local.ecs.taskdefinition import read_definition
from local.settings import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ('FROM a\nCMD ["x", "y z"]\n', ["x", "y z"]),
        ('FROM a\nCMD ["old"]\nCMD ["new"]\n', ["new"]),
        ('FROM a\nENTRYPOINT ["e"]\nCMD ["c"]\n', ["e", "c"]),
        ('FROM a\ncmd ["x"]\n', ["x"]),
        ('FROM a AS build\nCMD ["build"]\nFROM a\nCMD ["x"]\n', ["x"]),
        ('FROM a\nHEALTHCHECK --retries=3 \\\n  CMD ["check"]\nCMD ["x"]\n', ["x"]),
        ('FROM a\nCMD ["x", \\\n  "y"]\n', ["x", "y"]),
    ],
)
def test_the_command_is_the_images(tmp_path: Path, text: str, command: list[str]) -> None:
    (tmp_path / "Dockerfile").write_text(text)

    assert command_of(tmp_path) == command


@pytest.mark.parametrize(
    "text", ["FROM a\n", "FROM a\nCMD run it\n", 'FROM a\nCMD "x"\n', 'FROM a\nCMD ["x"]\nFROM b\n']
)
def test_without_an_exec_form_command_it_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "Dockerfile").write_text(text)

    with pytest.raises(NoCommand, match="Dockerfile"):
        command_of(tmp_path)


def test_without_a_dockerfile_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoCommand, match="is missing"):
        command_of(tmp_path)


@pytest.mark.parametrize("service", ["main", "files"])
def test_the_real_services_have_one(service: str) -> None:
    assert command_of(REPOSITORY / "services" / service)[0] == "gunicorn"


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("main", "main"),
        ("main:1", "main"),
        ("1.dkr.ecr.eu-central-1.amazonaws.com/todo-on-ecs/files:local", "files"),
        ("registry:5000/a/files@sha256:00", "files"),
    ],
)
def test_an_images_name_is_the_end_of_its_repository(image: str, name: str) -> None:
    described = {
        "taskDefinitionArn": "arn",
        "containerDefinitions": [{"name": "c", "image": image}],
    }

    (container,) = read_definition(described).containers

    assert container.image_name == name
