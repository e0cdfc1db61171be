"""The bootstrap stack: what has to be there before any other, once for an account and region."""

from collections.abc import Mapping

from deploy import changes, repository, stacks
from deploy.account import CONFIG, Account
from deploy.changes import Change
from deploy.settings import BOOTSTRAP, Settings
from deploy.stacks import PLANNED, Stack
from deploy.templates import Parameters
from deploy.terminal import Refused, say

MARK = "GitHubRepository"
BUCKET = "TemplateBucketName"
OIDC_HOST = "token.actions.githubusercontent.com"
ECS_ROLE = "/aws-service-role/ecs.amazonaws.com/"


def deploy(account: Account, settings: Settings, given: Parameters) -> Stack:
    """Make the repositories, the bucket of templates and the pipelines' roles."""
    say(f"Stack {BOOTSTRAP}: image repositories, templates' bucket, pipelines' roles")
    stack = changes.deploy(account, change(account, settings, given))
    values = stack.parameters
    owner, name = values["GitHubOrganization"], values["GitHubRepository"]
    say(f"  pipelines of {owner}/{name} on GitHub may deploy")
    if not values.get("GitHubRepositoryId"):
        say(
            "  (if that was made after 15 July 2026, only with its GitHubOrganizationId and "
            "GitHubRepositoryId, which `gh api repos/OWNER/NAME --jq '.owner.id, .id'` prints)"
        )
    return stack


def check(account: Account, settings: Settings, given: Parameters) -> None:
    """Refuse a deployment that will lack a value, before anything is made."""
    stack = stacks.find(account, BOOTSTRAP)
    previous = stack.parameters if stack else {}
    first = previous.get("CoreStackName")
    if first and settings.stack.startswith(f"{first}-"):
        raise Refused(
            f"STACK is {settings.stack!r}: the roles of {first} may change all that is called "
            f"{first}-…; take a name that begins otherwise."
        )
    changes.check_complete(change(account, settings, given), previous)


def change(account: Account, settings: Settings, given: Parameters) -> Change:
    """What is given, and the first time what can be found out."""
    stack = stacks.find(account, BOOTSTRAP)
    is_new = stack is None or stack.status == PLANNED
    values = {**(_found_out(account, settings) if is_new else {}), **given}
    return Change(BOOTSTRAP, settings.template("bootstrap"), values, MARK)


def outputs(account: Account, settings: Settings) -> Mapping[str, str]:
    """The bucket, and what is for this installation alone: roles and the boundary of roles.

    The roles are good for the names of one installation; another one in the same account and
    region is deployed with the person's own permissions.
    """
    stack = stacks.existing(account, BOOTSTRAP)
    return stack.outputs if _is_for(stack, settings) else {BUCKET: stack.outputs[BUCKET]}


def role(account: Account, settings: Settings, name: str) -> str | None:
    """A role that CloudFormation deletes with, if there still is one for this installation."""
    stack = stacks.find(account, BOOTSTRAP)
    return stack.outputs.get(name) if stack and _is_for(stack, settings) else None


def _is_for(stack: Stack, settings: Settings) -> bool:
    return stack.parameters.get("CoreStackName") == settings.stack


def _found_out(account: Account, settings: Settings) -> dict[str, str]:
    """The stacks' names, the repository on GitHub, and what the account has already."""
    iam = account.session.client("iam", config=CONFIG)
    providers = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    has_provider = any(each["Arn"].endswith(f"/{OIDC_HOST}") for each in providers)
    has_ecs_role = bool(iam.list_roles(PathPrefix=ECS_ROLE)["Roles"])
    return {
        "CoreStackName": settings.stack,
        "WebsiteStackName": settings.website,
        "CreateOidcProvider": "No" if has_provider else "Yes",
        "CreateEcsServiceLinkedRole": "No" if has_ecs_role else "Yes",
        **repository.on_github(settings.repository),
    }
