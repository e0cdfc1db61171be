"""What the load balancer knows of the deployed stack, asked for again and again."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from local import aws
from local.load_balancer.rules import Forward, Rule, read_rules
from local.load_balancer.targets import TargetGroup, read_group

if TYPE_CHECKING:
    from types_boto3_elbv2 import ElasticLoadBalancingv2Client
    from types_boto3_elbv2.type_defs import ListenerTypeDef

DEFAULT_IDLE_SECONDS = 60


class ListenerGone(Exception):
    """The deployed listener is not there any more; the text says what to do."""


@dataclass(frozen=True)
class Listener:
    """A listener with its rules, its target groups and its load balancer's idle timeout."""

    rules: list[Rule]
    groups: dict[str, TargetGroup]
    idle_timeout: float


class Registry:
    """The deployed load balancer, by describe-calls."""

    def __init__(self, session: boto3.Session, endpoint_url: str, listener: str) -> None:
        self._elb: ElasticLoadBalancingv2Client = session.client(
            "elbv2", endpoint_url=endpoint_url, config=aws.CONFIG
        )
        self._listener = listener

    async def listener(self) -> Listener:
        return await asyncio.to_thread(self._describe)

    async def targets(self, group: str) -> dict[str, int]:
        """The registered targets of a group, id → port."""
        answer = await aws.call(self._elb.describe_target_health, TargetGroupArn=group)
        found = [item["Target"] for item in answer["TargetHealthDescriptions"]]
        return {target["Id"]: target["Port"] for target in found}

    def _describe(self) -> Listener:
        idle_timeout = self._idle_timeout()
        rules = read_rules(self._rules())
        arns = {rule.action.group for rule in rules if isinstance(rule.action, Forward)}
        groups = {group.arn: group for group in self._groups(sorted(arns))}
        return Listener(rules, groups, idle_timeout)

    def _rules(self) -> list[Mapping[str, Any]]:
        pages = self._elb.get_paginator("describe_rules").paginate(ListenerArn=self._listener)
        return [dict(rule) for page in pages for rule in page["Rules"]]

    def _groups(self, arns: list[str]) -> Iterator[TargetGroup]:
        if not arns:
            return
        for group in self._elb.describe_target_groups(TargetGroupArns=arns)["TargetGroups"]:
            answer = self._elb.describe_target_group_attributes(
                TargetGroupArn=group["TargetGroupArn"]
            )
            yield read_group(group, _pairs(answer["Attributes"]))

    def _idle_timeout(self) -> float:
        answer = self._elb.describe_load_balancer_attributes(
            LoadBalancerArn=self._described()["LoadBalancerArn"]
        )
        seconds = _pairs(answer["Attributes"]).get("idle_timeout.timeout_seconds")
        return float(seconds or DEFAULT_IDLE_SECONDS)

    def _described(self) -> "ListenerTypeDef":
        """The listener, which is deployed once and never again as long as its stack lives."""
        try:
            found = self._elb.describe_listeners(ListenerArns=[self._listener])["Listeners"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ListenerNotFound":
                raise
            found = []
        if not found:
            raise ListenerGone(
                "The load balancer's listener is gone. Start again with `make run`; when that does "
                "not help, `make reset` starts anew."
            )
        return found[0]


def _pairs(attributes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in attributes}
