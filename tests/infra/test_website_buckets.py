"""The website's two buckets, its records and its parameters."""

from __future__ import annotations

import re
from typing import Any

import pytest

from local.cloudformation.template import read
from tests.infra.conftest import ROOT
from tests.infra.statements import of, tls_only

CERTIFICATE = "01234567-89ab-cdef-0123-456789abcdef"
PRIVATE = {
    "PublicAccessBlockConfiguration": {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    },
    "BucketEncryption": {
        "ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        ]
    },
}


@pytest.fixture
def website() -> dict[str, Any]:
    return read(ROOT / "website.yaml").body


@pytest.fixture
def resources(website: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = website["Resources"]
    return found


def owned(ownership: str) -> dict[str, Any]:
    return {"Rules": [{"ObjectOwnership": ownership}]}


def test_the_website_s_bucket_is_private_and_keeps_former_versions(
    resources: dict[str, Any],
) -> None:
    assert resources["WebsiteBucket"]["Properties"] == {
        **PRIVATE,
        "OwnershipControls": owned("BucketOwnerEnforced"),
        "VersioningConfiguration": {"Status": "Enabled"},
        "LifecycleConfiguration": {
            "Rules": [
                {
                    "Id": "IncompleteMultipartUploads",
                    "Status": "Enabled",
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                },
                {
                    "Id": "FormerVersions",
                    "Status": "Enabled",
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                    "ExpiredObjectDeleteMarker": True,
                },
            ]
        },
    }


def test_logs_are_private_and_gone_after_a_month(resources: dict[str, Any]) -> None:
    assert resources["LogBucket"]["Properties"] == {
        **PRIVATE,
        "OwnershipControls": owned("BucketOwnerPreferred"),
        "LifecycleConfiguration": {
            "Rules": [
                {
                    "Id": "OldLogs",
                    "Status": "Enabled",
                    "ExpirationInDays": 30,
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                }
            ]
        },
    }
    assert resources["LogBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"] == [
        tls_only("s3:*", [of("LogBucket"), {"Fn::Sub": "${LogBucket.Arn}/*"}])
    ]


def test_what_can_be_built_again_goes_and_logs_stay(resources: dict[str, Any]) -> None:
    kept = {
        name: (each.get("DeletionPolicy"), each.get("UpdateReplacePolicy"))
        for name, each in resources.items()
        if {"DeletionPolicy", "UpdateReplacePolicy"} & set(each)
    }

    assert kept == {
        "WebsiteBucket": ("Delete", "Delete"),
        "LogBucket": ("RetainExceptOnCreate", "Retain"),
    }


def test_a_resource_is_made_only_when_it_is_wanted(resources: dict[str, Any]) -> None:
    conditional = {
        name: each["Condition"] for name, each in resources.items() if "Condition" in each
    }

    assert conditional == {
        "LogBucket": "AccessIsLogged",
        "LogBucketPolicy": "AccessIsLogged",
        "AddressRecord": "ZoneIsKnown",
        "Ipv6AddressRecord": "ZoneIsKnown",
    }


@pytest.mark.parametrize(("name", "kind"), [("AddressRecord", "A"), ("Ipv6AddressRecord", "AAAA")])
def test_the_domain_leads_to_the_distribution(
    resources: dict[str, Any], name: str, kind: str
) -> None:
    assert resources[name]["Properties"] == {
        "HostedZoneId": {"Ref": "HostedZoneId"},
        "Name": {"Ref": "DomainName"},
        "Type": kind,
        "AliasTarget": {
            "DNSName": {"Fn::GetAtt": ["Distribution", "DomainName"]},
            "HostedZoneId": "Z2FDTNDATAQYW2",  # CloudFront's own, for every distribution
        },
    }


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("ApiOrigin", "http://api.example"),
        ("ApiOrigin", "https://api.example/"),
        ("ApiOrigin", "https://*"),
        ("ApiOrigin", "https://a; script-src 'unsafe-inline'"),
        ("FilesBucketOrigin", "https://a https://b"),
        ("FilesBucketOrigin", "data:"),
        ("DomainName", "Todo.example"),
        ("DomainName", "https://todo.example"),
        ("DomainName", "*.example.com"),
        ("CertificateArn", f"arn:aws:acm:eu-central-1:000000000000:certificate/{CERTIFICATE}"),
        ("CertificateArn", "arn:aws:iam::000000000000:server-certificate/a"),
        ("HostedZoneId", "example.com"),
    ],
)
def test_a_value_that_would_not_do_is_refused(
    website: dict[str, Any], parameter: str, value: str
) -> None:
    assert not re.fullmatch(website["Parameters"][parameter]["AllowedPattern"], value)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("ApiOrigin", "https://a1b2c3.execute-api.eu-central-1.amazonaws.com"),
        ("FilesBucketOrigin", "https://stack-filesbucket-1.s3.eu-central-1.amazonaws.com"),
        ("DomainName", "todo.example.com"),
        ("DomainName", "example.com"),
        ("CertificateArn", f"arn:aws:acm:us-east-1:000000000000:certificate/{CERTIFICATE}"),
        ("HostedZoneId", "Z0123456789ABCDEFGHIJ"),
    ],
)
def test_a_value_that_will_do_is_taken(website: dict[str, Any], parameter: str, value: str) -> None:
    assert re.fullmatch(website["Parameters"][parameter]["AllowedPattern"], value)


def test_no_parameter_is_needed_for_the_first_deployment(website: dict[str, Any]) -> None:
    for name, parameter in website["Parameters"].items():
        assert "Default" in parameter, name
