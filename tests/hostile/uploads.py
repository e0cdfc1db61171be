"""Uploads whose names, types and sizes are up to something."""

from __future__ import annotations

import json

from tests.hostile.rows import JSON, Row, at_both
from tests.pair.operations import BODIES

REFUSED = "400 problem"


def upload(what: str, answer: str, **changes: object) -> Row:
    body = json.dumps(BODIES["NewFile"] | changes).encode()
    return at_both(
        f"upload: {what}",
        "/me/todos/<mine>/files",
        answer,
        method="POST",
        headers=(JSON,),
        body=body,
    )


NAMES = [
    upload("a name with a line", REFUSED, name="a\r\nSet-Cookie: x"),
    upload("a name with a NUL", REFUSED, name="a\0.txt"),
    upload("a name with a tab", REFUSED, name="a\tb"),
    upload("a name with DEL", REFUSED, name="a\x7f"),
    upload("an empty name", REFUSED, name=""),
    upload("a name of blanks only", REFUSED, name="\u3000 "),
    upload("a name without width", REFUSED, name="\u200b\ufeff"),
    upload("a name of 256 letters", REFUSED, name="x" * 256),
    upload("a name that is a number", REFUSED, name=1),
]
TYPES = [
    upload("a type with a line", REFUSED, contentType="text/html\r\nX: y"),
    upload("a type with parameters", REFUSED, contentType="text/html; charset=utf-7"),
    upload("a type without a slash", REFUSED, contentType="html"),
    upload("a type with a blank", REFUSED, contentType="text/ html"),
    upload("a type of 128 letters", REFUSED, contentType="a/" + "x" * 126),
    upload("a type in another script", REFUSED, contentType="têxt/html"),
]
SIZES = [
    upload("nothing", REFUSED, size=0),
    upload("less than nothing", REFUSED, size=-1),
    upload("a fraction", REFUSED, size=1.5),
    upload("a text for a size", REFUSED, size="17"),
    upload("true for a size", REFUSED, size=True),
    upload("a byte too many", "413 problem", size=26_214_401),
    upload("2 to the 70", "413 problem", size=2**70),
]
SUMS = [
    upload("a sum in capitals", REFUSED, sha256="A" * 64),
    upload("a sum too short", REFUSED, sha256="a" * 63),
    upload("a sum with a line", REFUSED, sha256="a" * 64 + "\n"),
    upload("a sum that is none", REFUSED, sha256=None),
    upload("another's key", REFUSED, key="u/<victim>/<todo>/<file>"),
    upload("another's bucket", REFUSED, bucket="evil"),
    upload("an id of one's own", REFUSED, id="<file>"),
]

ROWS = [*NAMES, *TYPES, *SIZES, *SUMS]

# Accepted, and given back harmless: name → what the download is called in ASCII.
HARMLESS = {
    "../../etc/passwd": ".._.._etc_passwd",
    "..\\..\\boot.ini": ".._.._boot.ini",
    'a".exe; filename="b': "a_.exe; filename=_b",
    "\u202egpj.exe": "_gpj.exe",
    "<script>alert(1)</script>.html": "<script>alert(1)<_script>.html",
    "page.html": "page.html",
    "picture.svg": "picture.svg",
    "%0d%0aSet-Cookie: x": "_0d_0aSet-Cookie: x",
    "Grüße 你好 🎉.pdf": "Gr__e __ _.pdf",
    "a'b;c=d": "a'b;c=d",
}
EXECUTABLE = ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "text/xml"]
