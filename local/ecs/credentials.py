"""The task roles' credentials, handed to the tasks the way ECS does it.

ECS answers at 169.254.170.2; here it is a port of the loopback address. A task can only read its
own: it alone knows the path and the token.
"""

import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
from aiohttp import hdrs, web
from botocore.exceptions import BotoCoreError, ClientError

from local import aws
from local.settings import ACCOUNT

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient
    from types_boto3_sts import STSClient
    from types_boto3_sts.type_defs import CredentialsTypeDef

SESSION_SECONDS = 3600
# botocore asks again when less than this is left, so what is handed out must last longer.
LEAST_LEFT = timedelta(minutes=15)


@dataclass(eq=False)
class Grant:
    """One task's way to its role's credentials."""

    role: str
    session_name: str
    path: str
    token: str
    current: "CredentialsTypeDef | None" = None


class Credentials:
    """Assumes task roles and answers the tasks' requests for credentials."""

    def __init__(
        self, session: boto3.Session, endpoint_url: str, session_seconds: int = SESSION_SECONDS
    ) -> None:
        self._sts: STSClient = session.client("sts", endpoint_url=endpoint_url, config=aws.CONFIG)
        self._iam: IAMClient = session.client("iam", endpoint_url=endpoint_url, config=aws.CONFIG)
        self._seconds = session_seconds
        self._grants: dict[str, Grant] = {}

    async def grant(self, role: str, session_name: str) -> Grant:
        """Let a task have the credentials of a role (its ARN)."""
        await aws.call(self._trust_account, role.rsplit("/", 1)[-1])
        path, token = f"/v2/credentials/{secrets.token_urlsafe(24)}", secrets.token_urlsafe(32)
        self._grants[path] = Grant(role, session_name, path, token)
        return self._grants[path]

    def revoke(self, grant: Grant) -> None:
        self._grants.pop(grant.path, None)

    async def handle(self, request: web.BaseRequest) -> web.Response:
        grant = self._grants.get(request.raw_path)
        given = request.headers.get(hdrs.AUTHORIZATION, "")
        if grant is None or not hmac.compare_digest(given.encode(), grant.token.encode()):
            return web.json_response({"message": "Forbidden"}, status=403)
        try:
            current = await self._current(grant)
        except (BotoCoreError, ClientError) as error:
            return web.json_response({"message": str(error)}, status=500)
        return web.json_response(_answer(grant.role, current))

    async def _current(self, grant: Grant) -> "CredentialsTypeDef":
        if grant.current is None or _left(grant.current) < LEAST_LEFT:
            answer = await aws.call(
                self._sts.assume_role,
                RoleArn=grant.role,
                RoleSessionName=grant.session_name,
                DurationSeconds=self._seconds,
            )
            grant.current = answer["Credentials"]
        return grant.current

    def _trust_account(self, name: str) -> None:
        """Let the account assume a role that trusts only ECS, which is nobody in the emulator."""
        policy: Any = self._iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        statement = {
            "Sid": "LocalAgent",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
        }
        if statement not in policy["Statement"]:
            policy["Statement"].append(statement)
            self._iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(policy))


def _left(credentials: "CredentialsTypeDef") -> timedelta:
    return credentials["Expiration"] - datetime.now(UTC)


def _answer(role: str, credentials: "CredentialsTypeDef") -> dict[str, str]:
    return {
        "RoleArn": role,
        "AccessKeyId": credentials["AccessKeyId"],
        "SecretAccessKey": credentials["SecretAccessKey"],
        "Token": credentials["SessionToken"],
        "Expiration": credentials["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
