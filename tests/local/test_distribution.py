"""The website's distribution as the local stack reads it from website.yaml."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from local.cloudformation.template import Template, TemplateRefused, read
from local.cloudfront.distribution import read_distribution
from local.cloudfront.functions import Function, FunctionFailed
from local.settings import REPOSITORY, Settings

SETTINGS = Settings(9000)
REAL = read(REPOSITORY / "website.yaml")


def changed(logical_id: str, **properties: Any) -> Template:
    body = copy.deepcopy(REAL.body)
    body["Resources"][logical_id]["Properties"] |= properties
    return Template(body)


def test_the_policy_names_this_machines_origins_and_no_others() -> None:
    behaviour = read_distribution(REAL, SETTINGS).behaviour("/")
    (policy,) = [each for each in behaviour.headers if each.name == "Content-Security-Policy"]

    directives = dict(each.split(" ", 1) for each in policy.value.split("; "))
    assert set(directives["connect-src"].split()) == {
        "'self'",
        "http://127.0.0.1:9001",
        "http://127.0.0.1:9002",
    }
    assert directives["script-src"] == "'self'"
    assert directives["require-trusted-types-for"] == "'script'"
    assert "amazonaws" not in policy.value


def test_the_first_behaviour_that_takes_the_path_decides() -> None:
    distribution = read_distribution(REAL, SETTINGS)

    assert distribution.behaviour("/assets/a.js").on_response
    assert not distribution.behaviour("/assets").on_response
    assert distribution.behaviour("/today").on_request


@pytest.mark.parametrize(
    ("settings", "header"),
    [
        ({"FrameOptions": {"FrameOption": "DENY"}}, ("X-Frame-Options", "DENY")),
        ({"ContentTypeOptions": {}}, ("X-Content-Type-Options", "nosniff")),
        (
            {"StrictTransportSecurity": {"AccessControlMaxAgeSec": 5, "Preload": True}},
            ("Strict-Transport-Security", "max-age=5; preload"),
        ),
    ],
)
def test_security_settings_become_headers(
    settings: dict[str, dict[str, Any]], header: tuple[str, str]
) -> None:
    security = {kind: {**each, "Override": True} for kind, each in settings.items()}
    config = {"SecurityHeadersConfig": security}
    template = changed("ResponseHeaders", ResponseHeadersPolicyConfig=config)

    (found,) = read_distribution(template, SETTINGS).behaviour("/").headers

    assert (found.name, found.value) == header


def test_what_is_not_emulated_is_refused() -> None:
    config = REAL.body["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    xss = {"SecurityHeadersConfig": {"XSSProtection": {"Override": True, "Protection": True}}}
    managed = {**config["DefaultCacheBehavior"], "ResponseHeadersPolicyId": "67f7725c"}
    templates = [
        changed("Distribution", DistributionConfig={**config, "CustomErrorResponses": []}),
        changed("Distribution", DistributionConfig={**config, "DefaultCacheBehavior": managed}),
        changed("ResponseHeaders", ResponseHeadersPolicyConfig=xss),
        Template({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}),
    ]

    for template in templates:
        with pytest.raises(TemplateRefused):
            read_distribution(template, SETTINGS)


def test_a_functions_code_is_what_runs() -> None:
    rewrite = Function(
        "F", "function handler(e) { return { uri: e.request.uri + e.request.method }; }"
    )
    mark = Function(
        "F", "function handler(e) { e.response.headers.a = { value: 'b' }; return e.response; }"
    )

    assert rewrite.uri("GET", "/x", {}) == "/xGET"
    assert mark.headers("GET", "/x", {"Etag": "1"}) == {"etag": "1", "a": "b"}


@pytest.mark.parametrize(
    "code",
    [
        "function handler(e) {",
        "function handler(e) { throw new Error('x'); }",
        "function handler(e) { return 1; }",
        "function handler(e) { return { statusCode: 302 }; }",
    ],
)
def test_a_function_that_gives_no_request_is_named(code: str) -> None:
    with pytest.raises(FunctionFailed, match="Rewrite"):
        Function("Rewrite", code).uri("GET", "/", {})
