"""What a workflow on GitHub reads: a step's outputs, and the summary of its run."""

import os
import secrets
from pathlib import Path
from urllib.parse import quote

from deploy.account import Account
from deploy.stacks import Stack

CONSOLE = "https://{region}.console.aws.amazonaws.com/cloudformation/home?region={region}"
# The core's parameter and the website's output are the same address.
ADDRESSES = ("WebsiteUrl", "ApiUrl")


def output(**values: str) -> None:
    """Set outputs of the step; nothing anywhere else."""
    for name, value in values.items():
        mark = f"end-{secrets.token_hex(8)}"
        _append("GITHUB_OUTPUT", f"{name}<<{mark}\n{value}\n{mark}\n")


def summarize(text: str) -> None:
    """Add a paragraph of Markdown to the summary; nothing anywhere else."""
    _append("GITHUB_STEP_SUMMARY", f"{text}\n\n")


def report(account: Account, stack: Stack, text: str) -> None:
    """Summarize what has been deployed, with links to where it can be seen."""
    console = CONSOLE.format(region=account.region)
    links = [f"[{stack.name}]({console}#/stacks/events?stackId={quote(stack.id, safe='')})"]
    addresses = {name: stack.outputs[name] for name in ADDRESSES if name in stack.outputs}
    links += [f"[{name}]({url})" for name, url in addresses.items()]
    summarize(f"{text}\n\n{' · '.join(links)}")
    output(url=next(iter(addresses.values()), ""))


def _append(variable: str, text: str) -> None:
    file = os.environ.get(variable)
    if file:
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.write(text)
