"""The load balancer: what it listens on, and what it hands requests to."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct

from infrastructure.network import PORT, Network
from infrastructure.settings import Settings


class Balancer(Construct):
    def __init__(self, scope: Construct, name: str, network: Network, settings: Settings) -> None:
        super().__init__(scope, name)
        self._balancer = elb.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            internet_facing=True,
            security_group=network.balancer,
            drop_invalid_header_fields=True,
        )
        self.own_name = self._balancer.load_balancer_dns_name
        # The name that people come by, and the only one that the application answers to.
        self.host = settings.domain_name or self.own_name
        self.targets = self._targets(network)
        self._listen(settings.certificate_arn)

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

    def _listen(self, certificate_arn: str) -> None:
        """Port 80; with a certificate 443, and 80 only to send people there."""
        forward = elb.ListenerAction.forward([self.targets])
        to_https = elb.ListenerAction.redirect(protocol="HTTPS", port="443", permanent=True)
        # Not `open`: who may come stands in the security group.
        self._balancer.add_listener(
            "Http", port=80, open=False, default_action=to_https if certificate_arn else forward
        )
        if certificate_arn:
            self._balancer.add_listener(
                "Https",
                port=443,
                open=False,
                certificates=[elb.ListenerCertificate(certificate_arn)],
                ssl_policy=elb.SslPolicy.RECOMMENDED_TLS,
                default_action=forward,
            )
