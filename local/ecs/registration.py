"""Targets in the target groups: told to AWS, and at once to the balancer."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import boto3

from local import aws
from local.load_balancer.balancer import Balancer
from local.load_balancer.targets import State

if TYPE_CHECKING:
    from types_boto3_elbv2 import ElasticLoadBalancingv2Client


class Registrar:
    """Registers and deregisters by the public API; health and draining are the balancer's."""

    def __init__(self, session: boto3.Session, endpoint_url: str, balancer: Balancer) -> None:
        self._elb: ElasticLoadBalancingv2Client = session.client(
            "elbv2", endpoint_url=endpoint_url, config=aws.CONFIG
        )
        self._balancer = balancer

    async def register(self, group: str, name: str, port: int) -> None:
        await aws.call(
            self._elb.register_targets,
            TargetGroupArn=group,
            Targets=[{"Id": name, "Port": port}],
        )
        await self._balancer.refresh()

    async def deregister(self, group: str, name: str, port: int) -> None:
        """Returns when nothing is in flight to the target any more."""
        await aws.call(
            self._elb.deregister_targets,
            TargetGroupArn=group,
            Targets=[{"Id": name, "Port": port}],
        )
        await self._balancer.deregistered(group, name, port)

    async def clear(self, groups: Iterable[str]) -> None:
        """Deregister what an earlier run has left behind."""
        for group in groups:
            answer = await aws.call(self._elb.describe_target_health, TargetGroupArn=group)
            stale = [found["Target"] for found in answer["TargetHealthDescriptions"]]
            if stale:
                await aws.call(self._elb.deregister_targets, TargetGroupArn=group, Targets=stale)

    def state(self, group: str, name: str, port: int) -> State | None:
        return self._balancer.state(group, name, port)
