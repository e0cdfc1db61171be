"""Places in a person's own order: fractional indexes, so that one always fits between two others.

They compare as text. A key is an integer part, whose first letter tells its length, and perhaps a
fraction; clients make those of to-dos that were moved (`fractional-indexing`, in many languages).
"""

import re

from fractional_indexing import FIError, validate_order_key  # type: ignore[import-untyped]
from uuid_utils import UUID

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LONGEST = 128  # characters; moving to the same place again and again adds one in six moves


def is_position(text: str) -> bool:
    # The library takes any character for a digit. Integers of up to 8 digits are enough.
    if len(text) > LONGEST or not re.fullmatch(r"[S-Za-h][0-9A-Za-z]+", text):
        return False
    try:
        validate_order_key(text)
    except FIError:
        return False
    return True


def last(made: UUID) -> str:
    """The place after all others, found without reading them: the time, from a UUID of version 7
    that was just made.

    Milliseconds are an integer of 7 digits (head "g") until 2081. A client that moves a to-do to
    the end adds one to that, so what is created later still comes after it. The fraction is the
    UUID's counter, which no two share; a fraction must not end in 0, so a digit follows.
    """
    counter = (made.int >> 64 & 0xFFF) << 30 | made.int >> 32 & 0x3FFF_FFFF
    return f"g{_digits(made.timestamp, 7)}{_digits(counter, 8)}V"


def _digits(number: int, count: int) -> str:
    found = ""
    for _ in range(count):
        number, digit = divmod(number, len(DIGITS))
        found = DIGITS[digit] + found
    return found
