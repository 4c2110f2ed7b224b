from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.support.node import JOIN_SCRIPTS, Node, join_environment


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """What of the page needs no browser."""
    with closing(Node(JOIN_SCRIPTS / "asked.mjs", join_environment())) as started:
        yield started
