"""What may be chosen: the context of cdk.json, overridden by `--context NAME=VALUE`."""

import ipaddress
import re
from dataclasses import dataclass

from constructs import Node

NAMES = {
    "allowedCidr",
    "certificateArn",
    "databaseFolder",
    "domainName",
    "fileSystemId",
    "postgresImage",
    "pythonImage",
    "stackName",
}
NEW_FOLDER = "/database"  # the one that is made on a new file system
# The CDK's own are namespaced, but for these.
CDK_NAMES = {"cli-telemetry"}


class SettingRefused(ValueError):
    """A value of the context cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Settings:
    postgres_image: str
    python_image: str  # the base of the application's
    allowed_cidr: str  # who reaches the load balancer
    certificate_arn: str  # empty: http only
    domain_name: str  # empty: the load balancer's own
    file_system_id: str  # empty: a new one
    database_folder: str  # of the file system

    @classmethod
    def read(cls, node: Node) -> "Settings":
        _check_names(node)
        domain = _domain(node.get_context("domainName"))
        return cls(
            postgres_image=_image("postgresImage", node),
            python_image=_image("pythonImage", node),
            allowed_cidr=_cidr(node.get_context("allowedCidr")),
            certificate_arn=_certificate(node.get_context("certificateArn"), domain),
            domain_name=domain,
            file_system_id=_file_system(node.get_context("fileSystemId")),
            database_folder=_folder(node.get_context("databaseFolder")),
        )

    @property
    def database_is_new(self) -> bool:
        """Otherwise its folder must be there: a slip must not begin an empty list elsewhere."""
        return not self.file_system_id and self.database_folder == NEW_FOLDER


def _check_names(node: Node) -> None:
    """Refuse a slip: `alowedCidr=…`, passed over, would let everybody in."""
    plain = {name for name in node.get_all_context() if not re.search("[:/]", name)}
    if unknown := plain - NAMES - CDK_NAMES:
        raise SettingRefused(f"CONTEXT knows no {', '.join(sorted(unknown))}: see docs/fargate.md")


def _image(setting: str, node: Node) -> str:
    text: str = node.get_context(setting)
    name, _, digest = text.partition("@")
    release = name.rpartition("/")[2].partition(":")[2]
    # Another major release does not read the files of this one, so it must not come by itself.
    exact = re.fullmatch(r"\d+\.\d+(\.\d+)?(-\w+)*", release)
    if not exact and not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
        raise SettingRefused(
            f"{setting} needs a release (17.7, 3.13-slim) or a digest, not {text!r}"
        )
    return text


def _cidr(text: str) -> str:
    try:
        return str(ipaddress.IPv4Network(text))
    except ValueError as error:
        raise SettingRefused(f"allowedCidr: {error}; 203.0.113.7/32 is one address") from None


def _domain(text: str) -> str:
    if text and not re.fullmatch(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*", text):
        raise SettingRefused(f"domainName is a name in DNS, in lower case, not {text!r}")
    return text


def _file_system(text: str) -> str:
    if text and not re.fullmatch(r"fs-[0-9a-f]{8,40}", text):
        raise SettingRefused(f"fileSystemId is a file system of EFS, not {text!r}")
    return text


def _folder(text: str) -> str:
    if not re.fullmatch(r"(/[\w-][\w.-]*){1,4}", text):
        raise SettingRefused(f"databaseFolder begins with a slash and has no spaces, not {text!r}")
    return text


def _certificate(text: str, domain: str) -> str:
    if text and not domain:
        raise SettingRefused("certificateArn needs domainName, the name that it was made for")
    if text and not re.fullmatch(r"arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate/[\w-]+", text):
        raise SettingRefused(f"certificateArn is a certificate of ACM, not {text!r}")
    return text
