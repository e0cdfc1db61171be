"""A call of AWS as a request carries it, and the action that IAM asks for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

CLOUDFRONT = {
    ("POST", r"/[^/]+/distribution/[^/]+/invalidation"): "CreateInvalidation",
    ("GET", r"/[^/]+/distribution/[^/]+/invalidation/[^/]+"): "GetInvalidation",
}
# (method, whether it is about an object, the query's subject)
S3 = {
    ("GET", True, ""): "GetObject",
    ("HEAD", True, ""): "GetObject",
    ("PUT", True, ""): "PutObject",
    ("DELETE", True, ""): "DeleteObject",
    ("POST", False, "delete"): "DeleteObject",
    ("GET", False, "list-type"): "ListBucket",
    ("HEAD", False, ""): "ListBucket",
}


class UnknownCall(Exception):
    """A request whose action is not known here."""


@dataclass(frozen=True)
class Call:
    """An action, and what it was asked with."""

    action: str
    given: Mapping[str, Any]

    @classmethod
    def read(
        cls, service: str, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Call:
        if target := headers.get("X-Amz-Target"):
            return cls(f"{service}:{target.rpartition('.')[2]}", json.loads(body))
        if service in {"s3", "cloudfront"}:
            return cls(f"{service}:{_of_path(service, method, path)}", {"path": path})
        given = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if "Action" not in given:
            raise UnknownCall(f"{service} {method} {path}")
        return cls(f"{service}:{given['Action']}", given)


def _of_path(service: str, method: str, path: str) -> str:
    parts = urlsplit(path)
    if service == "cloudfront":
        for (known, pattern), action in CLOUDFRONT.items():
            if known == method and re.fullmatch(pattern, parts.path):
                return action
        raise UnknownCall(f"cloudfront {method} {path}")
    is_object = bool(parts.path.strip("/").partition("/")[2])
    subjects = {name.partition("=")[0] for name in parts.query.split("&")} - {"x-id"}
    subject = next((each for each in ("delete", "list-type") if each in subjects), "")
    if is_object:
        subject = "" if subjects <= {""} else str(sorted(subjects))
    if (method, is_object, subject) not in S3:
        raise UnknownCall(f"s3 {method} {path}")
    return S3[method, is_object, subject]
