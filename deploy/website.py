"""The website stack: a bucket and CloudFront, which let pages talk to the core's origins."""

from deploy import bootstrap, changes, stacks
from deploy.account import Account
from deploy.changes import Change
from deploy.settings import Settings
from deploy.stacks import Stack
from deploy.templates import Parameters
from deploy.terminal import say

MARK = "ApiOrigin"


def deploy(account: Account, settings: Settings, given: Parameters) -> Stack:
    """Create or update the website for the core that is deployed, if one is."""
    say(f"Stack {settings.website}: the website's bucket and CloudFront")
    values = {**given, **_origins(stacks.find(account, settings.stack))}
    role = bootstrap.outputs(account, settings).get("WebsiteStackRoleArn")
    template = settings.template("website")
    return changes.deploy(account, Change(settings.website, template, values, MARK, role=role))


def knows(website: Stack, core: Stack) -> bool:
    """Whether the website lets its pages talk to this core."""
    return all(website.parameters.get(name) == value for name, value in _origins(core).items())


def _origins(core: Stack | None) -> dict[str, str]:
    """Parameter → origin; nothing before there is a core."""
    if core is None or "ApiUrl" not in core.outputs:
        return {}
    return {
        "ApiOrigin": core.outputs["ApiUrl"],
        "FilesBucketOrigin": core.outputs["FilesBucketOrigin"],
    }
