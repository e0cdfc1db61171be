"""website.yaml: nothing reaches the bucket but CloudFront, and nothing the page but our origins."""

from __future__ import annotations

from typing import Any

import pytest

from local.cloudformation.resolution import resolve
from local.cloudformation.template import read
from tests.infra.conftest import ROOT
from tests.infra.statements import Statement, of, tls_only

API = "https://api.example"
FILES = "https://files.example"
COGNITO = "https://cognito-idp.eu-central-1.amazonaws.com"
NAMES = {"ApiOrigin": API, "FilesBucketOrigin": FILES, "AWS::Region": "eu-central-1"}
NO_VALUE = {"Ref": "AWS::NoValue"}


@pytest.fixture
def website() -> dict[str, Any]:
    return read(ROOT / "website.yaml").body


@pytest.fixture
def properties(website: dict[str, Any]) -> dict[str, Any]:
    return {name: each["Properties"] for name, each in website["Resources"].items()}


@pytest.fixture
def headers(properties: dict[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = properties["ResponseHeaders"]["ResponseHeadersPolicyConfig"]
    return config


@pytest.fixture
def distribution(properties: dict[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = properties["Distribution"]["DistributionConfig"]
    return config


def chosen(value: Any, *, known: bool) -> Any:
    """The value with each !If on CoreIsKnown decided, and what has no value left out."""
    if isinstance(value, list):
        decided = [chosen(item, known=known) for item in value]
        return [item for item in decided if item != NO_VALUE]
    if not isinstance(value, dict):
        return value
    if "Fn::If" in value:
        condition, yes, no = value["Fn::If"]
        assert condition == "CoreIsKnown"
        return chosen(yes if known else no, known=known)
    if "Fn::Join" in value:
        between, parts = value["Fn::Join"]
        return between.join(chosen(parts, known=known))
    return resolve({"it": value}, NAMES)["it"]


def directives(headers: dict[str, Any], *, known: bool) -> dict[str, list[str]]:
    """The content security policy, taken apart as a browser does."""
    said = headers["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    policy = chosen(said, known=known)
    parts = [part.split() for part in policy.split(";")]
    assert len({name for name, *_ in parts}) == len(parts), "a browser takes the first of two"
    return {name: sources for name, *sources in parts}


ALWAYS = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "font-src": ["'self'"],
    "manifest-src": ["'self'"],
    "worker-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["todo-on-ecs"],
}


def test_a_page_talks_to_our_origins_alone(headers: dict[str, Any]) -> None:
    assert directives(headers, known=True) == {
        **ALWAYS,
        "img-src": ["'self'", FILES],
        "connect-src": ["'self'", COGNITO, API, FILES],
    }


def test_before_the_core_is_there_a_page_talks_to_itself_and_cognito(
    headers: dict[str, Any],
) -> None:
    assert directives(headers, known=False) == {
        **ALWAYS,
        "img-src": ["'self'"],
        "connect-src": ["'self'", COGNITO],
    }


def test_the_other_headers_are_these(headers: dict[str, Any]) -> None:
    security = headers["SecurityHeadersConfig"]

    assert {name: each for name, each in security.items() if name != "ContentSecurityPolicy"} == {
        "StrictTransportSecurity": {
            "Override": True,
            "AccessControlMaxAgeSec": 2 * 365 * 24 * 60 * 60,
            "IncludeSubdomains": True,
        },
        "ContentTypeOptions": {"Override": True},
        "FrameOptions": {"Override": True, "FrameOption": "DENY"},
        "ReferrerPolicy": {"Override": True, "ReferrerPolicy": "no-referrer"},
    }
    assert security["ContentSecurityPolicy"]["Override"] is True
    assert set(headers) == {"Name", "SecurityHeadersConfig", "CustomHeadersConfig"}


def test_no_page_gets_at_a_device(headers: dict[str, Any]) -> None:
    (policy,) = [
        each
        for each in headers["CustomHeadersConfig"]["Items"]
        if each["Header"] == "Permissions-Policy"
    ]

    features = policy["Value"].split(", ")

    assert all(feature.endswith("=()") for feature in features)
    assert {"camera=()", "geolocation=()", "microphone=()", "usb=()"} < set(features)
    assert policy["Override"] is True


def test_browsers_ask_anew_unless_they_are_told_otherwise(headers: dict[str, Any]) -> None:
    items = headers["CustomHeadersConfig"]["Items"]

    assert [each for each in items if each["Header"] != "Permissions-Policy"] == [
        {"Header": "Cross-Origin-Opener-Policy", "Value": "same-origin", "Override": True},
        {"Header": "Cross-Origin-Resource-Policy", "Value": "same-origin", "Override": True},
        # What the function Immutable has set stays.
        {"Header": "Cache-Control", "Value": "no-cache", "Override": False},
    ]


def behaviour(**more: Any) -> dict[str, Any]:
    return {
        "TargetOriginId": "website",
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": ["GET", "HEAD"],
        "Compress": True,
        "ResponseHeadersPolicyId": {"Ref": "ResponseHeaders"},
        **more,
    }


def runs(function: str, event: str) -> list[dict[str, Any]]:
    return [{"EventType": event, "FunctionARN": {"Fn::GetAtt": [function, "FunctionARN"]}}]


def test_pages_are_fresh_and_assets_are_kept(distribution: dict[str, Any]) -> None:
    assert distribution["DefaultCacheBehavior"] == behaviour(
        CachePolicyId={"Ref": "PageCache"},
        FunctionAssociations=runs("PagePaths", "viewer-request"),
    )
    assert distribution["CacheBehaviors"] == [
        behaviour(
            PathPattern="/assets/*",
            CachePolicyId="658327ea-f89d-4fab-a63d-7e88639e58f6",  # Managed-CachingOptimized
            FunctionAssociations=runs("Immutable", "viewer-response"),
        )
    ]


def test_a_page_is_as_old_as_a_minute_and_compressed(properties: dict[str, Any]) -> None:
    assert properties["PageCache"]["CachePolicyConfig"] == {
        "Name": {"Fn::Sub": "${AWS::StackName}-pages"},
        "MinTTL": 60,
        "DefaultTTL": 60,
        "MaxTTL": 60,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingBrotli": True,
            "EnableAcceptEncodingGzip": True,
            "CookiesConfig": {"CookieBehavior": "none"},
            "HeadersConfig": {"HeaderBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
        },
    }


def test_the_rest_of_the_distribution_is_this(distribution: dict[str, Any]) -> None:
    rest = {name: each for name, each in distribution.items() if not name.endswith("Behavior")}
    del rest["CacheBehaviors"]

    assert rest == {
        "Comment": {"Ref": "AWS::StackName"},
        "Enabled": True,
        "HttpVersion": "http2and3",
        "IPV6Enabled": True,
        "PriceClass": "PriceClass_100",
        "Aliases": {"Fn::If": ["DomainIsOwn", [{"Ref": "DomainName"}], NO_VALUE]},
        "ViewerCertificate": {
            "Fn::If": [
                "DomainIsOwn",
                {
                    "AcmCertificateArn": {"Ref": "CertificateArn"},
                    "MinimumProtocolVersion": "TLSv1.2_2021",
                    "SslSupportMethod": "sni-only",
                },
                {"CloudFrontDefaultCertificate": True},
            ]
        },
        "Logging": {
            "Fn::If": [
                "AccessIsLogged",
                {"Bucket": {"Fn::GetAtt": ["LogBucket", "DomainName"]}, "IncludeCookies": False},
                NO_VALUE,
            ]
        },
        "DefaultRootObject": "index.html",
        "Origins": [
            {
                "Id": "website",
                "DomainName": {"Fn::GetAtt": ["WebsiteBucket", "RegionalDomainName"]},
                "OriginAccessControlId": {"Fn::GetAtt": ["OriginAccess", "Id"]},
                "S3OriginConfig": {"OriginAccessIdentity": ""},
            }
        ],
    }


def test_the_frontend_s_pipeline_knows_the_distribution_by_its_tag(
    properties: dict[str, Any],
) -> None:
    assert properties["Distribution"]["Tags"] == [
        {"Key": "Stack", "Value": {"Ref": "AWS::StackName"}}
    ]


def cloudfront(sid: str, action: str, resource: object) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": action,
        "Resource": resource,
        "Condition": {
            "StringEquals": {
                "AWS:SourceArn": {
                    "Fn::Sub": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:"
                    "distribution/${Distribution}"
                }
            }
        },
    }


def test_this_distribution_alone_reads_the_bucket(properties: dict[str, Any]) -> None:
    objects = {"Fn::Sub": "${WebsiteBucket.Arn}/*"}

    assert properties["WebsiteBucketPolicy"]["PolicyDocument"]["Statement"] == [
        cloudfront("Website", "s3:GetObject", objects),
        cloudfront("WhatIsMissing", "s3:ListBucket", of("WebsiteBucket")),
        tls_only("s3:*", [of("WebsiteBucket"), objects]),
    ]
    assert properties["OriginAccess"]["OriginAccessControlConfig"] == {
        "Name": {"Fn::Sub": "${AWS::StackName}-origin-access"},
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
