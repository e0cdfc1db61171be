"""A whole installation: every stack in the order in which they need each other."""

from deploy import (
    bootstrap,
    content,
    core,
    engines,
    images,
    publication,
    repository,
    stacks,
    website,
)
from deploy.account import Account
from deploy.engines import Engine
from deploy.settings import BOOTSTRAP, SERVICES, Settings
from deploy.smoke import smoke_test
from deploy.terminal import say

Chosen = dict[str, dict[str, str]]


def deploy(account: Account, settings: Settings, chosen: Chosen, tag: str | None) -> None:
    """Bring an account from nothing, or from any earlier commit, to this one."""
    say(f"Deploying {settings.stack} to {account.region} of account {account.number}")
    content.check_built(settings.built)
    core.check_region(account)
    for name in (BOOTSTRAP, settings.website):
        stack = stacks.find(account, name)
        if stack:
            stacks.check_ready(account, stack)
    core.find(account, settings)
    bootstrap.check(account, settings, chosen["bootstrap"])
    checked(account, settings, tag)
    engine, tag = (None, tag) if tag else _of_this_commit(account, settings)
    bootstrap.deploy(account, settings, chosen["bootstrap"])
    _provide_images(account, settings, tag, engine)
    website_stack = website.deploy(account, settings, chosen["website"])
    values = {**chosen["template"], "WebsiteOrigin": website_stack.outputs["WebsiteUrl"]}
    core_stack = core.deploy(account, settings, values, dict.fromkeys(SERVICES, tag))
    if not website.knows(website_stack, core_stack):
        website.deploy(account, settings, chosen["website"])
    smoke_test(core_stack.outputs["ApiUrl"])
    publication.publish(account, settings, website_stack, core_stack)
    say(f"Website: {website_stack.outputs['WebsiteUrl']}")
    say(f"API: {core_stack.outputs['ApiUrl']}")


def checked(account: Account, settings: Settings, tag: str | None) -> dict[str, str]:
    """Each service's tag, which must be in ECR; none without one."""
    tags = dict.fromkeys(SERVICES, tag) if tag else {}
    for service, given in tags.items():
        images.check_tag(settings, service, given)
        images.check_in_registry(account, service, given)
    return tags


def _of_this_commit(account: Account, settings: Settings) -> tuple[Engine | None, str]:
    """The commit's tag, and the engine if ECR lacks an image of it: before anything is made."""
    repository.check_clean(settings.repository)
    tag = repository.commit_tag(settings.repository)
    is_there = all(images.has(account, service, tag) for service in SERVICES)
    return None if is_there else engines.find(), tag


def _provide_images(account: Account, settings: Settings, tag: str, engine: Engine | None) -> None:
    """Build what ECR lacks; a tag never changes, so what is there is right."""
    for service in SERVICES:
        if engine and not images.has(account, service, tag):
            folder = settings.repository / "services" / service
            engine.build_and_push(account, service, tag, folder)
        images.check_in_registry(account, service, tag)
        say(f"Image {images.repository_of(service)}:{tag} is in ECR")
