"""`outputs.json`: where everything is, while the application runs."""

import json
from typing import Any

from local.cloudformation.stack import Stack
from local.settings import REGION, Settings


def write(settings: Settings, stack: Stack, load_balancer_port: int) -> None:
    """Say where the running application is, in one step: readers see all of it or nothing."""
    values = {
        "ApiUrl": settings.api_url,
        "WebsiteUrl": settings.website_url,
        "LoadBalancerUrl": f"http://127.0.0.1:{load_balancer_port}",
        "AwsEndpoint": settings.endpoint_url,
        "CognitoEndpoint": settings.endpoint_url,
        "UserPoolId": stack.only("AWS::Cognito::UserPool"),
        "UserPoolClientId": stack.only("AWS::Cognito::UserPoolClient"),
        "Region": REGION,
    }
    draft = settings.outputs.with_suffix(".draft")
    draft.write_text(json.dumps(values, indent=2) + "\n")
    draft.replace(settings.outputs)


def remove(settings: Settings) -> None:
    """Say that nothing runs."""
    settings.outputs.unlink(missing_ok=True)


def read(settings: Settings) -> dict[str, Any] | None:
    """What the running application has written, or None when none runs."""
    try:
        values: dict[str, Any] = json.loads(settings.outputs.read_text())
    except FileNotFoundError:
        return None
    return values
