"""The bench's parts, so that they cannot rot; nothing is measured here."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.load import bars, stub, traffic, units

PAGE = (Path(__file__).parents[2] / "docs/performance.md").read_text()
ID = "01a200a2-97de-7416-b39c-39ea9df1381e"
ITEM = {"pk": {"S": "U#u-2"}, "sk": {"S": f"T#{ID}"}, "dueKey": {"S": f"O#{ID}"}}
TITLED = {**ITEM, "title": {"S": "x"}}
UPDATE = {
    "Key": {"pk": ITEM["pk"], "sk": ITEM["sk"]},
    "UpdateExpression": "SET #title = :title, #dueKey = :dueKey REMOVE #expiresAt",
    "ExpressionAttributeNames": {"#title": "title", "#dueKey": "dueKey", "#expiresAt": "e"},
    "ExpressionAttributeValues": {":title": TITLED["title"], ":dueKey": TITLED["dueKey"]},
}


def asked(answers: stub.Answers, operation: str, body: dict[str, Any]) -> Any:
    found = answers.find(operation.encode(), json.dumps(body).encode())
    return json.loads(found.partition(b"\r\n\r\n")[2])


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("PutItem", {"Item": TITLED}),
        ("UpdateItem", UPDATE),
        ("TransactWriteItems", {"TransactItems": [{"Delete": {}}, {"Put": {"Item": TITLED}}]}),
    ],
)
def test_the_stub_gives_back_what_was_written_as_often_as_the_user_has_it(
    operation: str, body: dict[str, Any]
) -> None:
    answers = stub.Answers()
    query = {"ExpressionAttributeValues": {":pk": {"S": "U#u-100"}}, "IndexName": "byDue"}
    assert asked(answers, "Query", {**query, "Limit": 3})["Items"] == []

    asked(answers, operation, body)
    page, whole = (asked(answers, "Query", {**query, "Limit": limit}) for limit in (3, 200))

    assert asked(answers, "GetItem", {"Key": {}}) == {"Item": TITLED}
    assert len(page["Items"]) == page["Count"] == 3
    assert len(whole["Items"]) == 100
    assert page["LastEvaluatedKey"] == {n: page["Items"][-1][n] for n in ("pk", "sk", "dueKey")}
    assert "LastEvaluatedKey" not in whole
    assert len({item["sk"]["S"] for item in whole["Items"]}) == 100


def test_the_stub_speaks_http() -> None:
    async def exchange() -> bytes:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(stub.Connection, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = b"POST / HTTP/1.1\r\nX-Amz-Target: DynamoDB_20120810.DeleteItem\r\n"
        writer.write(head)
        await writer.drain()
        writer.write(b"Content-Length: 2\r\n\r\n{}")
        answer = await reader.readuntil(b"{}")
        writer.close()
        server.close()
        return answer

    assert asyncio.run(exchange()).startswith(b"HTTP/1.1 200 ")


def test_wrk_is_understood() -> None:
    text = "    99%    1.50s \n  731 requests in 2.01s, 368KB read\nRequests/sec:    364.20\n"

    assert traffic.read(text) == traffic.Result(364.2, 1500, 731)
    with pytest.raises(traffic.TrafficFailed):
        traffic.read(f"{text}  Non-2xx or 3xx responses: 731\n")


def test_a_query_is_charged_by_the_size_of_what_it_read() -> None:
    item = {"name": {"S": "é"}, "n": {"N": "-123.4"}, "l": {"L": [{"BOOL": True}, {"S": "ab"}]}}

    assert units.size({"M": item}) == 3 + (4 + 2) + (1 + 3) + (1 + 3 + 2 + 3)
    assert units.charge([], strong=True) == 1
    assert units.charge([{"a": {"S": "x" * 4095}}] * 2, strong=True) == 2
    assert units.charge([{"a": {"S": "x" * 4096}}], strong=False) == 1


@pytest.mark.parametrize(
    ("value", "verdict"), [(4, "MISSED"), (5, "reached, not the moonshot"), (10, "moonshot")]
)
def test_a_figure_is_judged_by_its_bar(value: float, verdict: str) -> None:
    values = {"list_100": value}

    assert bars.table(values)[1].endswith(f"  {verdict}")
    assert bars.missed(values) == ([bars.BARS["list_100"].name] if verdict == "MISSED" else [])


def test_the_page_has_every_bar_as_it_is() -> None:
    rows = re.findall(r"^\| (.+?) \| ([≥≤]) ([\d.]+) (\S+) \| (?:[≥≤] ([\d.]+) )?", PAGE, re.M)
    documented = {
        name: (sign == "≥", float(must), float(moonshot) if moonshot else None)
        for name, sign, must, _, moonshot in rows
    }

    assert documented == {
        bar.name: (bar.at_least, bar.must, bar.moonshot) for bar in bars.BARS.values()
    }
