"""Trouble at the load balancer doubles the tasks; quiet, or a person, brings them back."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.e2e.stack import Stack
from tests.e2e.test_lifecycle import containers, steady_requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psutil

    from tests.e2e.stack import Person


class Breaking(BaseHTTPRequestHandler):
    """A target that is healthy, and breaks off each request."""

    def do_GET(self) -> None:
        if self.path == "/health":
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack of its own: others count the tasks of theirs."""
    stack = Stack(tmp_path_factory.mktemp("scaling"))
    try:
        yield stack.start()
    finally:
        stack.stop()


@pytest.fixture(scope="module")
def person(stack: Stack) -> Person:
    return stack.new_person()


@pytest.fixture(scope="module")
def aws(stack: Stack) -> Callable[[str], Any]:
    """Clients of AWS's public API, as a person's own."""

    def client(service: str) -> Any:
        name: Any = service
        return boto3.client(
            name,
            region_name=stack.outputs["Region"],
            endpoint_url=stack.outputs["AwsEndpoint"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return client


@contextmanager
def a_target_that_breaks_off(elb: Any) -> Iterator[None]:
    """One more target of main's, registered as anybody may who has the permission."""
    groups = elb.describe_target_groups()["TargetGroups"]
    (group,) = [each["TargetGroupArn"] for each in groups if each["Port"] == 8080]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Breaking)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bad = {"Id": "i-0000000000000bad0", "Port": server.server_port}
    elb.register_targets(TargetGroupArn=group, Targets=[bad])
    try:
        yield
    finally:
        elb.deregister_targets(TargetGroupArn=group, Targets=[bad])
        server.shutdown()
        server.server_close()


def until(condition: Callable[[], bool], stack: Stack) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, stack.lines
        time.sleep(0.2)


def worked(container: psutil.Process) -> float:
    """The seconds of a processor that a container has used."""
    processes = [container, *container.children(recursive=True)]
    return sum(process.cpu_times().user + process.cpu_times().system for process in processes)


# First: as long as 5XX answers double the tasks, nothing halves them.
def test_an_alarm_that_is_set_by_hand_halves_the_tasks_without_a_lost_request(
    stack: Stack, person: Person, aws: Callable[[str], Any]
) -> None:
    ecs = aws("ecs")
    (cluster,) = ecs.list_clusters()["clusterArns"]
    (service,) = ecs.list_services(cluster=cluster)["serviceArns"]
    ecs.update_service(cluster=cluster, service=service, desiredCount=4)
    until(lambda: len(containers(stack, "main")) == 4, stack)

    with steady_requests(person, "/me/todos") as statuses:
        aws("cloudwatch").set_alarm_state(
            AlarmName="todo-on-ecs-ScaleInAlarm", StateValue="ALARM", StateReason="a try"
        )
        until(lambda: len(containers(stack, "main")) == 2, stack)

    assert set(statuses) == {200}
    described = ecs.describe_services(cluster=cluster, services=[service])["services"]
    assert described[0]["desiredCount"] == 2


def test_ten_5xx_answers_of_the_balancer_double_the_tasks_and_all_of_them_serve(
    stack: Stack, person: Person, aws: Callable[[str], Any]
) -> None:
    assert len(containers(stack, "main")) == 2

    with a_target_that_breaks_off(aws("elbv2")):
        statuses: list[int] = []
        until(lambda: _asked(person, statuses).count(502) >= 10, stack)

    until(lambda: len(containers(stack, "main")) == len(containers(stack, "files")) == 4, stack)
    statuses.clear()
    before = {container: worked(container) for container in containers(stack, "main")}

    def each_has_its_share() -> bool:
        for _ in range(20):
            _asked(person, statuses)
        shares = [worked(container) - seconds for container, seconds in before.items()]
        # A quarter each; health checks alone come to nothing beside it.
        return min(shares) > 0.1 * sum(shares)

    until(each_has_its_share, stack)
    assert set(statuses) == {200}
    alarms = aws("cloudwatch").describe_alarms(StateValue="ALARM")["MetricAlarms"]
    assert [each["MetricName"] for each in alarms if "ScaleOut" in each["AlarmName"]] == [
        "HTTPCode_ELB_5XX_Count"
    ]


def _asked(person: Person, statuses: list[int]) -> list[int]:
    statuses.append(person.api.get("/me/todos").status_code)
    return statuses
