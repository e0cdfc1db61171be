"""`token`: sign in as the browser does and give the access token."""

from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError
from pycognito.aws_srp import AWSSRP

from local import aws, outputs
from local.settings import Settings

ANSWERS = {
    "NotAuthorizedException": "Wrong e-mail address or password.",
    "UserNotFoundException": "Wrong e-mail address or password.",
    "UserNotConfirmedException": "This user has not confirmed the e-mail address yet.",
}


class SignInRefused(Exception):
    """There is no token; the text says why in one line."""


def token(settings: Settings, environment: Mapping[str, str]) -> str:
    """The access token of EMAIL and PASSWORD, by SRP: the password is never sent."""
    missing = [name for name in ("EMAIL", "PASSWORD") if not environment.get(name)]
    if missing:
        raise SignInRefused(f"Set {' and '.join(missing)}: EMAIL=… PASSWORD=… make token")
    running = outputs.read(settings)
    if running is None:
        raise SignInRefused("The application is not running; start it with `make run`.")
    return _signed_in(running, environment["EMAIL"], environment["PASSWORD"])


def _signed_in(running: Mapping[str, str], email: str, password: str) -> str:
    client = aws.session().client(
        "cognito-idp", endpoint_url=running["CognitoEndpoint"], config=aws.CONFIG
    )
    srp = AWSSRP(
        username=email,
        password=password,
        pool_id=running["UserPoolId"],
        client_id=running["UserPoolClientId"],
        client=client,
    )
    try:
        answer = srp.authenticate_user()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise SignInRefused(ANSWERS.get(code, f"Cognito refuses: {error}")) from error
    except BotoCoreError as error:
        raise SignInRefused(f"The AWS endpoint does not answer: {error}") from error
    return str(answer["AuthenticationResult"]["AccessToken"])
