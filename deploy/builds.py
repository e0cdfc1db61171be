"""A service's image on its way to ECR: built where no credentials are, pushed from a file."""

from pathlib import Path

from deploy import engines, github, images, repository, stacks
from deploy.account import Account
from deploy.settings import BOOTSTRAP, Settings
from deploy.terminal import Refused, say


def build(settings: Settings, service: str) -> None:
    """Build the image of this commit into a file."""
    repository.check_clean(settings.repository)
    image = _name(settings, service)
    archive = _archive(settings, service)
    tag = repository.commit_tag(settings.repository)
    folder = settings.repository / "services" / service
    engines.find().build_and_save(image, tag, folder, archive)
    say(f"{image} is in {archive.relative_to(settings.repository)}")
    github.output(image=image)


def push(account: Account, settings: Settings, service: str) -> None:
    """Push what `build` has made; a tag never changes, so what is in ECR is right."""
    tag = repository.commit_tag(settings.repository)
    archive = _archive(settings, service)
    is_new = not images.has(account, service, tag)
    if is_new:
        if not archive.is_file():
            raise Refused(f"There is no {archive.name}: `make image SERVICE={service}` makes it.")
        engines.find().push_saved(account, _name(settings, service), archive)
    pushed = images.check_in_registry(account, service, tag)
    uri = stacks.existing(account, BOOTSTRAP).outputs[f"{service.capitalize()}RepositoryUri"]
    say(f"Image {uri}:{tag} is in ECR")
    # Of what somebody else has pushed, this run cannot say what it was made of.
    github.output(tag=tag, image=uri, digest=pushed.digest if is_new else "")
    github.summarize(f"Image `{uri}:{tag}`, `{pushed.digest}`")


def _name(settings: Settings, service: str) -> str:
    return f"{images.repository_of(service)}:{repository.commit_tag(settings.repository)}"


def _archive(settings: Settings, service: str) -> Path:
    return settings.repository / "dist" / f"{service}.tar"
