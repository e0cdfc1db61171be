"""One service's image in the deployed core: CloudFormation is the only writer of it."""

from deploy import bootstrap, changes, core, images
from deploy.account import Account
from deploy.settings import Settings
from deploy.smoke import smoke_test
from deploy.terminal import Refused, say


def deploy(account: Account, settings: Settings, service: str, tag: str) -> None:
    """Run another image of one service; template and all other parameters stay."""
    images.check_tag(settings, service, tag)
    stack = core.existing(account, settings)
    images.check_in_registry(account, service, tag)
    name = images.parameter_of(service)
    say(f"Stack {settings.stack}: {service} from {stack.parameters[name]} to {tag}")
    role = bootstrap.outputs(account, settings).get("ImageStackRoleArn")
    if changes.update_parameters(account, stack, {name: tag}, role) is None:
        say("  nothing to change")
    smoke_test(stack.outputs["ApiUrl"])


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
