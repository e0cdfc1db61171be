"""moto's DynamoDB, which answers botocore's clients, with the exceptions of a service's own client.

What else the two clients have in common is compared in tests/contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


class Raising:
    """A client of botocore that raises what the module `dynamodb` of a service would."""

    def __init__(self, client: Any, dynamodb: ModuleType) -> None:
        self._client, self._dynamodb = client, dynamodb

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name not in self._dynamodb.OPERATIONS:
            return found

        def call(**parameters: Any) -> Any:
            try:
                return found(**parameters)
            except ClientError as error:
                response: dict[str, Any] = {**error.response}
                metadata, told = response.pop("ResponseMetadata"), response.pop("Error")
                answer = {**response, "__type": told["Code"], "message": told["Message"]}
                status = metadata["HTTPStatusCode"]
                raise self._dynamodb.error(error.operation_name, status, answer) from error

        return call


@pytest.fixture(scope="session")
def raising() -> Callable[[Any, ModuleType], Any]:
    return Raising
