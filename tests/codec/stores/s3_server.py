"""moto's S3, which checks signatures and rights, behind a line that counts and can be cut."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
from moto import settings as moto_settings
from moto.server import ThreadedMotoServer

from codec.stores.locations import read_location
from codec.stores.s3 import PART
from tests.codec.stores.grounds import BrokenError, Ground

logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
_RIGHTS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
_READ_ONLY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}],
}


@dataclass(frozen=True)
class S3Server:
    """A running server, and a user who may do everything in it, and one who may only read."""

    port: int
    key: tuple[str, str]
    reader: tuple[str, str]
    admin: Any

    def content(self, bucket: str, key: str) -> bytes | None:
        """Return an object."""
        try:
            return bytes(self.admin.get_object(Bucket=bucket, Key=key)["Body"].read())
        except self.admin.exceptions.NoSuchKey:
            return None


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Run the server on a thread. What it stores outlives it, so it is told to forget that first."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    once: dict[str, Any] = {
        "endpoint_url": f"http://127.0.0.1:{port}",
        "region_name": "eu-west-1",
        "aws_access_key_id": "set-up",
        "aws_secret_access_key": "set-up",
    }
    urlopen(Request(f"{once['endpoint_url']}/moto-api/reset", method="POST")).close()
    iam = boto3.client("iam", **once)

    def user(name: str, rights: dict[str, Any]) -> tuple[str, str]:
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="rights", PolicyDocument=json.dumps(rights))
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return made["AccessKeyId"], made["SecretAccessKey"]

    key, reader = user("anna", _RIGHTS), user("bert", _READ_ONLY)
    admin = boto3.client("s3", **(once | {"aws_access_key_id": key[0], "aws_secret_access_key": key[1]}))
    before = moto_settings.INITIAL_NO_AUTH_ACTION_COUNT
    moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    try:
        yield S3Server(port, key, reader, admin)
    finally:
        moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = before
        server.stop()
        iam.close()
        admin.close()


@asynccontextmanager
async def s3_ground(folder: Path, server: S3Server) -> AsyncIterator[Ground]:
    """Make a bucket, and a line to the server."""
    bucket = f"calls-{abs(hash(folder)):x}"
    server.admin.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    ground = Ground(folder, size=2 * PART + (3 << 20), slack=PART + (64 << 10))
    ground.whole = lambda stored: server.content(bucket, f"a b/{stored}")
    lines: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", server.port)
        answers = asyncio.create_task(_copy(there, writer))
        try:
            while data := await reader.read(64 << 10):
                ground.take(data)
                back.write(data)
                await back.drain()
        except (BrokenError, ConnectionError):
            writer.transport.abort()
        finally:
            back.transport.abort()
            answers.cancel()
            writer.transport.abort()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(carry(reader, writer))
        lines.add(task)

    line = await asyncio.start_server(begin, "127.0.0.1", 0)
    port = line.sockets[0].getsockname()[1]
    ground.location = read_location(f"s3://127.0.0.1:{port}/{bucket}/a%20b?region=eu-west-1&http=1", *server.key)
    try:
        yield ground
    finally:
        line.close()
        for task in lines:
            task.cancel()
        await asyncio.gather(*lines, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(64 << 10):
            writer.write(data)
            await writer.drain()
    writer.close()
