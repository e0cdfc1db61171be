"""The database's files on EFS, and the secrets."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infrastructure.network import Network

POSTGRES_ID = "999"  # the user and group postgres of the official image on Debian
MOUNT = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]


class Storage(Construct):
    def __init__(self, scope: Construct, name: str, network: Network) -> None:
        super().__init__(scope, name)
        self.file_system = self._file_system(network)
        self.access_point = self.file_system.add_access_point(
            "Database",
            path="/database",
            create_acl=efs.Acl(owner_uid=POSTGRES_ID, owner_gid=POSTGRES_ID, permissions="700"),
            posix_user=efs.PosixUser(uid=POSTGRES_ID, gid=POSTGRES_ID),
        )
        self.database_password = self._secret("DatabasePassword", "Of the database's role todo")
        self.secret_key = self._secret("SecretKey", "Signs the application's cookies")
        # They outlive the stack; fargate/teardown.py finds them by this.
        cdk.Tags.of(self).add("todo-list-stack", cdk.Stack.of(self).stack_name)

    def allow_mount(self, role: iam.IRole) -> None:
        """Let a role mount the database's folder, and nothing else of the file system."""
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=MOUNT,
                resources=[self.file_system.file_system_arn],
                conditions={
                    "StringEquals": {
                        "elasticfilesystem:AccessPointArn": self.access_point.access_point_arn
                    }
                },
            )
        )

    def _file_system(self, network: Network) -> efs.FileSystem:
        return efs.FileSystem(
            self,
            "FileSystem",
            vpc=network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
            security_group=network.files,
            encrypted=True,
            # Paid by what is read and written, which is little; credits cannot run out.
            throughput_mode=efs.ThroughputMode.ELASTIC,
            # No lifecycle policy: the database's files are no archive.
            enable_automatic_backups=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            file_system_policy=_only_by_tls(),
        )

    def _secret(self, name: str, description: str) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            self,
            name,
            description=description,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=40, exclude_punctuation=True
            ),
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )


def _only_by_tls() -> iam.PolicyDocument:
    """A policy of its own takes the default's place, by which everybody in reach could mount."""
    return iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=[*MOUNT, "elasticfilesystem:ClientRootAccess"],
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            )
        ]
    )
