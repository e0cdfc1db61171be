"""The original, as a behaviour: what its author's to-do service does with each request.

Flask's development server; a list is the whole index query of everything by `userID`; every item
is converted by itself, through JSON twice; the whole answer is logged. No token is checked.

Usage: app.py PORT, with AWS's variables set
"""

from __future__ import annotations

import json
import logging
import sys
import uuid
from typing import Any

import boto3
from flask import Flask, Response, jsonify, request

TABLE = "todos"
logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)
client: Any = boto3.client("dynamodb")
app = Flask(__name__)


def converted(item: dict[str, Any]) -> dict[str, Any]:
    todo = {name: next(iter(value.values())) for name, value in item.items()}
    again: dict[str, Any] = json.loads(json.dumps(todo))
    return again


def logged(content: dict[str, Any]) -> Response:
    text = json.dumps(content)
    logger.info("answer: %s", text)
    response: Response = jsonify(json.loads(text))
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@app.get("/<user_id>/todos")
def list_todos(user_id: str) -> Response:
    answer = client.query(
        TableName=TABLE,
        IndexName="userID-index",
        KeyConditionExpression="userID = :user",
        ExpressionAttributeValues={":user": {"S": user_id}},
    )
    return logged({"todos": [converted(item) for item in answer["Items"]]})


@app.get("/<user_id>/todos/<todo_id>")
def get_todo(user_id: str, todo_id: str) -> Response:
    logger.info("todo %s of %s", todo_id, user_id)
    answer = client.get_item(TableName=TABLE, Key={"todoID": {"S": todo_id}})
    return logged(converted(answer["Item"]))


@app.post("/<user_id>/todos")
def add_todo(user_id: str) -> Response:
    fields = json.loads(request.data)
    item = {name: {"S": str(value)} for name, value in fields.items()}
    item |= {"todoID": {"S": str(uuid.uuid4())}, "userID": {"S": user_id}}
    client.put_item(TableName=TABLE, Item=item)
    return logged(converted(item))


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]))
