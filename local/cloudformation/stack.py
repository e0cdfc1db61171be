"""The local stack: the template deployed to the emulator, and what was made of it."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from local import aws
from local.cloudformation.presence import check_deployed
from local.cloudformation.resolution import resolve
from local.cloudformation.template import Template, TemplateRefused
from local.settings import ACCOUNT, REGION, STACK, Settings

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

AMI_PARAMETER = f"/{STACK}/local-ami"
TEMPLATE_BUCKET = f"{STACK}-local-templates"
POLL_SECONDS = 0.1
DEPLOY_SECONDS = 120
# A first creation that failed: nothing has ever run on it, so deleting it loses nothing.
NEVER_CREATED = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"}
OPERATION_STARTS = {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"}
DEPLOYED = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
# Attributes that are parts of a resource's physical id: what they come after in it.
ATTRIBUTES: Mapping[str, tuple[str, str]] = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("LoadBalancerFullName", ":loadbalancer/"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("TargetGroupFullName", ":"),
    "AWS::ECS::Service": ("Name", "/"),
}


class DeployFailed(Exception):
    """The stack could not be created or updated; the text names the resource and the reason."""


@dataclass(frozen=True)
class Stack:
    """What is deployed: the template, and the value of each name in it that is known.

    A resource's name stands for its physical id, `Name.Attribute` for an attribute.
    """

    template: Template
    values: Mapping[str, str]

    def only(self, of_type: str) -> str:
        """The physical id of the one resource of a type."""
        found = list(self.template.resources(of_type))
        if len(found) != 1:
            raise TemplateRefused(f"The local stack needs exactly one {of_type}, not {found}.")
        return self.values[found[0]]

    def properties(self, of_type: str) -> dict[str, Any]:
        """The properties of the one resource of a type, with what is known put in."""
        found = list(self.template.resources(of_type).values())
        if len(found) != 1:
            raise TemplateRefused(f"The local stack needs exactly one {of_type}.")
        return resolve(found[0].get("Properties", {}), self.values)

    def all_properties(self, of_type: str) -> dict[str, dict[str, Any]]:
        """Logical id → properties of each resource of a type, with what is known put in."""
        found = self.template.resources(of_type)
        return {name: resolve(each["Properties"], self.values) for name, each in found.items()}


def deploy(session: boto3.Session, settings: Settings, template: Template) -> Stack:
    """Create or update the stack; blocks until CloudFormation is done."""
    parameters = _parameters(template, settings)
    _make_ami_parameter(session, settings)
    cloudformation: CloudFormationClient = session.client(
        "cloudformation", endpoint_url=settings.endpoint_url, config=aws.CONFIG
    )
    url = _upload(session, settings, template.pruned())
    _delete_failed_creation(cloudformation)
    _apply(cloudformation, url, parameters)
    stack = Stack(template, _values(cloudformation, parameters))
    check_deployed(session, settings.endpoint_url, stack)
    return stack


def _parameters(template: Template, settings: Settings) -> dict[str, str]:
    """The template's parameters: what differs on this machine, else their defaults."""
    local = {
        "WebsiteOrigin": settings.website_url,
        "MainImageTag": "local",
        "FilesImageTag": "local",
        "EcsAmi": AMI_PARAMETER,
    }
    values = {}
    for name, declared in template.section("Parameters").items():
        default = declared.get("Default") if isinstance(declared, dict) else None
        value = local.get(name, default)
        if value is None:
            raise TemplateRefused(f"Parameter {name} has no default and no local value.")
        values[name] = str(value)
    return values


def _make_ami_parameter(session: boto3.Session, settings: Settings) -> None:
    """AWS publishes the ECS image's id as a parameter of its own; the emulator does not."""
    ssm = session.client("ssm", endpoint_url=settings.endpoint_url, config=aws.CONFIG)
    ssm.put_parameter(
        Name=AMI_PARAMETER, Value="ami-00000000000000000", Type="String", Overwrite=True
    )


def _upload(session: boto3.Session, settings: Settings, template: Template) -> str:
    """Put the template into S3: a request holds only 51,200 bytes of it. Gives its URL."""
    s3 = session.client("s3", endpoint_url=settings.endpoint_url, config=aws.CONFIG)
    buckets = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    if TEMPLATE_BUCKET not in buckets:
        s3.create_bucket(
            Bucket=TEMPLATE_BUCKET,
            CreateBucketConfiguration={"LocationConstraint": REGION},
        )
    s3.put_object(Bucket=TEMPLATE_BUCKET, Key="template.json", Body=json.dumps(template.body))
    return f"{settings.endpoint_url}/{TEMPLATE_BUCKET}/template.json"


def _status(cloudformation: "CloudFormationClient") -> str | None:
    try:
        stacks = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return stacks[0]["StackStatus"]


def _delete_failed_creation(cloudformation: "CloudFormationClient") -> None:
    if _status(cloudformation) in NEVER_CREATED:
        cloudformation.delete_stack(StackName=STACK)
        _wait(cloudformation)


def _apply(cloudformation: "CloudFormationClient", url: str, parameters: Mapping[str, str]) -> None:
    change = cloudformation.update_stack if _status(cloudformation) else cloudformation.create_stack
    try:
        change(
            StackName=STACK,
            TemplateURL=url,
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return
        raise DeployFailed(_refusal(error)) from error
    if _wait(cloudformation) not in DEPLOYED:
        raise DeployFailed(_first_failure(cloudformation))


def _wait(cloudformation: "CloudFormationClient") -> str | None:
    deadline = time.monotonic() + DEPLOY_SECONDS
    while (status := _status(cloudformation)) and status.endswith("_IN_PROGRESS"):
        if time.monotonic() > deadline:
            raise DeployFailed(f"The stack is still {status} after {DEPLOY_SECONDS} seconds.")
        time.sleep(POLL_SECONDS)
    return status


def _refusal(error: ClientError) -> str:
    text = error.response["Error"]["Message"]
    hint = ""
    if "Unrecognized resource types" in text:
        hint = (
            " Add the type to UNEMULATED in local/cloudformation/template.py, with what"
            " stands for it here."
        )
    return f"The emulator refuses template.yaml: {text}{hint}"


def _first_failure(cloudformation: "CloudFormationClient") -> str:
    """What failed first in the last operation; everything after it was only cancelled."""
    failed = None
    for event in cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]:
        status = event.get("ResourceStatus", "")
        if event.get("LogicalResourceId") == STACK and status in OPERATION_STARTS:
            break
        if status.endswith("_FAILED") and event.get("LogicalResourceId") != STACK:
            failed = event
    if failed is None:
        return f"The stack is {_status(cloudformation)}."
    reason = failed.get("ResourceStatusReason", "no reason given")
    return f"{failed.get('LogicalResourceId')} ({failed.get('ResourceType')}): {reason}"


def _values(
    cloudformation: "CloudFormationClient", parameters: Mapping[str, str]
) -> dict[str, str]:
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK)
    resources = [found for page in pages for found in page["StackResourceSummaries"]]
    ids = {found["LogicalResourceId"]: found.get("PhysicalResourceId", "") for found in resources}
    pseudo = {
        "AWS::Region": REGION,
        "AWS::AccountId": ACCOUNT,
        "AWS::StackName": STACK,
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
    }
    attributes = {
        f"{found['LogicalResourceId']}.{name}": found["PhysicalResourceId"].rpartition(after)[2]
        for found in resources
        if found["ResourceType"] in ATTRIBUTES
        for name, after in [ATTRIBUTES[found["ResourceType"]]]
    }
    return {**pseudo, **parameters, **ids, **attributes}
