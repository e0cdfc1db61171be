"""The AWS emulator: a child process, driven only by its public interfaces."""

import asyncio
from collections.abc import Mapping

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local import aws, ports
from local.processes import Guard, Program
from local.settings import HOST, REGION, Settings

START_SECONDS = 60
# Saving its state takes it about a second.
STOP_SECONDS = 20
ONE_TRY = Config(connect_timeout=1, read_timeout=5, retries={"total_max_attempts": 1})


class EmulatorFailed(Exception):
    """The emulator did not start or has ended; the text says where its log is."""


class Emulator:
    """The running emulator."""

    def __init__(self, settings: Settings, program: Program, port: int) -> None:
        self._settings = settings
        self._program = program
        self.port = port

    @classmethod
    async def start(cls, settings: Settings, guard: Guard) -> "Emulator":
        port = ports.free_port()
        for folder in (settings.state, settings.folder / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)
        program = settings.environment("emulator") / "bin" / "ministack"
        try:
            running = await Program.start(
                [str(program)],
                guard=guard,
                folder=settings.folder,
                environment=_environment(settings, port),
                log=settings.logs / "emulator.log",
            )
        except (FileNotFoundError, PermissionError) as error:
            raise EmulatorFailed(
                f"{program} is damaged. Run `make clean`, then `make run`."
            ) from error
        return cls(settings, running, port)

    @property
    def url(self) -> str:
        """The emulator's own address, beside the endpoint that everybody else uses."""
        return f"http://{HOST}:{self.port}"

    async def ready(self, session: boto3.Session) -> None:
        """Wait until the endpoint answers a call of the public API."""
        sts = session.client("sts", endpoint_url=self._settings.endpoint_url, config=ONE_TRY)
        try:
            async with asyncio.timeout(START_SECONDS):
                while not await _answers(sts.get_caller_identity):
                    self._check()
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            raise self._failed("did not answer in time") from error

    async def watch(self) -> None:
        """Raise as soon as the emulator ends."""
        code = await self._program.ended()
        raise self._failed(f"has ended (exit code {code})")

    async def stop(self) -> None:
        """Let it save its state and end."""
        await self._program.stop(STOP_SECONDS)

    def _check(self) -> None:
        if self._program.process.returncode is not None:
            raise self._failed("could not start")

    def _failed(self, what: str) -> EmulatorFailed:
        return EmulatorFailed(f"The AWS emulator {what}; see {self._settings.logs}/emulator.log")


async def _answers(ask: object) -> bool:
    try:
        await aws.call(ask)  # type: ignore[arg-type]  # a method of a client
    except (BotoCoreError, ClientError):
        return False
    return True


def _environment(settings: Settings, port: int) -> Mapping[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        # These two would listen on every address.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # Without it neither policies nor signatures nor confirmation codes are checked.
        "AUTH": "true",
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(settings.state / "services"),
        "S3_DATA_DIR": str(settings.state / "s3"),
        "TMPDIR": str(settings.folder / "tmp"),
        # With a container engine it would start the tasks itself, beside the agent's.
        "DOCKER_HOST": f"unix://{settings.folder}/no-container-engine.sock",
        "LOG_LEVEL": "WARNING",
    }
