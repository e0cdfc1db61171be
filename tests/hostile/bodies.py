"""Bodies and queries that no client of good will sends."""

from __future__ import annotations

import gzip
import json

from tests.hostile.rows import JSON, PATCH, Row, at_both

REFUSED, MEDIA = "400 problem", "415 problem"


def post(name: str, body: bytes, answer: str = REFUSED, *headers: str) -> Row:
    return at_both(name, "/me/todos", answer, method="POST", headers=headers or (JSON,), body=body)


def fields(name: str, answer: str = REFUSED, **changed: object) -> Row:
    return post(name, json.dumps({"title": "x", **changed}).encode(), answer)


JSON_TEXTS = [
    post("nothing", b""),
    post("a title twice", b'{"title": "x", "title": "y"}'),
    post("a title twice, escaped", b'{"title": "x", "\\u0074itle": "y"}'),
    post("deep arrays", b'{"title": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
    post("deep objects", b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
    post("NaN", b'{"title": "x", "priority": NaN}'),
    post("Infinity", b'{"title": "x", "priority": -Infinity}'),
    post("a lone surrogate", b'{"title": "\\ud800"}'),
    post("a surrogate pair the wrong way round", b'{"title": "\\udc00\\ud800"}'),
    post("a surrogate in UTF-8", b'{"title": "\xed\xa0\x80"}'),
    post("overlong UTF-8", b'{"title": "\xc0\xaf"}'),
    post("an escaped NUL", b'{"title": "a\\u0000b"}'),
    post("a NUL", b'{"title": "a\x00b"}'),
    post("a NUL in the notes", b'{"title": "x", "notes": "\\u0000"}'),
    post("a line in the title", b'{"title": "a\\r\\nSet-Cookie: x"}'),
    post("a number of 5,000 digits", b'{"title": "x", "priority": ' + b"9" * 5000 + b"}"),
    post("a huge exponent", b'{"title": "x", "priority": 1e400}'),
    post("a fraction", b'{"title": "x", "priority": 1.0}'),
    post("minus nought", b'{"title": "x", "priority": -0.0}'),
    post("UTF-16", '{"title": "x"}'.encode("utf-16")),
    post("UTF-32", '{"title": "x"}'.encode("utf-32")),
    post("Latin-1", '{"title": "Grüße"}'.encode("latin-1")),
    post("a byte-order mark", b'\xef\xbb\xbf{"title": "x"}'),
    post("a comment", b'{"title": "x" /* y */}'),
    post("a comma too many", b'{"title": "x",}'),
    post("two documents", b'{"title": "x"}{"title": "y"}'),
    post("an array", b'[{"title": "x"}]'),
    post("a string", b'"title"'),
    post("null", b"null"),
    post("a prototype", b'{"title": "x", "__proto__": {"completed": true}}'),
    post("compressed", gzip.compress(b'{"title": "x"}'), MEDIA, JSON, "Content-Encoding: gzip"),
    post("not compressed, but so called", b'{"title": "x"}', MEDIA, JSON, "Content-Encoding: br"),
    post("another encoding", b'{"title": "x"}', MEDIA, JSON, "Content-Encoding: identity, evil"),
    post(
        "XML",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        MEDIA,
        "Content-Type: application/xml",
    ),
    post("a form", b"title=x", MEDIA, "Content-Type: application/x-www-form-urlencoded"),
    post("parts", b"--x--", MEDIA, "Content-Type: multipart/form-data; boundary=x"),
    post("plain text", b'{"title": "x"}', MEDIA, "Content-Type: text/plain"),
    post("no media type", b'{"title": "x"}', MEDIA, "X-Nothing: x"),
    post("a patch for a to-do", b'{"title": "x"}', MEDIA, PATCH),
    post(
        "another charset",
        '{"title": "Grüße"}'.encode("latin-1"),
        REFUSED,
        "Content-Type: application/json; charset=latin-1",
    ),
    post("300 KB", b'{"title": "x"}'.ljust(300_000), "413 problem"),
    Row("11 MB", "/me/todos", "413 message", None, "POST", (JSON,), b" " * 11_000_000),
]

FIELDS = [
    fields("another's id", id="<todo>"),
    fields("another's key", pk="U#<victim>", sk="T#<todo>"),
    fields("another owner", userId="<victim>"),
    fields("a version", version=99),
    fields("an expiry", expiresAt=1),
    fields("an operator for a title", title={"$gt": ""}),
    fields("a title of 201 letters", title="x" * 201),
    fields("a title of blanks only", title="   "),
    fields("a title of other scripts' blanks only", title="\u3000\u00a0\u2003\u1680"),
    fields("a title without width", title="\u200b\u200d\u2060\ufeff"),
    fields("a label of blanks only", labels=["\u2028"]),
    fields("notes of 10,001 letters", notes="x" * 10_001),
    fields("11 labels", labels=[str(n) for n in range(11)]),
    fields("a label twice", labels=["a", "a"]),
    fields("a label of 41 letters", labels=["x" * 41]),
    fields("the 30th of February", dueDate="2026-02-30"),
    fields("the year 10000", dueDate="10000-01-01"),
    fields("a date of other digits", dueDate="٢٠٢٦-٠١-٠١"),  # noqa: RUF001
    fields("an instant for a day", dueDate="2026-01-01T00:00:00Z"),
    fields("a text for true", completed="true"),
    fields("true for a number", priority=True),
    fields("priority 4", priority=4),
    fields("a position that is none", position="<>"),
    fields("a position without end", position="a" * 129),
    fields("a position that no key is before", position="a0" + "0"),
    fields("a position of another alphabet", position="é0"),
]


def query(name: str, text: str, answer: str = REFUSED) -> Row:
    return at_both(name, f"/me/todos?{text}", answer)


QUERIES = [
    query("an unknown parameter", "userId=<victim>"),
    query("a parameter twice", "limit=1&limit=100"),
    query("a parameter in brackets", "status[]=open"),
    query("limit 0", "limit=0"),
    query("limit 101", "limit=101"),
    query("a negative limit", "limit=-1"),
    query("a limit of other digits", "limit=%D9%A5"),
    query("a limit in hexadecimal", "limit=0x10"),
    query("a limit with a sign", "limit=%2B5"),
    query("a limit without end", "limit=" + "9" * 300),
    query("a status in capitals", "status=OPEN"),
    query("an injected status", "status=open%00"),
    query("a sort by a key", "sort=pk"),
    query("an empty search", "q="),
    query("a search of 201 letters", "q=" + "x" * 201),
    query("an expensive pattern is only text", "q=%28a%2B%29%2B%24", "200 body"),
    query("a wildcard is only text", "q=%25%2A", "200 body"),
    query("a search that is not UTF-8", "q=%ff"),
    query("a search in bytes that are not UTF-8", "q=a\xffb", "400 any"),
    query("a label that is a surrogate", "label=%ed%a0%80"),
    query("a cursor that is overlong UTF-8", "cursor=%c0%af"),
    query("a parameter whose name is not UTF-8", "%ff=1"),
    query("a day that is none", "dueFrom=2026-13-01"),
    at_both("deleting everything", "/me/todos", REFUSED, method="DELETE"),
    at_both("deleting the open ones", "/me/todos?status=open", REFUSED, method="DELETE"),
    at_both("deleting by a wildcard", "/me/todos?status=*", REFUSED, method="DELETE"),
    at_both("an export as something else", "/me/todos/export?format=xml", REFUSED),
    at_both("an export as a path", "/me/todos/export?format=../../etc/passwd", REFUSED),
    at_both(
        "showing inline with a value", "/me/todos/<mine>/files/<shelf>/content?inline=1", REFUSED
    ),
    at_both(
        "showing inline in no UTF-8", "/me/todos/<mine>/files/<shelf>/content?inline%fe", REFUSED
    ),
    at_both("a parameter of the files that is no UTF-8", "/me/files/usage?x=%ff", REFUSED),
]

ROWS = [*JSON_TEXTS, *FIELDS, *QUERIES]
