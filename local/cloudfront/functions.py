"""CloudFront Functions: the very code that is deployed, in a JavaScript engine."""

from collections.abc import Mapping
from typing import Any

import quickjs


class FunctionFailed(Exception):
    """A function of the template cannot be run or gives nothing useful; the text says which."""


class Function:
    """One function of the template, for requests or for responses."""

    def __init__(self, name: str, code: str) -> None:
        self._name = name
        try:
            self._run = quickjs.Function("handler", code)
        except quickjs.JSException as error:
            raise FunctionFailed(f"The code of {name} cannot be read: {error}") from error

    def uri(self, method: str, uri: str, headers: Mapping[str, str]) -> str:
        """Which file a request is answered with, as a function of viewer-request says."""
        request = {"method": method, "uri": uri, **_nothing(), "headers": _headers(headers)}
        answer = self._call("viewer-request", {"request": request})
        if not isinstance(answer.get("uri"), str):
            raise FunctionFailed(
                f"{self._name} gives no request; answering itself is not emulated."
            )
        return str(answer["uri"])

    def headers(self, method: str, uri: str, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers of an answer, as a function of viewer-response leaves them."""
        event = {
            "request": {"method": method, "uri": uri, **_nothing()},
            "response": {"statusCode": 200, "headers": _headers(headers), "cookies": {}},
        }
        answer = self._call("viewer-response", event)
        return {name: each["value"] for name, each in answer["headers"].items()}

    def _call(self, kind: str, event: Mapping[str, Any]) -> dict[str, Any]:
        context = {"version": "1.0", "context": {"eventType": kind}, "viewer": {"ip": "127.0.0.1"}}
        try:
            # Otherwise each call has Python look for garbage in all of this process, which takes
            # longer than everything else about a request; the engine looks after its own.
            answer = self._run({**context, **event}, run_gc=False)
        except quickjs.JSException as error:
            raise FunctionFailed(f"{self._name} fails: {error}") from error
        if not isinstance(answer, dict):
            raise FunctionFailed(f"{self._name} gives {answer!r}, which is no {kind[7:]}.")
        return answer


def _nothing() -> dict[str, Any]:
    # The pages' cache policy passes neither on.
    return {"querystring": {}, "cookies": {}, "headers": {}}


def _headers(headers: Mapping[str, str]) -> dict[str, Any]:
    return {name.lower(): {"value": value} for name, value in headers.items()}
