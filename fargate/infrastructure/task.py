"""The task: the application and its database, which live and die together."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infrastructure.network import PORT
from infrastructure.settings import Settings
from infrastructure.storage import POSTGRES_ID, Storage

FARGATE = Path(__file__).parents[1]
WEB = str(FARGATE / "web")
FILES = "/var/lib/postgresql/data"
# Seconds. Fargate stops a task whose application has not begun by then, for want of a healthy
# database. As far as is known, the application's dependency waits that long where no startTimeout
# is set, of which 120 is the most.
START = 180
# Longer than RESTART, so that a container which has waited in vain starts again in its place. What
# is left of START is for the first start, or for the recovery after a crash.
LOCK = 75
RESTART = 60
# Two containers may never write one set of files, and a deployment's new task starts while the old
# one still ends: ECS no longer counts it then. The lock on the file system keeps the new database
# waiting until the old one has ended, or its host is lost and the lock has lapsed.
LOCKED = ["flock", "--no-fork", "--exclusive", "--timeout", str(LOCK), f"{FILES}/lock"]
SCRIPT = (FARGATE / "database.sh").read_text()
# Only the other container of the task reaches it; 64 MB of shared memory is all that Fargate has.
POSTGRES = [
    *("-c", "listen_addresses=127.0.0.1"),
    *("-c", "max_connections=20"),
    *("-c", "shared_buffers=64MB"),
    *("-c", "max_parallel_workers_per_gather=0"),
]
# That the application's own role gets an answer from its own database, as the application does.
ASKED = ["psql", "-qXw", "-h", "127.0.0.1", "-U", "todo", "-d", "todo", "-c", "SELECT 1"]


class Task(Construct):
    def __init__(
        self, scope: Construct, name: str, storage: Storage, settings: Settings, *, host: str
    ) -> None:
        super().__init__(scope, name)
        self.definition = ecs.FargateTaskDefinition(
            self,
            "Definition",
            task_role=self._role("Role"),
            execution_role=self._role("ExecutionRole"),
            cpu=256,
            memory_limit_mib=1024,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.X86_64,
                operating_system_family=ecs.OperatingSystemFamily.LINUX,
            ),
            volumes=[_volume(storage)],
        )
        storage.allow_mount(self.definition.task_role)
        database = self._database(storage, settings.postgres_image)
        application = self._application(storage, settings, host)
        application.add_container_dependencies(
            ecs.ContainerDependency(
                container=database, condition=ecs.ContainerDependencyCondition.HEALTHY
            )
        )
        self.definition.default_container = application

    def _role(self, name: str) -> iam.Role:
        """A role that ECS takes for tasks of this account, and for nobody else's."""
        account = {"aws:SourceAccount": cdk.Stack.of(self).account}
        ecs_tasks = iam.ServicePrincipal(
            "ecs-tasks.amazonaws.com", conditions={"StringEquals": account}
        )
        return iam.Role(self, name, assumed_by=ecs_tasks)

    def _database(self, storage: Storage, image: str) -> ecs.ContainerDefinition:
        container = self.definition.add_container(
            "database",
            image=ecs.ContainerImage.from_registry(image),
            memory_limit_mib=640,
            user=f"{POSTGRES_ID}:{POSTGRES_ID}",
            entry_point=[*LOCKED, "sh", "-c", SCRIPT, "database"],
            command=POSTGRES,
            # A folder within the mounted one, which holds the lock besides.
            environment={"PGDATA": f"{FILES}/pgdata"},
            secrets={"PGPASSWORD": _secret(storage.database_password)},
            health_check=ecs.HealthCheck(
                command=["CMD", *ASKED],
                interval=cdk.Duration.seconds(10),
                timeout=cdk.Duration.seconds(5),
                retries=3,
                start_period=cdk.Duration.seconds(START),
            ),
            linux_parameters=self._without_capabilities("Database", init=True),
            logging=self._logging("database"),
            # The image's stop signal is SIGINT: PostgreSQL ends its sessions and writes all down.
            stop_timeout=cdk.Duration.seconds(120),
            enable_restart_policy=True,
            restart_attempt_period=cdk.Duration.seconds(RESTART),
        )
        container.add_mount_points(
            ecs.MountPoint(container_path=FILES, source_volume="files", read_only=False)
        )
        return container

    def _application(
        self, storage: Storage, settings: Settings, host: str
    ) -> ecs.ContainerDefinition:
        image = ecr_assets.DockerImageAsset(
            self,
            "Image",
            directory=WEB,
            platform=ecr_assets.Platform.LINUX_AMD64,
            build_args={"BASE": settings.python_image},
        )
        return self.definition.add_container(
            "application",
            image=ecs.ContainerImage.from_docker_image_asset(image),
            memory_limit_mib=384,
            user="10001:10001",
            readonly_root_filesystem=True,
            port_mappings=[ecs.PortMapping(container_port=PORT)],
            environment={"HOSTS": host, "HTTPS": "yes" if settings.certificate_arn else "no"},
            secrets={
                "DATABASE_PASSWORD": _secret(storage.database_password),
                "SECRET_KEY": _secret(storage.secret_key),
            },
            health_check=ecs.HealthCheck(
                command=["CMD", "python", "-m", "todo_list.health"],
                interval=cdk.Duration.seconds(15),
                timeout=cdk.Duration.seconds(5),
                retries=4,
                start_period=cdk.Duration.seconds(60),
            ),
            linux_parameters=self._without_capabilities("Application", init=False),
            logging=self._logging("application"),
            stop_timeout=cdk.Duration.seconds(40),  # gunicorn finishes within 30
            enable_restart_policy=True,
            restart_attempt_period=cdk.Duration.seconds(RESTART),
        )

    def _without_capabilities(self, container: str, *, init: bool) -> ecs.LinuxParameters:
        """With `init` a first process passes signals on, even to a `flock` that waits."""
        parameters = ecs.LinuxParameters(self, f"{container}Linux", init_process_enabled=init)
        parameters.drop_capabilities(ecs.Capability.ALL)
        return parameters

    def _logging(self, container: str) -> ecs.LogDriver:
        group = logs.LogGroup(
            self,
            f"{container.title()}Logs",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,  # they tell of what no longer exists
        )
        return ecs.LogDrivers.aws_logs(
            stream_prefix=container, log_group=group, mode=ecs.AwsLogDriverMode.NON_BLOCKING
        )


def _secret(secret: secretsmanager.Secret) -> ecs.Secret:
    return ecs.Secret.from_secrets_manager(secret)


def _volume(storage: Storage) -> ecs.Volume:
    return ecs.Volume(
        name="files",
        efs_volume_configuration=ecs.EfsVolumeConfiguration(
            file_system_id=storage.file_system.file_system_id,
            transit_encryption="ENABLED",
            authorization_config=ecs.AuthorizationConfig(
                access_point_id=storage.access_point.access_point_id, iam="ENABLED"
            ),
        ),
    )
