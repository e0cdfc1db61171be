"""website.yaml deployed to the emulator in every combination, and visited."""

from __future__ import annotations

from itertools import compress, product
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from local.cloudformation.template import read
from tests.infra.conftest import ROOT
from tests.infra.deployed.cloud import DeploymentRefused

if TYPE_CHECKING:
    from tests.infra.deployed.cloud import Cloud

CORE = {"ApiOrigin": "https://api.example", "FilesBucketOrigin": "https://files.example"}
DOMAIN = {
    "DomainName": "todo.example",
    "CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/"
    "01234567-89ab-cdef-0123-456789abcdef",
}
FILES = {
    "index.html": "text/html",
    "config.json": "application/json",
    "assets/a-1.js": "text/javascript",
}
CSP = "content-security-policy"
ALWAYS = {
    "WebsiteBucket", "WebsiteBucketPolicy", "OriginAccess", "PageCache", "PagePaths", "Immutable",
    "ResponseHeaders", "Distribution",
}  # fmt: skip


@pytest.fixture(scope="module")
def body() -> dict[str, Any]:
    return read(ROOT / "website.yaml").body


@pytest.fixture(scope="module")
def website(cloud: Cloud, body: dict[str, Any]) -> dict[str, str]:
    """A deployed website with content; gives the stack's outputs."""
    outputs = cloud.deploy("visited", body, **CORE)
    for key, kind in FILES.items():
        cloud.client("s3").put_object(
            Bucket=outputs["WebsiteBucketName"], Key=key, Body=key.encode(), ContentType=kind
        )
    return outputs


COMBINATIONS = [
    set(compress(("core", "domain", "zone", "logs"), chosen))
    for chosen in product((0, 1), repeat=4)
    if chosen[1] or not chosen[2]
]


@pytest.mark.parametrize("wanted", COMBINATIONS, ids=lambda wanted: "-".join(sorted(wanted)))
def test_every_combination_of_parameters_is_deployed(
    cloud: Cloud, body: dict[str, Any], wanted: set[str]
) -> None:
    stack = "-".join(["website", *sorted(wanted)])
    logs, zone, domain = ("logs" in wanted, "zone" in wanted, "domain" in wanted)
    parameters = {"AccessLogs": "Enabled" if logs else "Disabled"}
    parameters |= (CORE if "core" in wanted else {}) | (DOMAIN if domain else {})
    if zone:
        created = cloud.client("route53").create_hosted_zone(Name="example", CallerReference=stack)
        parameters["HostedZoneId"] = created["HostedZone"]["Id"].removeprefix("/hostedzone/")

    outputs = cloud.deploy(stack, body, **parameters)

    made = set(cloud.resources(stack))
    assert made == ALWAYS | ({"AddressRecord", "Ipv6AddressRecord"} if zone else set()) | (
        {"LogBucket", "LogBucketPolicy"} if logs else set()
    )
    found = cloud.client("cloudfront").get_distribution(Id=outputs["DistributionId"])
    config = found["Distribution"]["DistributionConfig"]
    host = "todo.example" if domain else found["Distribution"]["DomainName"]
    assert outputs["WebsiteUrl"] == f"https://{host}"
    assert config.get("Aliases", {}).get("Items", []) == (["todo.example"] if domain else [])
    assert config.get("Logging", {}).get("Enabled", False) is logs
    assert config["ViewerCertificate"].get("MinimumProtocolVersion") == (
        "TLSv1.2_2021" if domain else None
    )


def test_the_core_s_origins_come_later(cloud: Cloud, body: dict[str, Any]) -> None:
    first = cloud.deploy("later", body)
    bucket = first["WebsiteBucketName"]
    cloud.client("s3").put_object(Bucket=bucket, Key="index.html", Body=b"page")
    assert "api.example" not in cloud.visit(first["WebsiteUrl"], "/").headers[CSP]

    second = cloud.deploy("later", body, **CORE)

    assert second == first
    said = cloud.visit(first["WebsiteUrl"], "/").headers[CSP]
    assert f"amazonaws.com {CORE['ApiOrigin']} {CORE['FilesBucketOrigin']};" in said


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ({"DomainName": "todo.example"}, "need each other"),
        ({"CertificateArn": DOMAIN["CertificateArn"]}, "need each other"),
        ({"HostedZoneId": "Z1"}, "needs a DomainName"),
        ({"ApiOrigin": CORE["ApiOrigin"]}, "both or none"),
        ({"FilesBucketOrigin": CORE["FilesBucketOrigin"]}, "both or none"),
        (DOMAIN | {"CertificateArn": "arn:aws:acm:eu-west-1:1:certificate/1"}, "in us-east-1"),
    ],
)
def test_half_a_setting_is_refused_by_name(
    cloud: Cloud, body: dict[str, Any], parameters: dict[str, str], why: str
) -> None:
    with pytest.raises(DeploymentRefused, match=why):
        cloud.deploy("refused", body, **parameters)


@pytest.mark.parametrize(
    ("path", "key", "cached"),
    [
        ("/", "index.html", "no-cache"),
        ("/sign-in", "index.html", "no-cache"),
        ("/todos/0199c1f0-0000-7000-8000-000000000000", "index.html", "no-cache"),
        ("/?list-type=2", "index.html", "no-cache"),
        ("/config.json", "config.json", "no-cache"),
        ("/assets/a-1.js", "assets/a-1.js", "public, max-age=31536000, immutable"),
    ],
)
def test_a_path_leads_to_its_file(
    cloud: Cloud, website: dict[str, str], path: str, key: str, cached: str
) -> None:
    answer = cloud.visit(website["WebsiteUrl"], path)

    assert (answer.status_code, answer.text) == (200, key)
    assert answer.headers["content-type"] == FILES[key]
    assert answer.headers["cache-control"] == cached
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/assets/b-2.js", "/assets/folder", "/missing.png"])
def test_a_file_that_is_missing_is_no_page_and_not_kept(
    cloud: Cloud, website: dict[str, str], path: str
) -> None:
    answer = cloud.visit(website["WebsiteUrl"], path)

    # The emulator does not look whether the bucket may be listed: S3 says 404.
    assert answer.status_code == 403
    assert answer.headers["cache-control"] == "no-cache"


def test_plain_http_is_sent_to_https(cloud: Cloud, website: dict[str, str]) -> None:
    answer = cloud.visit(website["WebsiteUrl"], "/", **{"X-Forwarded-Proto": "http"})

    assert answer.status_code == 301
    assert answer.headers["location"] == website["WebsiteUrl"] + "/"


@pytest.mark.parametrize("proto", ["http", "https"])
def test_nobody_reads_the_bucket_past_cloudfront(
    cloud: Cloud, website: dict[str, str], proto: str
) -> None:
    bucket = f"{cloud.url}/{website['WebsiteBucketName']}"

    for url in (bucket, f"{bucket}/index.html", f"{bucket}?list-type=2"):
        assert httpx.get(url, headers={"X-Forwarded-Proto": proto}).status_code == 403


def test_another_distribution_does_not_read_the_bucket(
    cloud: Cloud, website: dict[str, str], body: dict[str, Any]
) -> None:
    bucket = website["WebsiteBucketName"]
    other = cloud.deploy("stranger", body)
    cloudfront = cloud.client("cloudfront")
    found = cloudfront.get_distribution_config(Id=other["DistributionId"])
    config = found["DistributionConfig"]
    config["Origins"]["Items"][0]["DomainName"] = f"{bucket}.s3.eu-central-1.amazonaws.com"

    cloudfront.update_distribution(
        Id=other["DistributionId"], IfMatch=found["ETag"], DistributionConfig=config
    )

    assert cloud.visit(other["WebsiteUrl"], "/").status_code == 403
