"""Each permission of the task role is needed: without it, something that people do is refused."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import httpx
import pytest

from local.cloudformation import template
from tests.e2e import attachments
from tests.e2e.stack import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.stack import Person, Stack

SECONDS = 30
CONTAINERS = ("main", "files", "worker")


class Permission(NamedTuple):
    """One action of a statement on one of its resources."""

    sid: str
    action: str
    place: int = 0


class World:
    """Somebody with an account, and the emulated account itself."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.person: Person = stack.new_person()
        self.api = self.person.api
        self.iam, self.sqs = (self._client(service) for service in ("iam", "sqs"))
        self.role = self._named(self.iam.list_roles()["Roles"], "RoleName", "-TaskRole-")

    def _client(self, service: str) -> Any:
        made: Any = boto3.client(
            service,  # type: ignore[call-overload]  # any service
            region_name=self.stack.outputs["Region"],
            endpoint_url=self.stack.outputs["AwsEndpoint"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        return made

    @staticmethod
    def _named(found: list[dict[str, Any]], key: str, part: str) -> str:
        (name,) = (each[key] for each in found if part in each[key])
        return str(name)

    @property
    def queue(self) -> str:
        (url,) = (each for each in self.sqs.list_queues()["QueueUrls"] if "-RemovalsQueue-" in each)
        return str(url)

    def todo(self) -> dict[str, Any]:
        answer = self.api.post("/me/todos", json={"title": "Find the lease"})
        assert answer.status_code == 201, answer.text
        todo: dict[str, Any] = answer.json()
        return todo

    def file(self) -> str:
        """The path of a new attachment."""
        file = attachments.attach(self.api, self.todo(), b"lease")
        return f"/me/todos/{file['todoId']}/files/{file['id']}"

    def logs(self) -> dict[str, int]:
        """How long the log of each container is."""
        return {name: len(self._log(name)) for name in CONTAINERS}

    def since(self, lengths: dict[str, int]) -> str:
        """What the containers have written since their logs were as long as that."""
        return "".join(self._log(name)[length:] for name, length in lengths.items())

    def _log(self, name: str) -> str:
        return (self.stack.directory / "logs" / f"{name}.log").read_text()

    def documents(self) -> dict[str, Any]:
        """What each policy of the role says."""
        names = self.iam.list_role_policies(RoleName=self.role)["PolicyNames"]
        return {name: self._document(name) for name in names}

    def _document(self, name: str) -> Any:
        return self.iam.get_role_policy(RoleName=self.role, PolicyName=name)["PolicyDocument"]

    @contextmanager
    def without(self, permission: Permission) -> Iterator[None]:
        """Every task's role as it is deployed, less one permission."""
        for name, document in self.documents().items():
            statements = [less for one in document["Statement"] for less in _less(one, permission)]
            if statements != document["Statement"]:
                self._put(name, document | {"Statement": statements})
                try:
                    yield
                finally:
                    self._put(name, document)
                return
        raise AssertionError(f"the deployed role has no {permission}")

    def _put(self, name: str, document: dict[str, Any]) -> None:
        self.iam.put_role_policy(
            RoleName=self.role, PolicyName=name, PolicyDocument=json.dumps(document)
        )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _less(statement: dict[str, Any], permission: Permission) -> list[dict[str, Any]]:
    """The statement in as many as it has actions, one of them about one resource less."""
    if statement["Sid"] != permission.sid:
        return [statement]
    found = []
    for action in _listed(statement["Action"]):
        resources = list(_listed(statement["Resource"]))
        if action == permission.action:
            del resources[permission.place]
        if resources:
            sid = statement["Sid"] + action.partition(":")[2]
            found.append(statement | {"Sid": sid, "Action": action, "Resource": resources})
    return found


def granted() -> list[Permission]:
    """What template.yaml allows the task role, one by one."""
    role = template.read(ROOT / "template.yaml").body["Resources"]["TaskRole"]["Properties"]
    return [
        Permission(one["Sid"], action, place)
        for policy in role["Policies"]
        for one in policy["PolicyDocument"]["Statement"]
        for action in _listed(one["Action"])
        for place in range(len(_listed(one["Resource"])))
    ]


# Prepares a step while everything is allowed, and gives the step.
Step = Callable[[World], Callable[[], httpx.Response | None]]


def list_by(query: str) -> Step:
    return lambda world: lambda: world.api.get(f"/me/todos?{query}")


def show_a_todo(world: World) -> Callable[[], httpx.Response]:
    path = f"/me/todos/{world.todo()['id']}"
    return lambda: world.api.get(path)


def create_a_todo(world: World) -> Callable[[], httpx.Response]:
    return lambda: world.api.post("/me/todos", json={"title": "One more"})


def empty_the_trash(world: World) -> Callable[[], httpx.Response]:
    assert world.api.delete(f"/me/todos/{world.todo()['id']}").status_code == 204
    return lambda: world.api.delete("/me/todos?status=trashed")


def announce_a_file(world: World) -> Callable[[], httpx.Response]:
    path, body = f"/me/todos/{world.todo()['id']}/files", attachments.announcement(b"lease")
    return lambda: world.api.post(path, json=body)


def list_files(world: World) -> Callable[[], httpx.Response]:
    path = f"/me/todos/{world.todo()['id']}/files"
    return lambda: world.api.get(path)


def show_a_file(world: World) -> Callable[[], httpx.Response]:
    path = world.file()
    return lambda: world.api.get(path)


def delete_a_file(world: World) -> Callable[[], httpx.Response]:
    path = world.file()
    return lambda: world.api.delete(path)


def upload(world: World) -> Callable[[], httpx.Response]:
    announced = attachments.announce(world.api, world.todo(), b"lease")
    return lambda: attachments.send(announced["upload"], b"lease")


def download(world: World) -> Callable[[], httpx.Response]:
    location = world.api.get(world.file() + "/content").headers["Location"]
    return lambda: httpx.get(location)


def remove_a_todo(world: World) -> Callable[[], None]:
    """What the worker hears of, and clears up after."""
    empty = empty_the_trash(world)

    def removal() -> None:
        assert empty().status_code == 204

    return removal


def fail_at_a_removal(world: World) -> Callable[[], None]:
    """A message that nobody can read: it is to come again, later."""

    def failing() -> None:
        world.sqs.send_message(QueueUrl=world.queue, MessageBody="not a removal")

    return failing


STEPS: dict[Permission, Step] = {
    Permission("Todos", "dynamodb:DeleteItem"): empty_the_trash,
    Permission("Todos", "dynamodb:GetItem"): show_a_todo,
    Permission("Todos", "dynamodb:Query"): list_by("status=all&sort=created"),
    Permission("Todos", "dynamodb:UpdateItem"): create_a_todo,
    Permission("TodoLists", "dynamodb:Query", 0): list_by("status=all&sort=created"),
    Permission("TodoLists", "dynamodb:Query", 1): list_by("status=open&sort=due"),
    Permission("TodoLists", "dynamodb:Query", 2): list_by("status=open&sort=position"),
    Permission("Files", "dynamodb:DeleteItem"): delete_a_file,
    Permission("Files", "dynamodb:GetItem"): show_a_file,
    Permission("Files", "dynamodb:PutItem"): announce_a_file,
    Permission("Files", "dynamodb:Query"): list_files,
    Permission("Files", "dynamodb:UpdateItem"): announce_a_file,
    Permission("FileContents", "s3:DeleteObject"): delete_a_file,
    Permission("FileContents", "s3:GetObject"): download,
    Permission("FileContents", "s3:PutObject"): upload,
    Permission("Removals", "sqs:ChangeMessageVisibility"): fail_at_a_removal,
    Permission("Removals", "sqs:DeleteMessage"): remove_a_todo,
    Permission("Removals", "sqs:ReceiveMessage"): remove_a_todo,
}


@pytest.fixture(scope="module")
def world(stack: Stack) -> Iterator[World]:
    world = World(stack)
    yield world
    # What has failed here is nobody else's.
    world.sqs.purge_queue(QueueUrl=world.queue)
    for client in (world.iam, world.sqs):
        client.close()


def test_each_permission_has_a_step_that_needs_it() -> None:
    assert set(STEPS) == set(granted())


@pytest.mark.parametrize("permission", STEPS, ids=lambda each: "-".join(map(str, each)))
def test_without_a_permission_a_step_is_refused(world: World, permission: Permission) -> None:
    step = STEPS[permission]
    allowed, refused = step(world)(), step(world)
    before = world.logs()

    with world.without(permission):
        answer = refused()
        wait_for(lambda: refusal(permission) in heard(world, answer, before))

    if allowed and answer:
        assert (allowed.is_error, answer.is_error) == (False, True)


def refusal(permission: Permission) -> str:
    return f"not authorized to perform: {permission.action}"


def heard(world: World, answer: httpx.Response | None, before: dict[str, int]) -> str:
    """What the caller is answered, and the containers write."""
    return (answer.text if answer is not None else "") + world.since(before)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
