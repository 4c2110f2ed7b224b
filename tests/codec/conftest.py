"""The TypeScript half of codec, which stays in one process for all tests that ask it."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.support.node import Node


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    with closing(Node("asked.mjs")) as started:
        yield started
