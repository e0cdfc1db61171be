"""The services' images in ECR."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from deploy import templates
from deploy.account import CONFIG, Account
from deploy.settings import Settings
from deploy.terminal import Refused

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

SHOWN = 5


@dataclass(frozen=True)
class Image:
    """One tagged image."""

    tag: str
    pushed: datetime
    digest: str


def client(account: Account) -> "ECRClient":
    return account.session.client("ecr", config=CONFIG)


def repository_of(service: str) -> str:
    return f"todo-on-ecs/{service}"


def parameter_of(service: str) -> str:
    """The core stack's parameter that holds the service's tag."""
    return f"{service.capitalize()}ImageTag"


def listed(account: Account, service: str) -> list[Image] | None:
    """The tagged images, newest first; None without a repository."""
    ecr = client(account)
    pages = ecr.get_paginator("describe_images").paginate(repositoryName=repository_of(service))
    try:
        found = [detail for page in pages for detail in page["imageDetails"]]
    except ecr.exceptions.RepositoryNotFoundException:
        return None
    images = [
        Image(tag, detail["imagePushedAt"], detail["imageDigest"])
        for detail in found
        for tag in detail.get("imageTags", [])
    ]
    return sorted(images, key=lambda image: image.pushed, reverse=True)


def has(account: Account, service: str, tag: str) -> bool:
    return any(image.tag == tag for image in listed(account, service) or [])


def check_tag(settings: Settings, service: str, tag: str) -> None:
    """Refuse what is no tag of one build."""
    name = parameter_of(service)
    rule = templates.declared(settings.template("template"))[name].declared
    templates.Parameter("TAG", rule).check(tag)


def check_in_registry(account: Account, service: str, tag: str) -> Image:
    """The image of a tag; refuse one that ECR does not have, before a task waits for it."""
    images = listed(account, service)
    where = f"{repository_of(service)} in {account.region}"
    if images is None:
        raise Refused(f"There is no repository {where}: `make deploy` makes it.")
    found = {image.tag: image for image in images}
    if tag not in found:
        known = f"the newest are {', '.join([*found][:SHOWN])}" if found else "it is empty"
        raise Refused(f"There is no image {tag} in the repository {where}: {known}.")
    return found[tag]
