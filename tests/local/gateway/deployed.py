"""The gateway's definition, as it is deployed."""

from __future__ import annotations

from local.cloudformation.resolution import resolve
from local.cloudformation.template import read
from local.settings import REPOSITORY
from tests.local import tokens

ORIGIN = "http://127.0.0.1:8000"
VALUES = {
    "WebsiteOrigin": ORIGIN,
    "AWS::Region": "eu-central-1",
    "UserPool": "eu-central-1_pool",
    "UserPoolClient": tokens.CLIENT,
}
DEFINITION = resolve(read(REPOSITORY / "api.yaml").body, VALUES)
