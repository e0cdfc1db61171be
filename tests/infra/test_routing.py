"""Which service the load balancer gives a request to, by its own rules for paths."""

import copy
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

TARGET_GROUPS = {"main": "MainTargetGroup", "files": "FilesTargetGroup"}
IDS = {
    "userId": str(UUID(int=1)),
    "todoId": str(UUID(int=2)),
    "fileId": str(UUID(int=3)),
}

Router = Callable[[str], dict[str, Any]]


def matches(pattern: str, path: str) -> bool:
    """The balancer's pattern language: * any run, slashes too; ? one character; case counts."""
    signs = {"*": ".*", "?": "."}
    expression = "".join(signs.get(sign, re.escape(sign)) for sign in pattern)
    return re.fullmatch(expression, path, re.DOTALL) is not None


def route(properties: dict[str, Any], path: str) -> dict[str, Any]:
    """The action of the first rule that matches, lowest priority first, or the default one."""
    rules = [each for each in properties.values() if "Priority" in each and "Actions" in each]
    for rule in sorted(rules, key=lambda each: int(each["Priority"])):
        patterns = [
            pattern
            for condition in rule["Conditions"]
            for pattern in condition["PathPatternConfig"]["Values"]
        ]
        if any(matches(pattern, path) for pattern in patterns):
            action: dict[str, Any] = rule["Actions"][0]
            return action
    default: dict[str, Any] = properties["Listener"]["DefaultActions"][0]
    return default


@pytest.fixture
def balancer(properties: dict[str, Any]) -> Router:
    return lambda path: route(properties, path)


@pytest.mark.parametrize("user", [IDS["userId"], "me"])
def test_each_operation_reaches_the_service_that_answers_it(
    balancer: Router, method: str, path: str, operation: dict[str, Any], user: str
) -> None:
    (service,) = operation["tags"]

    action = balancer(path.format(**{**IDS, "userId": user}))

    assert action == {
        "Type": "forward",
        "TargetGroupArn": {"Ref": TARGET_GROUPS[service]},
    }, f"{method} {path}"


def test_the_order_of_the_rules_is_what_takes_attachments_to_their_service(
    properties: dict[str, Any],
) -> None:
    swapped = copy.deepcopy(properties)
    swapped["FilesListenerRule"]["Priority"] = properties["MainListenerRule"]["Priority"]
    swapped["MainListenerRule"]["Priority"] = properties["FilesListenerRule"]["Priority"]
    path = "/me/todos/{todoId}/files".format(**IDS)

    in_order, out_of_order = route(properties, path), route(swapped, path)

    assert in_order["TargetGroupArn"] == {"Ref": "FilesTargetGroup"}
    assert out_of_order["TargetGroupArn"] == {"Ref": "MainTargetGroup"}


@pytest.mark.parametrize(
    "path", ["/", "/health", "/me", "/favicon.ico", "/me/TODOS", "/.env", "/todo", "/me/file"]
)
def test_any_other_path_is_not_found_and_no_outage(balancer: Router, path: str) -> None:
    action = balancer(path)

    assert action["Type"] == "fixed-response"
    assert action["FixedResponseConfig"]["StatusCode"] == "404"


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*/files*", "/a/b/files/c", True),
        ("*/files*", "/a/FILES", False),
        ("/?/todos", "/a/todos", True),
        ("/?/todos", "/ab/todos", False),
        ("/a.b", "/aXb", False),
    ],
)
def test_patterns_mean_here_what_they_mean_to_the_balancer(
    pattern: str,
    path: str,
    expected: bool,  # noqa: FBT001, a table's column
) -> None:
    assert matches(pattern, path) is expected


def test_all_rules_are_rules_of_the_one_listener(properties: dict[str, Any]) -> None:
    rules = [properties["FilesListenerRule"], properties["MainListenerRule"]]

    listeners = [rule["ListenerArn"] for rule in rules]

    assert listeners == [{"Ref": "Listener"}] * 2
    assert properties["Listener"]["LoadBalancerArn"] == {"Ref": "LoadBalancer"}


def test_a_service_is_probed_at_the_port_of_its_container(properties: dict[str, Any]) -> None:
    for group in TARGET_GROUPS.values():
        probe = properties[group]

        assert probe["TargetType"] == "instance"
        assert probe["HealthCheckPort"] == "traffic-port"
        assert probe["HealthCheckPath"] == "/health"
        assert probe["HealthCheckIntervalSeconds"] == 15
        assert probe["HealthyThresholdCount"] == 2


def test_the_target_groups_differ_in_their_port_alone(properties: dict[str, Any]) -> None:
    main, files = (dict(properties[group]) for group in TARGET_GROUPS.values())

    ports = main.pop("Port"), files.pop("Port")

    assert ports == (8080, 8081)
    assert main == files
