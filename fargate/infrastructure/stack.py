"""The stack: puts the parts together."""

import aws_cdk as cdk
from constructs import Construct

from infrastructure.balancer import Balancer
from infrastructure.network import Network
from infrastructure.service import Service
from infrastructure.settings import Settings
from infrastructure.storage import Storage
from infrastructure.task import Task


class TodoListStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str, settings: Settings) -> None:
        # No environment: a template for any account and region, synthesised without asking AWS.
        super().__init__(
            scope,
            name,
            description="To-Do List Manager: an application and its database in one Fargate task",
            # Its own parameter and rule would only make the template harder to read.
            synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        https = bool(settings.certificate_arn)
        network = Network(self, "Network", allowed_cidr=settings.allowed_cidr, https=https)
        storage = Storage(self, "Storage", network, settings)
        balancer = Balancer(self, "Balancer", network, settings)
        task = Task(self, "Task", storage, settings, host=balancer.host)
        Service(self, "Service", network, storage, balancer, task)
        scheme = "https" if https else "http"
        cdk.CfnOutput(self, "Url", value=f"{scheme}://{balancer.host}/")
        if settings.domain_name:
            record = f"{settings.domain_name} CNAME {balancer.own_name}"
            cdk.CfnOutput(self, "DnsRecord", value=record)
