"""Clients of the emulated account, by the public API, as its root user."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import boto3
from botocore.config import Config

from local.settings import REGION

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

# The emulator's root user; there is no other account that these could open.
ROOT_KEY = "test"
ROOT_SECRET = "test"  # noqa: S105  public, and good for nothing but the emulator

CONFIG = Config(
    connect_timeout=2,
    read_timeout=60,
    retries={"total_max_attempts": 3, "mode": "standard"},
    s3={"addressing_style": "path"},
    signature_version="v4",
)


def session() -> boto3.Session:
    """A session that reads nothing of the person's own AWS configuration."""
    return boto3.Session(
        aws_access_key_id=ROOT_KEY, aws_secret_access_key=ROOT_SECRET, region_name=REGION
    )


async def call(
    function: Callable[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Answer:
    """Run a blocking AWS call in a thread: the event loop must stay free to forward it."""
    return await asyncio.to_thread(function, *args, **kwargs)
