"""What the emulator has saved, looked at before it reads it."""

import json

from local.settings import Settings


class DataDamaged(Exception):
    """The saved data cannot be used; the text says what of it, and how to start anew."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The saved data is damaged: {what}. `make reset` starts anew.")


def check_saved(settings: Settings) -> None:
    """Refuse files that a hard end has cut off: the emulator would start without their data."""
    for path in sorted((settings.state / "services").glob("*.json")):
        try:
            json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            raise DataDamaged(f"{path} cannot be read") from error
