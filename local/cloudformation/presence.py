"""Whether what CloudFormation lists is really there: each service keeps its data for itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from local import aws
from local.emulator.state import DataDamaged

if TYPE_CHECKING:
    from local.cloudformation.stack import Stack


@dataclass(frozen=True)
class Question:
    """A describe-call for one resource; its answer holds a list when it takes a list of ids."""

    service: str
    operation: str
    parameter: str
    found: str | None = None


ELB = "AWS::ElasticLoadBalancingV2::"
# What holds the person's data, and what the data plane is built on.
QUESTIONS: Mapping[str, Question] = {
    "AWS::DynamoDB::Table": Question("dynamodb", "describe_table", "TableName"),
    "AWS::S3::Bucket": Question("s3", "head_bucket", "Bucket"),
    "AWS::Cognito::UserPool": Question("cognito-idp", "describe_user_pool", "UserPoolId"),
    f"{ELB}TargetGroup": Question(
        "elbv2", "describe_target_groups", "TargetGroupArns", "TargetGroups"
    ),
    f"{ELB}Listener": Question("elbv2", "describe_listeners", "ListenerArns", "Listeners"),
}


def check_deployed(session: boto3.Session, endpoint_url: str, stack: "Stack") -> None:
    """Refuse a stack of which a piece is gone; one that a condition leaves out is none."""
    client: Any = session.client  # typed for a service that is known beforehand
    for of_type, question in QUESTIONS.items():
        asked = client(question.service, endpoint_url=endpoint_url, config=aws.CONFIG)
        for name in stack.template.resources(of_type):
            if name in stack.values and not _known(asked, question, stack.values[name]):
                raise DataDamaged(f"{name} ({of_type}) is gone")


def _known(client: Any, question: Question, physical_id: str) -> bool:
    value = [physical_id] if question.found else physical_id
    try:
        answer = getattr(client, question.operation)(**{question.parameter: value})
    except ClientError:
        return False
    return bool(answer[question.found]) if question.found else True
