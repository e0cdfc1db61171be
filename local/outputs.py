"""`outputs.json`: where everything is, while the application runs."""

import json
from collections.abc import Mapping

from local.cloudformation.stack import Stack
from local.settings import REGION, Settings

# What `token` reads.
READ = ("CognitoEndpoint", "UserPoolId", "UserPoolClientId")


class OutputsRefused(Exception):
    """What a run has written cannot be read; the text says what to do."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(f"{settings.outputs} is damaged; stop the application and start it again.")


def describe(settings: Settings, stack: Stack, load_balancer_port: int) -> dict[str, str]:
    """Where the parts of the running application are."""
    return {
        "ApiUrl": settings.api_url,
        "WebsiteUrl": settings.website_url,
        "LoadBalancerUrl": f"http://127.0.0.1:{load_balancer_port}",
        "AwsEndpoint": settings.endpoint_url,
        "CognitoEndpoint": settings.endpoint_url,
        "UserPoolId": stack.only("AWS::Cognito::UserPool"),
        "UserPoolClientId": stack.only("AWS::Cognito::UserPoolClient"),
        "Region": REGION,
    }


def write(settings: Settings, values: Mapping[str, str]) -> None:
    """Say where the running application is, in one step: readers see all of it or nothing."""
    draft = settings.outputs.with_suffix(".draft")
    draft.write_text(json.dumps(values, indent=2) + "\n")
    draft.replace(settings.outputs)


def remove(settings: Settings) -> None:
    """Say that nothing runs."""
    settings.outputs.unlink(missing_ok=True)


def read(settings: Settings) -> dict[str, str] | None:
    """What the running application has written, or None when none runs."""
    try:
        values = json.loads(settings.outputs.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise OutputsRefused(settings) from error
    if not isinstance(values, dict) or not all(isinstance(values.get(key), str) for key in READ):
        raise OutputsRefused(settings)
    return values
