"""The service: exactly one task, behind the load balancer."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct

from infrastructure.network import Network
from infrastructure.storage import Storage
from infrastructure.task import PORT, Task


class Service(Construct):
    def __init__(
        self,
        scope: Construct,
        name: str,
        network: Network,
        storage: Storage,
        task: Task,
        *,
        certificate_arn: str,
    ) -> None:
        super().__init__(scope, name)
        self.balancer = elb.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            internet_facing=True,
            security_group=network.balancer,
            drop_invalid_header_fields=True,
        )
        service = self._service(network, task)
        # Without these a task does not start: a mount target in its zone, and leave to read the
        # secrets.
        service.node.add_dependency(storage.file_system.mount_targets_available)
        service.node.add_dependency(task.definition.obtain_execution_role())
        targets = self._targets(network)
        targets.add_target(service)
        self._listen(targets, certificate_arn)

    def _service(self, network: Network, task: Task) -> ecs.FargateService:
        cluster = ecs.Cluster(self, "Cluster", vpc=network.vpc)
        return ecs.FargateService(
            self,
            "Service",
            cluster=cluster,
            task_definition=task.definition,
            # One writer: the old task is stopped before the new one starts, here at deployments,
            # and for the same reason no second one for balance between the zones.
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

    def _targets(self, network: Network) -> elb.ApplicationTargetGroup:
        return elb.ApplicationTargetGroup(
            self,
            "Targets",
            vpc=network.vpc,
            port=PORT,
            protocol=elb.ApplicationProtocol.HTTP,
            target_type=elb.TargetType.IP,
            deregistration_delay=cdk.Duration.seconds(30),
            health_check=elb.HealthCheck(
                path="/health",
                healthy_http_codes="200",
                interval=cdk.Duration.seconds(15),
                timeout=cdk.Duration.seconds(5),
                healthy_threshold_count=2,
                unhealthy_threshold_count=4,
            ),
        )

    def _listen(self, targets: elb.ApplicationTargetGroup, certificate_arn: str) -> None:
        """Port 80; with a certificate 443, and 80 only to send people there."""
        forward = elb.ListenerAction.forward([targets])
        to_https = elb.ListenerAction.redirect(protocol="HTTPS", port="443", permanent=True)
        # Not `open`: who may come stands in the security group.
        self.balancer.add_listener(
            "Http", port=80, open=False, default_action=to_https if certificate_arn else forward
        )
        if certificate_arn:
            self.balancer.add_listener(
                "Https",
                port=443,
                open=False,
                certificates=[elb.ListenerCertificate(certificate_arn)],
                ssl_policy=elb.SslPolicy.RECOMMENDED_TLS,
                default_action=forward,
            )
