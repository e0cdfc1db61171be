"""The database's files and the secrets: who reaches them, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk.assertions import Match, Template

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT = ("AWS::EFS::FileSystem", "AWS::SecretsManager::Secret")


def policies(template: Template) -> dict[str, str]:
    """What becomes of each resource that says so, when the stack is deleted."""
    return {
        name: f"{resource['DeletionPolicy']} {resource['UpdateReplacePolicy']}"
        for name, resource in template.to_json()["Resources"].items()
        if "DeletionPolicy" in resource
    }


def test_the_files_are_encrypted_and_backed_up(template: Template) -> None:
    template.resource_count_is("AWS::EFS::FileSystem", 1)
    template.has_resource_properties(
        "AWS::EFS::FileSystem",
        {
            "Encrypted": True,
            "BackupPolicy": {"Status": "ENABLED"},
            "ThroughputMode": "elastic",
            "LifecyclePolicies": Match.absent(),
        },
    )


def test_the_task_mounts_its_folder_as_the_database_user_within_tls(template: Template) -> None:
    template.has_resource_properties(
        "AWS::EFS::AccessPoint",
        {
            "PosixUser": {"Uid": "999", "Gid": "999"},
            "RootDirectory": {
                "Path": "/database",
                "CreationInfo": {"OwnerUid": "999", "OwnerGid": "999", "Permissions": "700"},
            },
        },
    )
    template.has_resource_properties(
        "AWS::ECS::TaskDefinition",
        {
            "ContainerDefinitions": Match.array_with(
                [Match.object_like({"Name": "database", "User": "999:999"})]
            ),
            "Volumes": [
                {
                    "Name": "files",
                    "EFSVolumeConfiguration": {
                        "FilesystemId": Match.any_value(),
                        "TransitEncryption": "ENABLED",
                        "AuthorizationConfig": {
                            "AccessPointId": Match.any_value(),
                            "IAM": "ENABLED",
                        },
                    },
                }
            ],
        },
    )


def test_without_tls_nobody_mounts(template: Template) -> None:
    template.has_resource_properties(
        "AWS::EFS::FileSystem",
        {
            "FileSystemPolicy": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Deny",
                        "Principal": {"AWS": "*"},
                        "Action": [
                            "elasticfilesystem:ClientMount",
                            "elasticfilesystem:ClientRootAccess",
                            "elasticfilesystem:ClientWrite",
                        ],
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    }
                ],
            }
        },
    )


def test_secrets_are_made_by_aws(template: Template) -> None:
    secrets = template.find_resources("AWS::SecretsManager::Secret")

    assert len(secrets) == 2
    for secret in secrets.values():
        assert secret["Properties"]["GenerateSecretString"] == {
            "PasswordLength": 40,
            "ExcludePunctuation": True,
        }
        assert "SecretString" not in secret["Properties"]


def test_the_data_outlive_the_stack_and_the_logs_do_not(template: Template) -> None:
    kinds = template.to_json()["Resources"]

    for name, policy in policies(template).items():
        kept = kinds[name]["Type"] in KEPT
        assert policy == ("Retain Retain" if kept else "Delete Delete"), name
    assert [kinds[name]["Type"] in KEPT for name in policies(template)].count(True) == 3


def test_what_outlives_the_stack_can_be_found(template: Template) -> None:
    for kind in KEPT:
        for resource in template.find_resources(kind).values():
            assert tags(resource)["todo-list-stack"] == "Tested"


def tags(resource: Mapping[str, Any]) -> dict[str, str]:
    properties = resource["Properties"]
    found = properties.get("Tags") or properties["FileSystemTags"]
    return {tag["Key"]: tag["Value"] for tag in found}
