"""The original, as a behaviour: what its author's to-do service does with each request.

Flask's development server in debug mode, so a second process watches the files; clients of DynamoDB
and of S3. A list is the whole index query of everything by `userID`; every item is converted by
itself, all of them go through JSON and back, are sorted three times and copied once more. What is
found and what is answered go to the log, whole. No token is checked.

Usage: app.py PORT, with AWS's variables set
"""

from __future__ import annotations

import json
import logging
import sys
import uuid
from typing import Any

import boto3
from flask import Flask, Response, request

TABLE = "todos"
logger = logging.getLogger()
logger.setLevel(logging.INFO)
client: Any = boto3.client("dynamodb")
bucket: Any = boto3.resource("s3").Bucket("files")
app = Flask(__name__)


def converted(item: dict[str, Any]) -> dict[str, Any]:
    return {name: next(iter(value.values())) for name, value in item.items()}


def answered(text: str) -> Response:
    response = Response(text, mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Headers"] = "Content-Type,Authorization"
    return response


@app.get("/<user_id>/todos")
def list_todos(user_id: str) -> Response:
    answer = client.query(
        TableName=TABLE,
        IndexName="userID-index",
        KeyConditionExpression="userID = :user",
        ExpressionAttributeValues={":user": {"S": user_id}},
    )
    logger.info(answer["Items"])
    todos = json.loads(json.dumps([converted(item) for item in answer["Items"]]))
    for key in ("createdAt", "dueDate", "completed"):
        todos.sort(key=lambda todo: str(todo.get(key)))
    again = {"todos": [dict(todo) for todo in todos]}
    for _ in range(2):
        logger.info(again)
    return answered(json.dumps(again))


@app.get("/<user_id>/todos/<todo_id>")
def get_todo(user_id: str, todo_id: str) -> Response:
    logger.info("todo %s of %s", todo_id, user_id)
    answer = client.get_item(TableName=TABLE, Key={"todoID": {"S": todo_id}})
    text = json.dumps(converted(answer["Item"]))
    logger.info(text)
    return answered(text)


@app.post("/<user_id>/todos")
def add_todo(user_id: str) -> Response:
    item = {name: {"S": str(value)} for name, value in request.json.items()}
    item |= {"todoID": {"S": str(uuid.uuid4())}, "userID": {"S": user_id}}
    logger.info(client.put_item(TableName=TABLE, Item=item))
    return answered(json.dumps({"status": "success"}))


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]), debug=True)  # noqa: S201 - as the original
