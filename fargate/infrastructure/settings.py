"""What may be chosen: the context of cdk.json, overridden by `--context NAME=VALUE`."""

import ipaddress
import re
from dataclasses import dataclass

from constructs import Node

NAMES = {"postgresImage", "allowedCidr", "certificateArn", "stackName"}
# The CDK's own are namespaced, but for these.
CDK_NAMES = {"cli-telemetry"}


class SettingRefused(ValueError):
    """A value of the context cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Settings:
    postgres_image: str
    allowed_cidr: str  # who reaches the load balancer
    certificate_arn: str  # empty: http only

    @classmethod
    def read(cls, node: Node) -> "Settings":
        _check_names(node)
        return cls(
            postgres_image=_image(node.get_context("postgresImage")),
            allowed_cidr=_cidr(node.get_context("allowedCidr")),
            certificate_arn=_certificate(node.get_context("certificateArn")),
        )


def _check_names(node: Node) -> None:
    """Refuse a slip: `alowedCidr=…`, passed over, would let everybody in."""
    plain = {name for name in node.get_all_context() if not re.search("[:/]", name)}
    if unknown := plain - NAMES - CDK_NAMES:
        raise SettingRefused(f"CONTEXT knows no {', '.join(sorted(unknown))}: see docs/fargate.md")


def _image(text: str) -> str:
    name, _, digest = text.partition("@")
    release = name.rpartition("/")[2].partition(":")[2]
    # Another major release does not read the files of this one, so it must not come by itself.
    if not re.fullmatch(r"\d+\.\d+(-\w+)?", release) and not digest.startswith("sha256:"):
        raise SettingRefused(f"postgresImage needs an exact release or a digest, not {text!r}")
    return text


def _cidr(text: str) -> str:
    try:
        return str(ipaddress.IPv4Network(text))
    except ValueError as error:
        raise SettingRefused(f"allowedCidr: {error}; 203.0.113.7/32 is one address") from None


def _certificate(text: str) -> str:
    if text and not re.fullmatch(r"arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate/[\w-]+", text):
        raise SettingRefused(f"certificateArn is a certificate of ACM, not {text!r}")
    return text
