"""The commands: each is named like its target of the Makefile."""

import os
from collections.abc import Callable, Mapping
from functools import partial

from deploy import (
    bootstrap,
    builds,
    content,
    core,
    github,
    installation,
    prerequisites,
    publication,
    restoration,
    services,
    stacks,
    status,
    teardown,
    templates,
    website,
)
from deploy.account import Account
from deploy.failures import CallFailed, explain
from deploy.settings import Settings
from deploy.smoke import smoke_test
from deploy.terminal import Refused, complain, say
from deploy.variables import Variables

Values = Mapping[str, str]
Run = Callable[[Account, Settings, Values], None]
Command = Callable[[Values, Settings, Values], None]


def _signed_in(run: Run) -> Command:
    """A command that takes the account of the environment."""
    return lambda environment, *rest: run(Account.open(environment), *rest)


def _image(_: Values, settings: Settings, values: Values) -> None:
    builds.build(settings, values["SERVICE"])


def _deploy(account: Account, settings: Settings, values: Values) -> None:
    chosen = _chosen(settings, values, "bootstrap", "website", "template")
    installation.deploy(account, settings, chosen, values.get("TAG"))


def _deploy_bootstrap(account: Account, settings: Settings, values: Values) -> None:
    bootstrap.deploy(account, settings, _chosen(settings, values, "bootstrap")["bootstrap"])


def _deploy_website(account: Account, settings: Settings, values: Values) -> None:
    chosen = _chosen(settings, values, "website")["website"]
    if "NEWER" in values and publication.is_overtaken(settings, values["NEWER"]):
        return
    content.check_built(settings.built)
    stack = website.deploy(account, settings, chosen)
    if "WAIT" in values:
        prerequisites.await_core(account, settings, int(values["WAIT"]))
        stack = website.deploy(account, settings, chosen)
    publication.publish(account, settings, stack, stacks.find(account, settings.stack))
    say(f"Website: {stack.outputs['WebsiteUrl']}")
    github.report(account, stack, "The website is published.")


def _plan_core(account: Account, settings: Settings, values: Values) -> None:
    chosen = _chosen(settings, values, "template")["template"]
    lines = core.plan(account, settings, chosen)
    listed = "\n".join(f"- {line}" for line in lines) or "Nothing."
    text = f"### What a deployment of {settings.stack} would change\n\n{listed}"
    github.summarize(text)
    github.output(changes="yes" if lines else "no", plan=text)


def _deploy_core(account: Account, settings: Settings, values: Values) -> None:
    chosen = _chosen(settings, values, "template")["template"]
    tags = installation.checked(account, settings, values.get("TAG"))
    approved = _listed(values["PLAN"]) if "PLAN" in values else None
    stack = core.deploy(account, settings, chosen, tags, int(values.get("WAIT", 0)), approved)
    smoke_test(stack.outputs["ApiUrl"])
    github.report(account, stack, f"The stack {stack.name} is deployed.")


def _listed(plan: str) -> set[str]:
    """The lines of a list in Markdown."""
    return {line[2:] for line in plan.splitlines() if line.startswith("- ")}


def _deploy_service(service: str, account: Account, settings: Settings, values: Values) -> None:
    deploy = services.deploy_or_leave if "CORE" in values else services.deploy
    deploy(account, settings, service, values["TAG"])


def _push_image(account: Account, settings: Settings, values: Values) -> None:
    builds.push(account, settings, values["SERVICE"])


def _rollback(account: Account, settings: Settings, values: Values) -> None:
    if "TAG" in values:
        services.deploy(account, settings, values["SERVICE"], values["TAG"])
    else:
        services.list_tags(account, settings, values["SERVICE"])


def _restore(account: Account, settings: Settings, values: Values) -> None:
    every = values.get("ROWS") == "all"
    restoration.restore(account, settings, values["TABLE"], values["FROM"], every=every)


def _status(account: Account, settings: Settings, _: Values) -> None:
    status.show(account, settings)


def _destroy(account: Account, settings: Settings, values: Values) -> None:
    teardown.destroy(
        account, settings, data=values.get("DATA") == "delete", confirmed="CONFIRM" in values
    )


TABLE: tuple[tuple[Variables, Run], ...] = (
    (Variables("deploy", optional=("STACK", "TAG", "PARAMETERS")), _deploy),
    (Variables("deploy-bootstrap", optional=("PARAMETERS",)), _deploy_bootstrap),
    (
        Variables("deploy-website", optional=("STACK", "PARAMETERS", "WAIT", "NEWER")),
        _deploy_website,
    ),
    (Variables("plan-core", optional=("STACK", "PARAMETERS")), _plan_core),
    (
        Variables("deploy-core", optional=("STACK", "TAG", "PARAMETERS", "WAIT", "PLAN")),
        _deploy_core,
    ),
    (Variables("push-image", ("SERVICE",)), _push_image),
    (Variables("deploy-main", ("TAG",), ("STACK", "CORE")), partial(_deploy_service, "main")),
    (Variables("deploy-files", ("TAG",), ("STACK", "CORE")), partial(_deploy_service, "files")),
    (Variables("status", optional=("STACK",)), _status),
    (Variables("rollback", ("SERVICE",), ("TAG", "STACK")), _rollback),
    (Variables("restore", ("TABLE", "FROM"), ("ROWS", "STACK")), _restore),
    (Variables("destroy", optional=("STACK", "CONFIRM", "DATA")), _destroy),
)
COMMANDS: Mapping[str, tuple[Variables, Command]] = {
    # It runs what others have written, so it must do without credentials.
    "image": (Variables("image", ("SERVICE",)), _image),
    **{variables.command: (variables, _signed_in(run)) for variables, run in TABLE},
}


def main(arguments: list[str], environment: Mapping[str, str] = os.environ) -> int:
    """Run one command with the variables of the environment; the exit code."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        complain(f"usage: python -m deploy {' | '.join(COMMANDS)}")
        return 2
    variables, run = COMMANDS[arguments[0]]
    try:
        values = variables.read(environment)
        settings = Settings.read(values.get("STACK"))
        run(environment, settings, values)
    except Refused as error:
        reason = str(error)
    except CallFailed as error:
        reason = explain(error)
    except OSError as error:
        reason = f"{error}: this machine stopped the command; `make status` shows how far it is."
    except KeyboardInterrupt as error:
        complain(str(error) or "Interrupted: `make status` shows what is deployed.")
        return 130
    else:
        return 0
    complain(reason)
    github.summarize(f"**{variables.command} failed:** {reason}")
    return 1


def _chosen(settings: Settings, values: Values, *names: str) -> dict[str, dict[str, str]]:
    return templates.chosen(settings, values.get("PARAMETERS", ""), names)
