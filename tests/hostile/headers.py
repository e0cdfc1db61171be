"""Headers that lie, contradict each other or try to split an answer."""

from __future__ import annotations

from tests.hostile.rows import JSON, PATCH, Row, at_both

BODY, REFUSED = "200 body", "400 problem"
TODO = b'{"title": "x"}'


def sent(name: str, answer: str, *headers: str) -> Row:
    """A list asked for with more headers than are needed."""
    return at_both(name, "/me/todos", answer, headers=headers)


# Not ASCII, in the bytes that a header may have.
UTF8 = "\u00b9".encode().decode("latin-1")

IGNORED = [
    sent("another user in X-Forwarded-User", BODY, "X-Forwarded-User: <victim>"),
    sent(
        "another user in X-User-Id", BODY, "X-User-Id: <victim>", "X-Amzn-Oidc-Identity: <victim>"
    ),
    sent("another host", BODY, "X-Forwarded-Host: evil.example", "X-Original-URL: /<victim>/todos"),
    sent("another path", BODY, "X-Rewrite-Url: /<victim>/todos", "X-Forwarded-Prefix: /<victim>"),
    sent("another client", BODY, "X-Forwarded-For: 127.0.0.1, ::1", "X-Real-Ip: 10.0.0.1"),
    sent("another scheme", BODY, "X-Forwarded-Proto: https", "X-Forwarded-Port: 22"),
    sent("a range", BODY, "Range: bytes=0-1"),
    sent("a cookie", BODY, "Cookie: session=<victim>; userId=<victim>"),
    sent("an encoding that nobody has", BODY, "Accept-Encoding: evil, *;q=0"),
    sent("a media type that nobody has", BODY, "Accept: image/webp"),
    sent("a wrong length of nothing", BODY, "Content-Length: 0"),
    sent("a request id with a blank", BODY, "X-Request-Id: a b"),
    sent("a request id of 3 KB", BODY, "X-Request-Id: " + "x" * 3000),
    sent("a request id of markup", BODY, "X-Request-Id: <script>alert(1)</script>"),
    sent("an encoded line in a request id", BODY, "X-Request-Id: x%0d%0aSet-Cookie: y"),
    sent("a trace id of rubbish", BODY, f"X-Amzn-Trace-Id: Root=;;Self=\t{UTF8}"),
    sent("a proxy's method", BODY, "X-HTTP-Method: DELETE"),
    sent("a debugger's switch", BODY, "X-Debug: 1", "Werkzeug-Debug: 1"),
]

BROKEN = [
    # API Gateway refuses more than 10 KB of headers; behind it they are ignored like any other.
    Row(
        "a request id of 10 KB",
        "/me/todos",
        "431 message",
        BODY,
        headers=("X-Request-Id: " + "x" * 10_240,),
    ),
    Row(
        "a header of 20 KB",
        "/me/todos",
        "431 message",
        BODY,
        headers=("X-Long: " + "x" * 20_000,),
    ),
    sent("a header that is not UTF-8", "400 any", "X-Any: \u00e9"),
    sent("a bare line feed in a header", "400 any", "X-Request-Id: a\nX-User: <victim>"),
    sent("a bare carriage return in a header", "400 any", "X-Request-Id: a\rX-User: <victim>"),
    sent("a NUL in a header", "400 any", "X-Request-Id: a\0b"),
    sent("a blank before the colon", "400 any", "X-Request-Id : a"),
    sent("a folded header", "400 any", "X-Request-Id: a\r\n b"),
    sent("no colon", "400 any", "X-Request-Id"),
    Row(
        "two lengths",
        "/me/todos",
        "400 any",
        "400 any",
        "POST",
        (JSON, "Content-Length: 14", "Content-Length: 5"),
        TODO,
    ),
    Row(
        "a negative length",
        "/me/todos",
        "400 any",
        "400 any",
        "POST",
        (JSON, "Content-Length: -1"),
        TODO,
    ),
    Row(
        "a length with a sign",
        "/me/todos",
        "400 any",
        "400 any",
        "POST",
        (JSON, "Content-Length: +14"),
        TODO,
    ),
    Row(
        "a length in hexadecimal",
        "/me/todos",
        "400 any",
        "400 any",
        "POST",
        (JSON, "Content-Length: 0xe"),
        TODO,
    ),
    Row(
        "a length and chunks",
        "/me/todos",
        "400 any",
        "400 any",
        "POST",
        (JSON, "Content-Length: 14", "Transfer-Encoding: chunked"),
        b"0\r\n\r\n",
    ),
    Row(
        "an unknown transfer encoding",
        "/me/todos",
        "400 any",
        "400 any",
        "POST",
        (JSON, "Transfer-Encoding: evil, chunked"),
        b"0\r\n\r\n",
    ),
    Row(
        "chunks that are none",
        "/me/todos",
        "400 any",
        "400 any",
        "POST",
        (JSON, "Transfer-Encoding: chunked"),
        b"zz\r\n{}\r\n0\r\n\r\n",
    ),
    Row(
        "a chunk size without end",
        "/me/todos",
        "400 any",
        "400 any",
        "POST",
        (JSON, "Transfer-Encoding: chunked"),
        b"f" * 40 + b"\r\n{}\r\n0\r\n\r\n",
    ),
]


def change(name: str, answer: str, *headers: str, method: str = "PATCH") -> Row:
    body = None if method == "DELETE" else TODO
    media = (JSON if method == "PUT" else PATCH,) if body else ()
    return at_both(
        name, "/me/todos/<mine>", answer, method=method, headers=(*media, *headers), body=body
    )


CONDITIONS = [
    change("If-Match: a bare number", REFUSED, "If-Match: 1"),
    change("If-Match: an open quote", REFUSED, 'If-Match: "1'),
    change("If-Match: two tags without a comma", REFUSED, 'If-Match: "1" "2"'),
    change("If-Match: empty", REFUSED, "If-Match:"),
    change("If-Match: a star among tags", REFUSED, 'If-Match: *, "1"'),
    change("If-Match: a lower-case weak tag", REFUSED, 'If-Match: w/"1"'),
    change("If-Match: a weak tag", "412 problem", 'If-Match: W/"1"'),
    change("If-Match: another's tag", "412 problem", 'If-Match: "<todo>"'),
    change("If-Match: nought", "412 problem", 'If-Match: "0"'),
    change("If-Match: a number without end", "412 problem", 'If-Match: "' + "9" * 120 + '"'),
    change("If-Match: a number of other digits", "412 problem", f'If-Match: "{UTF8}"'),
    change("If-Match on a deletion", "412 problem", 'If-Match: "99"', method="DELETE"),
    change("PUT without a condition", "428 problem", method="PUT"),
    change("PUT with both conditions", REFUSED, "If-Match: *", "If-None-Match: *", method="PUT"),
    change("PUT with a tag not to match", REFUSED, 'If-None-Match: "1"', method="PUT"),
    change("PUT over what is there", "409 problem", "If-None-Match: *", method="PUT"),
]

ROWS = [*IGNORED, *BROKEN, *CONDITIONS]
