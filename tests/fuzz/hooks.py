"""What schemathesis cannot know of this API."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import requests
import schemathesis

if TYPE_CHECKING:
    from schemathesis import Case, HookContext, Response

CONTENT = b"The lease of 1987"
CREATED = 201

TAG = r'(W/)?"[!#-~]*"'
IF_MATCH = re.compile(rf"\*|{TAG}( *, *{TAG})*")


@schemathesis.hook
def filter_case(_context: HookContext, case: Case[Any]) -> bool:
    """It knows If-Match by name and overlooks our pattern; and no schema can say that two headers
    exclude each other. The same values are still sent where they are meant to be refused."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return True
    match, both = case.headers.get("If-Match"), {"If-Match", "If-None-Match"}
    valid = match is None or IF_MATCH.fullmatch(str(match)) is not None
    return valid and not both <= set(case.headers)


@schemathesis.hook
def before_call(_context: HookContext, case: Case[Any], _kwargs: dict[str, Any]) -> None:
    """Announce bytes that exist, so that uploads can be completed and downloaded."""
    valid = case.meta is not None and case.meta.generation.mode.is_positive
    if valid and _announces(case) and isinstance(case.body, dict):
        case.body.update(size=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest())


@schemathesis.hook
def after_call(_context: HookContext, case: Case[Any], response: Response) -> None:
    """Send the announced bytes to S3, as a browser does."""
    if _announces(case) and response.status_code == CREATED:
        upload = response.json()["upload"]
        requests.put(upload["url"], CONTENT, headers=upload["headers"], timeout=10)


def _announces(case: Case[Any]) -> bool:
    return str(case.operation.label) == "POST /{userId}/todos/{todoId}/files"
