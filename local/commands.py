"""The commands: run, reset, token."""

import os
from collections.abc import Callable, Mapping

from deploy.terminal import Refused
from local.api_gateway.contract import ContractRefused
from local.cloudformation.stack import DeployFailed
from local.cloudformation.template import TemplateRefused
from local.cloudfront.content import WebsiteNotBuilt
from local.cloudfront.functions import FunctionFailed
from local.ecs.taskdefinition import ServiceGone
from local.emulator.process import EmulatorFailed
from local.emulator.state import DataDamaged
from local.load_balancer.registry import ListenerGone
from local.load_balancer.rules import RuleNotSupported
from local.lock import AlreadyRunning, FolderRefused
from local.outputs import OutputsRefused
from local.ports import PortTaken
from local.reset import reset
from local.run import run
from local.settings import SettingRefused, Settings
from local.signin import SignInRefused, token
from local.terminal import complain, say

USAGE = "usage: python -m local run | reset | token"
# What the person can do something about: one line, no traceback.
EXPECTED = (
    AlreadyRunning,
    ContractRefused,
    DataDamaged,
    DeployFailed,
    EmulatorFailed,
    FolderRefused,
    FunctionFailed,
    ListenerGone,
    OutputsRefused,
    PortTaken,
    Refused,
    RuleNotSupported,
    ServiceGone,
    SettingRefused,
    SignInRefused,
    TemplateRefused,
    WebsiteNotBuilt,
)


def _run(settings: Settings, _: Mapping[str, str]) -> None:
    run(settings)


def _reset(settings: Settings, _: Mapping[str, str]) -> None:
    reset(settings)
    say(f"The data in {settings.folder} is gone.")


def _token(settings: Settings, environment: Mapping[str, str]) -> None:
    say(token(settings, environment))


COMMANDS: Mapping[str, Callable[[Settings, Mapping[str, str]], None]] = {
    "run": _run,
    "reset": _reset,
    "token": _token,
}


def main(arguments: list[str], environment: Mapping[str, str]) -> int:
    """Run one command; the exit code."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        complain(USAGE)
        return 2
    try:
        COMMANDS[arguments[0]](Settings.read(environment), environment)
    except EXPECTED as error:
        complain(str(error))
        return 1
    return 0


def only_this_machine() -> dict[str, str]:
    """Take out what would lead AWS clients elsewhere: the person's profile, proxies, endpoints."""
    environment = dict(os.environ)
    for name in environment:
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            del os.environ[name]
    return environment
