"""The AWS account and region that everything happens in."""

from collections.abc import Mapping
from dataclasses import dataclass

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, NoRegionError

from deploy.terminal import Refused

CONFIG = Config(
    connect_timeout=5, read_timeout=60, retries={"total_max_attempts": 5, "mode": "standard"}
)


@dataclass(frozen=True)
class Account:
    """Who calls AWS, and where."""

    session: boto3.Session
    region: str
    number: str

    @classmethod
    def open(cls, environment: Mapping[str, str]) -> "Account":
        """The account of the person's own credentials, found as every AWS tool finds them."""
        # boto3 does not know AWS_REGION, which the other tools and pipelines set.
        region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
        session = boto3.Session(region_name=region or None)
        if not session.region_name:
            raise NoRegionError
        try:
            sts = session.client("sts", config=CONFIG)
        except BotoCoreError:
            raise
        except ValueError as error:  # of AWS_ENDPOINT_URL, for one
            raise Refused(f"A setting of the AWS tools is wrong: {error}") from error
        identity = sts.get_caller_identity()
        return cls(session, session.region_name, identity["Account"])

    def environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """What a program that calls AWS too is started with."""
        region = {"AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}
        return {**environment, **region}
