"""The website's distribution, as website.yaml describes it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.cloudformation.evaluation import Evaluation
from local.cloudformation.template import Template, TemplateRefused
from local.cloudfront.functions import Function
from local.settings import ACCOUNT, REGION, STACK, Settings
from local.wildcards import pattern

CLOUDFRONT = "AWS::CloudFront::"
COGNITO = f"https://cognito-idp.{REGION}.amazonaws.com"
# What each entry of a policy's SecurityHeadersConfig makes of its settings.
SECURITY_HEADERS = {
    "ContentSecurityPolicy": ("Content-Security-Policy", "{ContentSecurityPolicy}"),
    "ContentTypeOptions": ("X-Content-Type-Options", "nosniff"),
    "FrameOptions": ("X-Frame-Options", "{FrameOption}"),
    "ReferrerPolicy": ("Referrer-Policy", "{ReferrerPolicy}"),
    "StrictTransportSecurity": ("Strict-Transport-Security", "max-age={AccessControlMaxAgeSec}"),
}
BOOLEANS = {"IncludeSubdomains": "includeSubDomains", "Preload": "preload"}


@dataclass(frozen=True)
class Header:
    """A header of the response-headers policy."""

    name: str
    value: str
    override: bool


@dataclass(frozen=True)
class Behaviour:
    """What is done with the paths of one pattern."""

    paths: re.Pattern[str]
    methods: frozenset[str]
    compress: bool
    headers: tuple[Header, ...]
    on_request: Function | None
    on_response: Function | None


@dataclass(frozen=True)
class Distribution:
    """The behaviours in the order in which they are tried; the last takes every path."""

    root: str
    behaviours: tuple[Behaviour, ...]

    def behaviour(self, path: str) -> Behaviour:
        return next(each for each in self.behaviours if each.paths.fullmatch(path))


def read_distribution(template: Template, settings: Settings) -> Distribution:
    """The one distribution of the template, with the origins of this machine."""
    found = list(template.resources(f"{CLOUDFRONT}Distribution").values())
    if len(found) != 1:
        raise TemplateRefused(f"The website needs exactly one {CLOUDFRONT}Distribution.")
    reader = _Reader(template, settings)
    config = reader.value(found[0]["Properties"]["DistributionConfig"])
    if "CustomErrorResponses" in config:
        raise TemplateRefused("CustomErrorResponses of a distribution are not emulated.")
    described = [*config.get("CacheBehaviors", []), config["DefaultCacheBehavior"]]
    return Distribution(
        root="/" + config.get("DefaultRootObject", ""),
        behaviours=tuple(reader.behaviour(each) for each in described),
    )


class _Reader:
    def __init__(self, template: Template, settings: Settings) -> None:
        self._template = template
        self._cognito = settings.endpoint_url
        values = {
            "ApiOrigin": settings.api_url,
            "FilesBucketOrigin": settings.endpoint_url,
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::StackName": f"{STACK}-website",
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
        }
        self.value = Evaluation(template, values).value

    def behaviour(self, described: Mapping[str, Any]) -> Behaviour:
        functions = {
            each["EventType"]: self._function(each["FunctionARN"])
            for each in described.get("FunctionAssociations", [])
        }
        return Behaviour(
            paths=_paths(described.get("PathPattern", "*")),
            methods=frozenset(described.get("AllowedMethods", ["GET", "HEAD"])),
            compress=described.get("Compress", False),
            headers=self._headers(described.get("ResponseHeadersPolicyId")),
            on_request=functions.get("viewer-request"),
            on_response=functions.get("viewer-response"),
        )

    def _function(self, reference: object) -> Function:
        name, properties = self._named("Function", reference)
        return Function(name, properties["FunctionCode"])

    def _headers(self, reference: object) -> tuple[Header, ...]:
        if reference is None:
            return ()
        _, properties = self._named("ResponseHeadersPolicy", reference)
        config = properties["ResponseHeadersPolicyConfig"]
        security = [_security(*each) for each in config.get("SecurityHeadersConfig", {}).items()]
        custom = [
            Header(each["Header"], each["Value"], each["Override"])
            for each in config.get("CustomHeadersConfig", {}).get("Items", [])
        ]
        return tuple(self._here(header) for header in (*security, *custom))

    def _here(self, header: Header) -> Header:
        """Cognito's address is the region's on AWS, and the endpoint's on this machine."""
        return Header(header.name, header.value.replace(COGNITO, self._cognito), header.override)

    def _named(self, kind: str, reference: object) -> tuple[str, Any]:
        """The resource of this template that a Ref or a GetAtt means."""
        resources = self._template.resources(CLOUDFRONT + kind)
        match reference:
            case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]} if name in resources:
                return name, self.value(resources[name]["Properties"])
        raise TemplateRefused(f"{reference} is no {CLOUDFRONT}{kind} of the template.")


def _paths(text: str) -> re.Pattern[str]:
    return pattern(text if text[0] in "/*" else f"/{text}")


def _security(kind: str, settings: Mapping[str, Any]) -> Header:
    if kind not in SECURITY_HEADERS:
        raise TemplateRefused(f"{kind} of a response-headers policy is not emulated.")
    name, form = SECURITY_HEADERS[kind]
    added = [text for setting, text in BOOLEANS.items() if settings.get(setting)]
    return Header(name, "; ".join([form.format_map(settings), *added]), settings["Override"])
