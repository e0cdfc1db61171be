"""The copy of the client of AWS that is tested: that of SERVICE, main's unless it says `files`."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from main_service import aws, config, connections, credentials, dynamodb, variables
else:
    PACKAGE = f"{os.environ.get('SERVICE', 'main')}_service"
    aws, config, connections, credentials, dynamodb, variables = (
        import_module(f"{PACKAGE}.{name}")
        for name in ("aws", "config", "connections", "credentials", "dynamodb", "variables")
    )

__all__ = ["aws", "config", "connections", "credentials", "dynamodb", "variables"]
