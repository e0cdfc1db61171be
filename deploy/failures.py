"""What AWS refuses, said in one line with what to do."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import (
    ConnectionError as NotConnected,
)
from botocore.parsers import ResponseParserError

# What a call of AWS ends in; the last when something else answers, such as a proxy.
CallFailed = (BotoCoreError, ClientError, ResponseParserError)
SIGN_IN = "sign in again (`aws sso login`, or new keys in the environment), then repeat."
# How botocore words an error of AWS; the SAM CLI passes it on in its own.
WORDING = re.compile(
    r"An error occurred \((?P<code>[^)]+)\) when calling the (?P<operation>\w+) operation"
    r"(?: \(reached max retries: \d+\))?: (?P<message>.*)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Failure:
    """One refused call of AWS."""

    code: str
    operation: str
    message: str


def explain(error: BotoCoreError | ClientError | ResponseParserError) -> str:
    """The line for an exception of boto3."""
    if isinstance(error, ResponseParserError):
        return f"What answers is not AWS, or AWS is disturbed: repeat in a minute. ({error})"
    if isinstance(error, ClientError):
        return explained(str(error)) or str(error)
    for types, line in _UNSENT:
        if isinstance(error, types):
            return line(error)
    return f"The call of AWS failed: {error}"


def explained(text: str) -> str | None:
    """The line for the error of AWS that a text holds, if it holds one."""
    found = WORDING.search(text)
    if not found:
        return None
    failure = Failure(found["code"], found["operation"], " ".join(found["message"].split()))
    line = _BY_CODE.get(failure.code, _other)
    return line(failure)


def _expired(_: Failure) -> str:
    return f"The AWS credentials have expired: {SIGN_IN}"


def _unknown(failure: Failure) -> str:
    return (
        f"AWS does not accept these credentials here ({failure.code}): check AWS_PROFILE or the "
        "keys, and that the account has the region in AWS_REGION enabled."
    )


def _denied(failure: Failure) -> str:
    action = re.search(r"not authorized to perform: ([\w:*-]+)", failure.message)
    what = action[1] if action else failure.operation
    return f"Not allowed is {what}; an administrator has to allow it. AWS says: {failure.message}"


def _throttled(failure: Failure) -> str:
    return f"AWS asks for fewer calls ({failure.operation}): repeat in a minute."


def _overtaken(_: Failure) -> str:
    return "Another deployment of the stack came first: repeat when it has ended (`make status`)."


def _other(failure: Failure) -> str:
    for pattern, hint in _BY_MESSAGE.items():
        if re.search(pattern, failure.message):
            return f"{failure.message.rstrip('.')}: {hint}"
    return f"AWS refuses {failure.operation}: {failure.message} ({failure.code})"


_BY_CODE: Mapping[str, Callable[[Failure], str]] = {
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "RequestExpired"), _expired),
    **dict.fromkeys(
        (
            "AuthFailure",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "OptInRequired",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
        ),
        _unknown,
    ),
    **dict.fromkeys(
        ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"), _denied
    ),
    # The first of two to be executed deletes the other's change set.
    **dict.fromkeys(("ChangeSetNotFound", "InvalidChangeSetStatus"), _overtaken),
    **dict.fromkeys(("Throttling", "ThrottlingException", "TooManyRequestsException"), _throttled),
}
# What CloudFormation says by a sentence alone, all of it a ValidationError.
_BY_MESSAGE = {
    r"_IN_PROGRESS state": "another operation runs; `make status` shows when it has ended.",
    r"TerminationProtection": "turn the stack's termination protection off first.",
    r"Parameter.*(constraint|Allowed|must )": "give another value by PARAMETERS=…",
    r"must have values": "give it by PARAMETERS=…",
}
_UNSENT: tuple[tuple[tuple[type[BotoCoreError], ...], Callable[[BotoCoreError], str]], ...] = (
    (
        (NoCredentialsError, PartialCredentialsError),
        lambda _: (
            "There are no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or sign in by `aws sso login`."
        ),
    ),
    (
        (SSOError, TokenRetrievalError, CredentialRetrievalError),
        lambda error: f"The AWS credentials cannot be had ({error}): {SIGN_IN}",
    ),
    ((ProfileNotFound,), lambda error: f"AWS_PROFILE is wrong: {error}."),
    ((NoRegionError,), lambda _: "There is no region: set AWS_REGION, such as eu-central-1."),
    ((InvalidRegionError,), lambda error: f"AWS_REGION is no region's name: {error}"),
    (
        (NotConnected, HTTPClientError),
        lambda error: (
            f"AWS does not answer ({error}): check that AWS_REGION names a region, and the network."
        ),
    ),
)
