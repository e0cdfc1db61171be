"""What people's data is kept in: tables, bucket, user pool, logs.

Settings are compared as wholes, so that one more is seen as well as one less.
"""

from typing import Any

import pytest

STATEFUL = {
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::Cognito::UserPool",
    "AWS::Logs::LogGroup",
}


def attributes(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def key_schema(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]


def index(name: str, range_key: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": key_schema("pk", range_key),
        "Projection": {"ProjectionType": "ALL"},
    }


PROTECTED = {
    "BillingMode": "PAY_PER_REQUEST",
    "DeletionProtectionEnabled": True,
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "expiresAt"},
}
# Who keeps something else for an item hears of its end by the item's keys.
KEYS = {"StreamViewType": "KEYS_ONLY"}
KEYED = {
    "TodosTable": {
        "AttributeDefinitions": attributes("pk", "sk", "dueKey", "positionKey", "createdKey"),
        "KeySchema": key_schema("pk", "sk"),
        "LocalSecondaryIndexes": [
            index("byDue", "dueKey"),
            index("byPosition", "positionKey"),
            index("byCreated", "createdKey"),
        ],
        "StreamSpecification": KEYS,
    },
    "FilesTable": {
        "AttributeDefinitions": attributes("pk", "sk"),
        "KeySchema": key_schema("pk", "sk"),
        "StreamSpecification": KEYS,
    },
}


def test_state_outlives_the_stack_and_a_replacement(resources: dict[str, Any]) -> None:
    stateful = {name: each for name, each in resources.items() if each["Type"] in STATEFUL}

    assert {*KEYED, "FilesBucket", "UserPool"} < set(stateful)
    for name, each in stateful.items():
        # RetainExceptOnCreate lets a first deployment that failed go without a trace.
        assert each["DeletionPolicy"] in {"Retain", "RetainExceptOnCreate"}, name
        assert each["UpdateReplacePolicy"] == "Retain", name


@pytest.mark.parametrize("table", KEYED)
def test_a_table_is_protected_encrypted_and_recoverable(
    properties: dict[str, Any], table: str
) -> None:
    settings = {key: properties[table].get(key) for key in PROTECTED}

    assert settings == PROTECTED


@pytest.mark.parametrize("table", KEYED)
def test_a_table_has_exactly_the_keys_and_indexes_that_its_service_reads_by(
    properties: dict[str, Any], table: str
) -> None:
    keys = {key: value for key, value in properties[table].items() if key not in PROTECTED}

    assert keys == KEYED[table]


def test_the_bucket_is_private_encrypted_and_versioned(properties: dict[str, Any]) -> None:
    bucket = properties["FilesBucket"]
    elsewhere = {"LifecycleConfiguration", "CorsConfiguration"}

    settings = {key: value for key, value in bucket.items() if key not in elsewhere}

    encryption = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert settings == {
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        # Without ACLs, the bucket's policy and the roles say everything.
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [encryption]},
        "VersioningConfiguration": {"Status": "Enabled"},
    }


def test_only_old_versions_and_incomplete_multipart_uploads_go_by_themselves(
    properties: dict[str, Any],
) -> None:
    assert properties["FilesBucket"]["LifecycleConfiguration"] == {
        "Rules": [
            {
                "Id": "IncompleteUploads",
                "Status": "Enabled",
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
            },
            {
                "Id": "DeletedFiles",
                "Status": "Enabled",
                "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                "ExpiredObjectDeleteMarker": True,
            },
        ]
    }


def test_only_the_website_s_pages_may_use_the_bucket(properties: dict[str, Any]) -> None:
    rule = {
        "AllowedOrigins": [{"Ref": "WebsiteOrigin"}],
        "AllowedMethods": ["GET", "PUT"],
        # What a browser has to ask for of the signed headers; content-length is never asked for.
        "AllowedHeaders": ["content-type", "if-none-match", "x-amz-checksum-sha256"],
        "MaxAge": 3600,
    }

    assert properties["FilesBucket"]["CorsConfiguration"] == {"CorsRules": [rule]}


def test_people_sign_in_at_one_pool_by_one_client(resources: dict[str, Any]) -> None:
    # No domain: without one, Cognito offers no page of its own and no OAuth endpoint.
    found = {name for name, each in resources.items() if each["Type"].startswith("AWS::Cognito::")}

    assert found == {"UserPool", "UserPoolClient"}


def test_the_client_proves_passwords_keeps_no_secret_and_has_no_other_flow(
    properties: dict[str, Any],
) -> None:
    assert properties["UserPoolClient"] == {
        "UserPoolId": {"Ref": "UserPool"},
        "GenerateSecret": False,
        # With rotation, ALLOW_REFRESH_TOKEN_AUTH is refused.
        "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
        "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 30},
        "EnableTokenRevocation": True,
        # Tells nobody who has an account.
        "PreventUserExistenceErrors": "ENABLED",
        "SupportedIdentityProviders": ["COGNITO"],
        "ReadAttributes": ["email", "email_verified"],
        "WriteAttributes": ["email"],
        "AccessTokenValidity": 15,
        "IdTokenValidity": 15,
        "RefreshTokenValidity": 30,
        "TokenValidityUnits": {
            "AccessToken": "minutes",
            "IdToken": "minutes",
            "RefreshToken": "days",
        },
    }


def test_accounts_are_protected(properties: dict[str, Any]) -> None:
    assert properties["UserPool"] == {
        "DeletionProtection": "ACTIVE",
        "UserPoolTier": "ESSENTIALS",
        "UsernameAttributes": ["email"],
        "UsernameConfiguration": {"CaseSensitive": False},
        "AutoVerifiedAttributes": ["email"],
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
        "AccountRecoverySetting": {
            "RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]
        },
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False},
        "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE"},
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 12,
                "RequireLowercase": True,
                "RequireUppercase": True,
                "RequireNumbers": True,
                "RequireSymbols": False,
                "TemporaryPasswordValidityDays": 1,
            }
        },
    }
