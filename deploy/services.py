"""One service's image in the deployed core: CloudFormation is the only writer of it."""

from deploy import bootstrap, changes, core, github, images, repository
from deploy.account import Account
from deploy.settings import Settings
from deploy.smoke import smoke_test
from deploy.terminal import Refused, say


def deploy_or_leave(account: Account, settings: Settings, service: str, tag: str) -> None:
    """The same, but nothing where it is not a pipeline's turn.

    Before the core's first deployment: that takes the newest image. After a newer commit's:
    pipelines overtake each other, and one may be run again.
    """
    images.check_tag(settings, service, tag)
    stack = core.find(account, settings)
    deployed = stack.parameters.get(images.parameter_of(service), "") if stack else ""
    if stack and not repository.precedes(settings.repository, tag, deployed):
        deploy(account, settings, service, tag)
        return
    images.check_in_registry(account, service, tag)
    text = (
        f"{service} stays at {deployed}, which came after {tag}."
        if stack
        else f"There is no stack {settings.stack} yet: its first deployment takes {service} {tag}."
    )
    say(text)
    github.summarize(text)


def deploy(account: Account, settings: Settings, service: str, tag: str) -> None:
    """Run another image of one service; template and all other parameters stay."""
    images.check_tag(settings, service, tag)
    stack = core.existing(account, settings)
    images.check_in_registry(account, service, tag)
    name = images.parameter_of(service)
    before = stack.parameters[name]
    say(f"Stack {settings.stack}: {service} from {before} to {tag}")
    role = bootstrap.outputs(account, settings).get("ImageStackRoleArn")
    if changes.update_parameters(account, stack, {name: tag}, role) is None:
        say("  nothing to change")
    smoke_test(stack.outputs["ApiUrl"])
    github.report(account, stack, f"**{service}** runs `{tag}`; before, it ran `{before}`.")


def list_tags(account: Account, settings: Settings, service: str) -> None:
    """Print what a service can be rolled back to, newest first."""
    deployed = core.existing(account, settings).parameters[images.parameter_of(service)]
    found = images.listed(account, service)
    if not found:
        raise Refused(f"{account.region} has no image in {images.repository_of(service)}.")
    say(f"Images of {service}, newest first; take one by TAG=…")
    for image in found:
        mark = "  deployed" if image.tag == deployed else ""
        say(f"  {image.tag}  {image.pushed:%Y-%m-%d %H:%M}{mark}")
