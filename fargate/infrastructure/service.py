"""The service: one task that ECS keeps running, behind the load balancer."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from infrastructure.balancer import Balancer
from infrastructure.network import Network
from infrastructure.storage import Storage
from infrastructure.task import Task


class Service(Construct):
    def __init__(
        self,
        scope: Construct,
        name: str,
        network: Network,
        storage: Storage,
        balancer: Balancer,
        task: Task,
    ) -> None:
        super().__init__(scope, name)
        service = self._service(network, task)
        # Without these a task does not start: a mount target in its zone, leave to read the
        # secrets, and the way out to fetch them and the images.
        service.node.add_dependency(storage.mounted)
        service.node.add_dependency(task.definition.obtain_execution_role())
        for subnet in network.vpc.private_subnets:
            service.node.add_dependency(subnet.internet_connectivity_established)
        balancer.targets.add_target(service)

    def _service(self, network: Network, task: Task) -> ecs.FargateService:
        cluster = ecs.Cluster(self, "Cluster", vpc=network.vpc)
        return ecs.FargateService(
            self,
            "Service",
            cluster=cluster,
            task_definition=task.definition,
            # One that runs: a deployment lets the old task go before the new one starts, and no
            # second one comes for balance between the zones. One that still ends does not count;
            # the lock on the files is for that (infrastructure/task.py).
            desired_count=1,
            min_healthy_percent=0,
            max_healthy_percent=100,
            availability_zone_rebalancing=ecs.AvailabilityZoneRebalancing.DISABLED,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            assign_public_ip=False,
            security_groups=[network.task],
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
            platform_version=ecs.FargatePlatformVersion.VERSION1_4,
            # What the database may take at its first start, and the application after it.
            health_check_grace_period=cdk.Duration.seconds(300),
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
        )
