"""The services are built alike and apart: rules on their files and imports."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2] / "services"
DOMAIN = {"main": "todos.py", "files": "attachments.py"}
# What one service has by itself, and which other modules each of these knows.
OWN: dict[str, dict[str, set[str]]] = {
    "main": {
        "allowance": {".aws", ".dynamodb", ".items", "domain"},
        "bulk": {"domain"},
        "formats": {"domain"},
        "items": {"domain"},
        "lists": {".aws", ".items", ".runs", ".selection", "domain"},
        "positions": set(),
        "runs": {".items", ".selection", "domain"},
        "selection": {"domain"},
    },
    "files": {
        "items": {"domain"},
        "ledger": {".aws", ".dynamodb", ".items", "domain"},
        "objects": {".sdk", "domain"},
        "removals": set(),
        "sdk": {".aws", ".credentials", ".variables"},
        "worker": {
            ".aws",
            ".config",
            ".dynamodb",
            ".logs",
            ".removals",
            ".sdk",
            ".store",
            ".variables",
        },
    },
}
SAME = [
    "auth.py",
    "aws.py",
    "connections.py",
    "credentials.py",
    "dynamodb.py",
    "inputs.py",
    "logs.py",
    "problems.py",
    "variables.py",
]
INSTALLED = {
    "botocore": "botocore",
    "flask": "flask",
    "fractional_indexing": "fractional-indexing",
    "gunicorn": "gunicorn",
    "jwt": "PyJWT",
    "orjson": "orjson",
    "pydantic": "pydantic",
    "pydantic_core": "pydantic",
    "uuid_utils": "uuid-utils",
    "werkzeug": "flask",
}
FOR_TYPES_ONLY = {"types_boto3_dynamodb", "types_boto3_s3", "types_boto3_sqs"}

both = pytest.mark.parametrize("name", ["main", "files"])


def modules(name: str) -> list[Path]:
    return sorted((SERVICES / name / f"{name}_service").glob("*.py"))


def imported(module: Path, *, for_types: bool = False) -> set[str]:
    """The names of modules that a module imports; relative ones begin with a dot."""
    tree = ast.parse(module.read_text())
    if not for_types:
        tree.body = [node for node in tree.body if not _is_for_types(node)]
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level and node.module is None:
            found |= {f".{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def _is_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def known_to(name: str, module: str) -> set[str]:
    """The service's own modules that a module imports."""
    domain = DOMAIN[name].removesuffix(".py")
    file = SERVICES / name / f"{name}_service" / f"{module.replace('domain', domain)}.py"
    found = {each for each in imported(file) if each.startswith(".")}
    return {"domain" if each == f".{domain}" else each for each in found}


def importers(name: str, package: str) -> set[str]:
    return {
        module.name
        for module in modules(name)
        if any(found.split(".")[0] == package for found in imported(module))
    }


def test_both_services_have_the_same_files() -> None:
    def files(name: str) -> set[str]:
        folder = SERVICES / name
        found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        own = {f"{name}_service/{module}.py" for module in OWN[name]}
        assert own <= found
        return {
            path.replace(f"{name}_service", "service").replace(DOMAIN[name], "domain.py")
            for path in found - own
            if "__pycache__" not in path
        }

    assert files("main") == files("files")
    assert {"Dockerfile", ".dockerignore", "gunicorn.conf.py", "service/wsgi.py"} <= files("main")


@pytest.mark.parametrize("module", SAME)
def test_modules_that_differ_in_nothing_are_the_same(module: str) -> None:
    main, files = (SERVICES / name / f"{name}_service" / module for name in DOMAIN)

    assert main.read_text() == files.read_text()


@pytest.mark.parametrize("file", ["Dockerfile", ".dockerignore", "gunicorn.conf.py"])
def test_files_around_the_package_differ_in_names_and_ports_only(file: str) -> None:
    main, files = ((SERVICES / name / file).read_text() for name in DOMAIN)

    # What the services are called, where they listen and what they wait for.
    main = main.replace("todo-on-ecs main", "todo-on-ecs files").replace("8080", "8081")
    main = main.replace("main_service", "files_service").replace("The to-do", "The attachment")
    main = main.replace("DynamoDB costs", "DynamoDB and S3 costs")
    assert main == files


@both
def test_a_service_imports_itself_its_requirements_and_the_standard_library_only(
    name: str,
) -> None:
    requirements = (SERVICES / name / "requirements.in").read_text()
    required = {match[1] for match in re.finditer(r"^([\w-]+)", requirements, re.MULTILINE)}
    allowed = {module for module, package in INSTALLED.items() if package in required}

    for module in modules(name):
        packages = {found.split(".")[0] for found in imported(module)} - {""}
        assert packages <= allowed | set(sys.stdlib_module_names), module.name
        typed = {found.split(".")[0] for found in imported(module, for_types=True)} - {""}
        assert typed - packages <= FOR_TYPES_ONLY | set(sys.stdlib_module_names), module.name


@both
def test_every_requirement_is_imported(name: str) -> None:
    requirements = (SERVICES / name / "requirements.in").read_text()
    required = {match[1] for match in re.finditer(r"^([\w-]+)", requirements, re.MULTILINE)}
    found = {package for module, package in INSTALLED.items() if importers(name, module)}

    assert required == found


@both
def test_only_the_edges_know_aws_http_and_the_environment(name: str) -> None:
    assert importers(name, "botocore") == ({"sdk.py"} if name == "files" else set())
    assert importers(name, "socket") == {"connections.py"}
    assert importers(name, "boto3") == set()
    assert importers(name, "gunicorn") == {"inputs.py"}
    assert importers(name, "flask") == {
        "app.py",
        "inputs.py",
        "logs.py",
        "problems.py",
        "routes.py",
    }
    assert importers(name, "os") == {"config.py"}


@both
@pytest.mark.parametrize(
    ("module", "known"),
    [
        ("wsgi", {".app", ".config", ".store", ".sdk", ".dynamodb", ".logs", ".variables"}),
        ("store", {".aws", ".dynamodb", "domain"}),
        ("auth", set()),
        ("aws", set()),
        ("connections", {".aws", ".variables"}),
        ("credentials", {".aws", ".connections"}),
        ("dynamodb", {".aws", ".connections", ".credentials"}),
        ("config", {".variables"}),
        ("variables", set()),
        ("domain", {".positions"}),
        ("logs", set()),
        ("problems", {".logs"}),
        ("inputs", {".problems"}),
    ],
)
def test_dependencies_point_downwards(name: str, module: str, known: set[str]) -> None:
    if module == "store":
        known |= {f".{own}" for own in OWN[name]}

    assert known_to(name, module) <= known


@pytest.mark.parametrize(("name", "module"), [(name, own) for name in OWN for own in OWN[name]])
def test_a_module_of_one_service_knows_what_it_needs_only(name: str, module: str) -> None:
    assert known_to(name, module) <= OWN[name][module]


@both
def test_every_variable_is_used_and_named_as_designed(name: str) -> None:
    variables = set(importlib.import_module(f"{name}_service.config").VARIABLES)

    shared = {"AWS_REGION", "JWT_ISSUER", "JWT_AUDIENCE", "JWKS_URL", "LOG_LEVEL", "MAX_BODY_BYTES"}
    own = {
        "main": {"TODOS_TABLE", "MAX_TODOS"},
        "files": {
            "FILES_TABLE",
            "FILES_BUCKET",
            "MAX_FILE_BYTES",
            "MAX_FILES_PER_TODO",
            "MAX_USER_BYTES",
        },
    }
    assert variables == shared | own[name]


@both
def test_every_variable_of_aws_is_used(name: str) -> None:
    users = (
        SERVICES / name / f"{name}_service" / f"{user}.py" for user in ("dynamodb", "credentials")
    )
    used = {found for user in users for found in re.findall(r'"(AWS_\w+)"', user.read_text())}

    assert used == set(importlib.import_module(f"{name}_service.variables").AWS_VARIABLES)


@both
def test_no_module_is_longer_than_300_lines(name: str) -> None:
    lengths = {module.name: len(module.read_text().splitlines()) for module in modules(name)}

    assert max(lengths.values()) <= 300, lengths
