"""What the tests of places share."""

from collections.abc import Iterator

import pytest

from tests.codec.stores.s3_server import S3Server, s3_server


@pytest.fixture(scope="package")
def s3() -> Iterator[S3Server]:
    """Run one server for all: moto keeps its state in the process."""
    with s3_server() as server:
        yield server
