"""Paths that try to reach another's things, another route or another service."""

from __future__ import annotations

from tests.hostile.rows import JSON, PATCH, Row, at_both

FORBIDDEN, NOT_FOUND, BODY = "403 problem", "404 problem", "200 body"

OTHERS = [
    at_both("another's list", "/<victim>/todos", FORBIDDEN),
    at_both("another's export", "/<victim>/todos/export", FORBIDDEN),
    at_both("another's to-do", "/<victim>/todos/<todo>", FORBIDDEN),
    at_both("another's files", "/<victim>/todos/<todo>/files", FORBIDDEN),
    at_both("another's usage", "/<victim>/files/usage", FORBIDDEN),
    at_both("another's download", "/<victim>/todos/<todo>/files/<file>/content", FORBIDDEN),
    at_both("another's trash", "/<victim>/todos?status=trashed", FORBIDDEN, method="DELETE"),
    at_both("another's to-do as mine", "/me/todos/<todo>", NOT_FOUND),
    at_both("another's to-do deleted as mine", "/me/todos/<todo>", NOT_FOUND, method="DELETE"),
    at_both(
        "another's to-do changed as mine",
        "/me/todos/<todo>",
        NOT_FOUND,
        method="PATCH",
        headers=(PATCH,),
        body=b'{"title": "mine"}',
    ),
    at_both(
        "another's to-do replaced as mine",
        "/me/todos/<todo>",
        NOT_FOUND,
        method="PUT",
        headers=(JSON, "If-Match: *"),
        body=b'{"title": "mine"}',
    ),
    at_both("another's trash restored", "/me/todos/<trashed>/restore", NOT_FOUND, method="POST"),
    at_both("another's shelf is empty to me", "/me/todos/<todo>/files", BODY),
    at_both("another's file as mine", "/me/todos/<todo>/files/<file>", NOT_FOUND),
    at_both("another's file on my shelf", "/me/todos/<mine>/files/<file>", NOT_FOUND),
    at_both("another's content as mine", "/me/todos/<todo>/files/<file>/content", NOT_FOUND),
    at_both(
        "another's file deleted as mine",
        "/me/todos/<todo>/files/<file>",
        NOT_FOUND,
        method="DELETE",
    ),
    at_both(
        "another's upload completed",
        "/me/todos/<todo>/files/<pending>/complete",
        NOT_FOUND,
        method="POST",
    ),
]

OWNERS = [
    at_both(f"owner spelled {owner[:20]}", f"/{owner}/todos", FORBIDDEN)
    for owner in (
        "ME",
        "me%20",
        "me%00",
        "%00",
        "me;x=1",
        "me,<victim>",
        "*",
        "U%23<victim>",
        "null",
        "undefined",
        "0",
        "me%0d%0aX-Owner:%20<victim>",
        "%EF%BC%AD%EF%BC%A5",
        "%ff%fe",
        "..",
        "%2e%2e",
        "%E2%80%AEem",
        "<victim>%20",
        "<victim>%00",
    )
] + [
    at_both("me, percent-encoded, is me", "/%6de/todos", BODY),
    at_both("an owner of 128 letters", f"/{'x' * 128}/todos", FORBIDDEN),
    at_both("an owner of 3,000 letters", f"/{'x' * 3000}/todos", FORBIDDEN),
]

ROUTES = [
    Row("up and down", "/me/../<victim>/todos", "404 message", NOT_FOUND),
    Row("up from the list", "/me/todos/../../<victim>/todos", "404 message", NOT_FOUND),
    Row("up, encoded", "/me/todos/%2e%2e/%2e%2e/<victim>/todos", "404 message", NOT_FOUND),
    at_both("up in the id", "/me/todos/..%2f..%2f<victim>%2ftodos", NOT_FOUND),
    at_both("up in the id, to a file", "/me/todos/..%2f<todo>%2ffiles", NOT_FOUND),
    at_both("backslashes", "/me/todos/..%5c..%5c<victim>", NOT_FOUND),
    at_both("doubly encoded", "/me/todos/%252e%252e%252f<todo>", NOT_FOUND),
    Row("slash encoded", "/me%2ftodos", "404 message", "404 default"),
    Row("slash encoded after todos", "/me/todos%2f<todo>", "404 message", NOT_FOUND),
    Row("owner hidden before", "/<victim>%2ftodos/x/todos", "404 message", NOT_FOUND),
    Row("letter encoded", "/me/todo%73", "404 message", "404 default"),
    Row("first letter encoded", "/me/%74odos", "404 message", "404 default"),
    Row("two slashes first", "//todos", "404 message", NOT_FOUND),
    Row("two slashes", "/me//todos", "404 message", NOT_FOUND),
    Row("two slashes last", "/me/todos//", "404 message", NOT_FOUND),
    Row("host in the path", "//evil.example/me/todos", "404 message", NOT_FOUND),
    Row("no owner", "/todos", "404 message", NOT_FOUND),
    Row("slash last", "/me/todos/", "404 message", NOT_FOUND),
    Row("slash last after an id", "/me/todos/<mine>/", "404 message", NOT_FOUND),
    Row("capital letter", "/me/Todos", "404 message", "404 default"),
    Row("parameters", "/me/todos;jsessionid=1", "404 message", NOT_FOUND),
    at_both("parameters on an id", "/me/todos/<mine>;v=1", NOT_FOUND),
    at_both("dots on an id", "/me/todos/<mine>.json", NOT_FOUND),
    at_both("dots for an id", "/me/todos/..", NOT_FOUND),
    Row("root", "/", "404 message", "404 default"),
    Row("asterisk", "*", "400 any", "400 any"),
    Row("absolute", "http://evil.example/me/todos", "400 message", "400 page"),
    Row("fragment", "/me/todos#x", "400 message", "400 page"),
    Row("health", "/health", "404 message", "404 default"),
    Row("health behind todos", "/health/todos/../../health", "404 message", NOT_FOUND),
    at_both("files for an owner", "/files/todos", NOT_FOUND),
    Row("todos in the files service", "/me/files", "404 message", NOT_FOUND),
    at_both("files as an owner's word", "/me/todos/files", NOT_FOUND),
    at_both("files in an id", "/me/todos/<mine>%2ffiles", NOT_FOUND),
    at_both("files in the query", "/me/todos?x=/files", "400 problem"),
    Row("todos in the query", "/?x=/todos", "404 message", "404 default"),
    Row("a dump of the source", "/me/todos/.git/config", "404 message", NOT_FOUND),
    Row("static", "/static/todos.txt", "404 message", NOT_FOUND),
]

IDS = [
    at_both(f"id: {name}", f"/me/todos/{spelled}", NOT_FOUND)
    for name, spelled in {
        "in capitals": "<MINE>",
        "in braces": "%7B<mine>%7D",
        "without hyphens": "<mine32>",
        "as a urn": "urn:uuid:<mine>",
        "with a space": "<mine>%20",
        "with a line": "<mine>%0a",
        "with a NUL": "<mine>%00",
        "with a letter more": "<mine>0",
        "overlong": "a" * 3000,
        "a number": "1",
        "negative": "-1",
        "null": "null",
        "a wildcard": "*",
        "full-width": "%EF%BC%91",
        "a key": "T%23<todo>",
        "nil": "00000000-0000-0000-0000-000000000000",
        "an array": "%5B%22<todo>%22%5D",
        "SQL": "1'%20OR%20'1'='1",
        "a bad escape": "%zz",
        "half an escape": "%",
        "overlong UTF-8": "%c0%ae%c0%ae",
    }.items()
]

METHODS = [
    Row("HEAD", "/me/todos", "404 none", "200 none", method="HEAD"),
    Row("OPTIONS", "/me/todos", "204 none", "405 problem", method="OPTIONS"),
    Row("TRACE", "/me/todos", "404 message", "405 problem", method="TRACE"),
    Row("CONNECT", "/me/todos", "404 message", None, method="CONNECT"),
    Row("an unknown method", "/me/todos", "404 message", "405 problem", method="PROPFIND"),
    Row("lower case", "/me/todos", "400 any", "400 any", method="get"),
    Row(
        "a method over another",
        "/me/todos/<todo>",
        NOT_FOUND,
        NOT_FOUND,
        headers=("X-HTTP-Method-Override: DELETE",),
    ),
    Row("a method in the query", "/me/todos/<mine>?_method=DELETE", "400 problem", "400 problem"),
]

ROWS = [*OTHERS, *OWNERS, *ROUTES, *IDS, *METHODS]
