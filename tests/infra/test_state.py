"""What people's data is kept in: tables, bucket, user pool, logs."""

from typing import Any

import pytest

TABLES = ("TodosTable", "FilesTable")
STATEFUL = {
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::Cognito::UserPool",
    "AWS::Logs::LogGroup",
}


def key_schema(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]


def test_state_outlives_the_stack_and_a_replacement(resources: dict[str, Any]) -> None:
    stateful = {name: each for name, each in resources.items() if each["Type"] in STATEFUL}

    assert {*TABLES, "FilesBucket", "UserPool"} < set(stateful)
    for name, each in stateful.items():
        # RetainExceptOnCreate lets a first deployment that failed go without a trace.
        assert each["DeletionPolicy"] in {"Retain", "RetainExceptOnCreate"}, name
        assert each["UpdateReplacePolicy"] == "Retain", name


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_protected_encrypted_and_recoverable(
    properties: dict[str, Any], table: str
) -> None:
    settings = properties[table]

    assert settings["BillingMode"] == "PAY_PER_REQUEST"
    assert settings["DeletionProtectionEnabled"] is True
    assert settings["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert settings["SSESpecification"] == {"SSEEnabled": True}
    assert settings["TimeToLiveSpecification"] == {"Enabled": True, "AttributeName": "expiresAt"}
    assert settings["KeySchema"] == key_schema("pk", "sk")


def test_todos_are_ordered_by_due_date_and_by_hand(properties: dict[str, Any]) -> None:
    indexes = {
        index["IndexName"]: (index["KeySchema"], index["Projection"])
        for index in properties["TodosTable"]["LocalSecondaryIndexes"]
    }

    everything = {"ProjectionType": "ALL"}
    assert indexes == {
        "byDue": (key_schema("pk", "dueKey"), everything),
        "byPosition": (key_schema("pk", "positionKey"), everything),
    }


def test_the_end_of_a_todo_can_be_heard_of(properties: dict[str, Any]) -> None:
    assert "StreamSpecification" in properties["TodosTable"]
    assert "StreamSpecification" not in properties["FilesTable"]


def test_old_versions_and_abandoned_uploads_go_by_themselves(properties: dict[str, Any]) -> None:
    rules = properties["FilesBucket"]["LifecycleConfiguration"]["Rules"]

    assert properties["FilesBucket"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert all(rule["Status"] == "Enabled" for rule in rules)
    assert any("AbortIncompleteMultipartUpload" in rule for rule in rules)
    assert any("NoncurrentVersionExpiration" in rule for rule in rules)


def test_only_the_website_s_pages_may_use_the_bucket(properties: dict[str, Any]) -> None:
    (rule,) = properties["FilesBucket"]["CorsConfiguration"]["CorsRules"]

    assert rule["AllowedOrigins"] == [{"Ref": "WebsiteOrigin"}]
    assert set(rule["AllowedMethods"]) == {"GET", "PUT"}
    # What a browser has to ask for of the signed headers; content-length is never asked for.
    assert set(rule["AllowedHeaders"]) == {
        "content-type",
        "if-none-match",
        "x-amz-checksum-sha256",
    }


def test_passwords_are_proven_and_never_sent(properties: dict[str, Any]) -> None:
    client = properties["UserPoolClient"]

    # With rotation, ALLOW_REFRESH_TOKEN_AUTH is refused.
    assert client["ExplicitAuthFlows"] == ["ALLOW_USER_SRP_AUTH"]
    assert client["RefreshTokenRotation"]["Feature"] == "ENABLED"
    assert client["EnableTokenRevocation"] is True


def test_the_client_is_public_and_tells_nobody_who_has_an_account(
    properties: dict[str, Any],
) -> None:
    client = properties["UserPoolClient"]

    assert client["GenerateSecret"] is False
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_access_tokens_last_fifteen_minutes(properties: dict[str, Any]) -> None:
    client = properties["UserPoolClient"]

    assert client["AccessTokenValidity"] == 15
    assert client["TokenValidityUnits"]["AccessToken"] == "minutes"


def test_accounts_are_protected(properties: dict[str, Any]) -> None:
    pool = properties["UserPool"]

    assert pool["DeletionProtection"] == "ACTIVE"
    assert pool["UsernameAttributes"] == ["email"]
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12
