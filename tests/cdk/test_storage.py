"""The database's files and the secrets: who reaches them, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk.assertions import Match, Template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


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


def test_the_files_alone_outlive_the_stack_unless_it_never_stood(template: Template) -> None:
    kinds = template.to_json()["Resources"]

    found = {(kinds[name]["Type"], policy) for name, policy in policies(template).items()}

    assert found == {
        ("AWS::EFS::FileSystem", "RetainExceptOnCreate Retain"),
        ("AWS::SecretsManager::Secret", "Delete Delete"),
        ("AWS::Logs::LogGroup", "Delete Delete"),
    }


def test_what_outlives_the_stack_can_be_found(template: Template) -> None:
    (files,) = template.find_resources("AWS::EFS::FileSystem").values()

    assert tags(files)["todo-list-stack"] == "Tested"


def test_a_kept_or_restored_file_system_is_taken(synthesised: Callable[..., Template]) -> None:
    folder = "/aws-backup-restore_2026-11-30T05-59-24-123456Z/database"
    template = synthesised(fileSystemId="fs-0123456789abcdef0", databaseFolder=folder)
    targets = template.find_resources("AWS::EFS::MountTarget")
    (point,) = template.find_resources("AWS::EFS::AccessPoint").values()
    (task,) = template.find_resources("AWS::ECS::TaskDefinition").values()
    (service,) = template.find_resources("AWS::ECS::Service").values()
    (volume,) = task["Properties"]["Volumes"]

    template.resource_count_is("AWS::EFS::FileSystem", 0)
    assert len(targets) == 2
    for target in targets.values():
        assert target["Properties"]["FileSystemId"] == "fs-0123456789abcdef0"
        assert "NetworkFilesSecurityGroup" in str(target["Properties"]["SecurityGroups"])
    assert set(targets) < set(service["DependsOn"])
    assert volume["EFSVolumeConfiguration"]["FilesystemId"] == "fs-0123456789abcdef0"
    # Not made where it is missing: a slip would begin an empty list.
    assert point["Properties"]["RootDirectory"] == {"Path": folder}


def tags(resource: Mapping[str, Any]) -> dict[str, str]:
    properties = resource["Properties"]
    found = properties.get("Tags") or properties["FileSystemTags"]
    return {tag["Key"]: tag["Value"] for tag in found}
