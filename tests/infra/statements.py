"""Statements of policies, and those that stand at a resource instead of a role."""

from typing import Any

OURS = "${AWS::Region}:${AWS::AccountId}"
Statement = dict[str, Any]


def arn(rest: str) -> dict[str, str]:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:{rest}"}


def of(logical_id: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def allow(sid: str, action: str | list[str], resource: object, **more: object) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource, **more}


def tls_only(action: str, resource: object, **more: str) -> Statement:
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": resource,
        "Condition": {"Bool": {"aws:SecureTransport": "false", **more}},
    }


# Messages that AWS's own services bring come by TLS, but do not say so.
BY_OTHERS = {"aws:PrincipalIsAWSService": "false"}
# What stands at a resource: its type, to which resource it belongs, and its statements.
AT_RESOURCES: dict[str, tuple[str, dict[str, Any], list[Statement]]] = {
    "FilesBucketPolicy": (
        "AWS::S3::BucketPolicy",
        {"Bucket": {"Ref": "FilesBucket"}},
        [tls_only("s3:*", [of("FilesBucket"), {"Fn::Sub": "${FilesBucket.Arn}/*"}])],
    ),
    "RemovalsTopicPolicy": (
        "AWS::SNS::TopicPolicy",
        {"Topics": [{"Ref": "RemovalsTopic"}]},
        [tls_only("sns:Publish", {"Ref": "RemovalsTopic"})],
    ),
    "RemovalsQueuePolicy": (
        "AWS::SQS::QueuePolicy",
        {"Queues": [{"Ref": "RemovalsQueue"}]},
        [
            allow(
                "RemovalsTopic",
                "sqs:SendMessage",
                of("RemovalsQueue"),
                Principal={"Service": "sns.amazonaws.com"},
                Condition={"ArnEquals": {"aws:SourceArn": {"Ref": "RemovalsTopic"}}},
            ),
            tls_only("sqs:*", of("RemovalsQueue"), **BY_OTHERS),
        ],
    ),
    "RemovalsDeadLetterQueuePolicy": (
        "AWS::SQS::QueuePolicy",
        {"Queues": [{"Ref": "RemovalsDeadLetterQueue"}]},
        [tls_only("sqs:*", of("RemovalsDeadLetterQueue"), **BY_OTHERS)],
    ),
    # Alarms of this account alone: not another's, and nothing else that CloudWatch does.
    "AlarmTopicPolicy": (
        "AWS::SNS::TopicPolicy",
        {"Topics": [{"Ref": "AlarmTopic"}]},
        [
            allow(
                "Alarms",
                "sns:Publish",
                {"Ref": "AlarmTopic"},
                Principal={"Service": "cloudwatch.amazonaws.com"},
                Condition={
                    "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
                    "ArnLike": {"aws:SourceArn": arn(f"cloudwatch:{OURS}:alarm:*")},
                },
            ),
            tls_only("sns:Publish", {"Ref": "AlarmTopic"}),
        ],
    ),
}
