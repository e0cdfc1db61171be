"""The database's files on EFS, and the secrets."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct, DependencyGroup

from infrastructure.network import Network
from infrastructure.settings import Settings

POSTGRES_ID = "999"  # the user and group postgres of the official image on Debian
MOUNT = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]


class Storage(Construct):
    def __init__(self, scope: Construct, name: str, network: Network, settings: Settings) -> None:
        super().__init__(scope, name)
        self.mounted = DependencyGroup()  # what it takes before a task can mount it
        if settings.file_system_id:
            self.file_system = self._known(network, settings.file_system_id)
        else:
            self.file_system = self._new(network)
        new_folder = efs.Acl(owner_uid=POSTGRES_ID, owner_gid=POSTGRES_ID, permissions="700")
        self.access_point = efs.AccessPoint(
            self,
            "Database",
            file_system=self.file_system,
            path=settings.database_folder,
            create_acl=new_folder if settings.database_is_new else None,
            posix_user=efs.PosixUser(uid=POSTGRES_ID, gid=POSTGRES_ID),
        )
        self.database_password = self._secret("DatabasePassword", "Of the database's role todo")
        self.secret_key = self._secret("SecretKey", "Signs the application's cookies")
        # The files outlive the stack; fargate/teardown.py finds them by this.
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

    def _new(self, network: Network) -> efs.IFileSystem:
        file_system = efs.FileSystem(
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
            # People's data: only a first deployment that fails takes them along, for it has none.
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
            file_system_policy=_only_by_tls(),
        )
        self.mounted.add(file_system.mount_targets_available)
        return file_system

    def _known(self, network: Network, file_system_id: str) -> efs.IFileSystem:
        """One that was kept or restored: of this stack are only its mount targets."""
        for number, subnet in enumerate(network.vpc.private_subnets, 1):
            target = efs.CfnMountTarget(
                self,
                f"MountTarget{number}",
                file_system_id=file_system_id,
                security_groups=[network.files.security_group_id],
                subnet_id=subnet.subnet_id,
            )
            self.mounted.add(target)
        return efs.FileSystem.from_file_system_attributes(
            self, "FileSystem", file_system_id=file_system_id, security_group=network.files
        )

    def _secret(self, name: str, description: str) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            self,
            name,
            description=description,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=40, exclude_punctuation=True
            ),
            # Nothing is lost with it: the database takes any password at its next start, and
            # pages that are open have to be opened anew.
            removal_policy=cdk.RemovalPolicy.DESTROY,
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
