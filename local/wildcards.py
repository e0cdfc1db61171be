"""Path patterns, as load balancers and CloudFront have them."""

import re


def pattern(text: str) -> re.Pattern[str]:
    """`*` is any number of characters, slashes too, `?` exactly one; case matters."""
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(char, re.escape(char)) for char in text), re.DOTALL)
