"""Calendar days in a time zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def day(zone: str, ahead: int = 0) -> str:
    """Today, or some days from it, as people there call it."""
    return (datetime.now(ZoneInfo(zone)).date() + timedelta(days=ahead)).isoformat()
