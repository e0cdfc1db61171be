"""The stack: puts the parts together."""

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from infrastructure.network import Network
from infrastructure.service import Service
from infrastructure.settings import Settings
from infrastructure.storage import Storage
from infrastructure.task import Task


class TodoListStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str, settings: Settings, **options: Any) -> None:
        super().__init__(scope, name, **options)
        https = bool(settings.certificate_arn)
        network = Network(self, "Network", allowed_cidr=settings.allowed_cidr, https=https)
        storage = Storage(self, "Storage", network, keep=settings.keep_data)
        task = Task(self, "Task", storage, settings.postgres_image, https=https)
        service = Service(
            self, "Service", network, storage, task, certificate_arn=settings.certificate_arn
        )
        scheme = "https" if https else "http"
        cdk.CfnOutput(self, "Url", value=f"{scheme}://{service.balancer.load_balancer_dns_name}/")
        cdk.CfnOutput(self, "FileSystemId", value=storage.file_system.file_system_id)
