"""Which service the load balancer gives a request to, by its own rules for paths."""

import copy
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from local.load_balancer.rules import Action, Fixed, Forward, action_for, read_rules

TARGET_GROUPS = {"main": "MainTargetGroup", "files": "FilesTargetGroup"}
IDLE_TIMEOUT = "idle_timeout.timeout_seconds"
RULES = ("FilesListenerRule", "MainListenerRule")
IDS = {
    "userId": str(UUID(int=1)),
    "todoId": str(UUID(int=2)),
    "fileId": str(UUID(int=3)),
}

Router = Callable[[str], Action]


def described(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule of the template as the balancer describes it; its target group by the logical id."""
    (action,) = copy.deepcopy(rule["Actions"])
    if action["Type"] == "forward":
        action["TargetGroupArn"] = action["TargetGroupArn"]["Ref"]
    return {
        "Priority": str(rule["Priority"]),
        "Conditions": rule["Conditions"],
        "Actions": [action],
    }


def router(properties: dict[str, Any]) -> Router:
    """What the balancer does with a path, by the template's rules."""
    last = {
        "Priority": "default",
        "Conditions": [],
        "Actions": properties["Listener"]["DefaultActions"],
    }
    rules = read_rules(described(rule) for rule in (last, *(properties[name] for name in RULES)))
    return lambda path: action_for(rules, path)


def balancer_attributes(properties: dict[str, Any]) -> dict[str, str]:
    pairs = properties["LoadBalancer"]["LoadBalancerAttributes"]
    return {each["Key"]: each["Value"] for each in pairs}


@pytest.fixture
def balancer(properties: dict[str, Any]) -> Router:
    return router(properties)


@pytest.mark.parametrize("user", [IDS["userId"], "me"])
def test_each_operation_reaches_the_service_that_answers_it(
    balancer: Router, method: str, path: str, operation: dict[str, Any], user: str
) -> None:
    (service,) = operation["tags"]

    action = balancer(path.format(**{**IDS, "userId": user}))

    assert action == Forward(TARGET_GROUPS[service]), f"{method} {path}"


def test_the_order_of_the_rules_is_what_takes_attachments_to_their_service(
    balancer: Router, properties: dict[str, Any]
) -> None:
    swapped = copy.deepcopy(properties)
    swapped["FilesListenerRule"]["Priority"] = properties["MainListenerRule"]["Priority"]
    swapped["MainListenerRule"]["Priority"] = properties["FilesListenerRule"]["Priority"]
    path = "/me/todos/{todoId}/files".format(**IDS)

    in_order, out_of_order = balancer(path), router(swapped)(path)

    assert in_order == Forward("FilesTargetGroup")
    assert out_of_order == Forward("MainTargetGroup")


@pytest.mark.parametrize(
    "path", ["/", "/health", "/me", "/favicon.ico", "/me/TODOS", "/.env", "/todo", "/me/file"]
)
def test_any_other_path_is_not_found_and_no_outage(balancer: Router, path: str) -> None:
    action = balancer(path)

    assert isinstance(action, Fixed)
    assert action.status == 404


def test_the_listener_has_these_two_rules_and_no_other(resources: dict[str, Any]) -> None:
    listeners = {
        name: each["Properties"]["ListenerArn"]
        for name, each in resources.items()
        if each["Type"] == "AWS::ElasticLoadBalancingV2::ListenerRule"
    }

    assert listeners == {name: {"Ref": "Listener"} for name in RULES}
    assert resources["Listener"]["Properties"]["LoadBalancerArn"] == {"Ref": "LoadBalancer"}


def test_the_balancer_drops_what_is_no_http_header(properties: dict[str, Any]) -> None:
    attributes = balancer_attributes(properties)

    assert set(attributes) == {IDLE_TIMEOUT, "routing.http.drop_invalid_header_fields.enabled"}
    assert attributes["routing.http.drop_invalid_header_fields.enabled"] == "true"


def test_the_balancer_lets_an_idle_connection_go_before_the_service_does(
    properties: dict[str, Any], server: dict[str, Any]
) -> None:
    # It would send a request into a socket that the service closes, and answer 502.
    assert int(balancer_attributes(properties)[IDLE_TIMEOUT]) < server["keepalive"]


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
