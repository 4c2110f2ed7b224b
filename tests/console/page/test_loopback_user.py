"""F15: which user is at the other end of a connection within this computer."""

import os
import socket
import sys
from pathlib import Path

import pytest

from console.page.loopback_user import owner, peer_is

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
LINE = "   0: {0} {1} 01 00000000:00000000 00:00000000 00000000  {2}        0 {3} 1 0000000000000000 20 4 30 10 -1"
OURS, THEIRS = ("127.0.0.1", 8090), ("127.0.0.1", 51_000)
little = pytest.mark.skipif(sys.byteorder != "little", reason="the lines here are those of such a computer")


@little
@pytest.mark.parametrize("before", ["", "0000000000000000FFFF0000"])
def test_the_line_of_the_other_end_says_it(before: str) -> None:
    there, here = f"{before}0100007F:C738", f"{before}0100007F:1F9A"
    lines = [HEAD, LINE.format(here, there, 1000, 5), LINE.format(there, here, 1001, 6)]
    assert owner(lines, THEIRS, OURS) == 1001
    assert owner(lines, OURS, THEIRS) == 1000
    assert owner(lines, THEIRS, ("127.0.0.1", 8091)) is None


@little
def test_a_socket_that_nobody_holds_says_nothing() -> None:
    assert owner([LINE.format("0100007F:C738", "0100007F:1F9A", 0, 0)], THEIRS, OURS) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these tables")
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_a_real_connection_is_ours(family: socket.AddressFamily) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(family) as client:
        try:
            client.connect((("::ffff:" if family == socket.AF_INET6 else "") + "127.0.0.1", server.getsockname()[1]))
        except OSError:
            pytest.skip("this computer has no IPv6")
        accepted, theirs = server.accept()
        with accepted:
            ours = accepted.getsockname()
            assert peer_is(os.getuid(), ours, theirs)
            assert not peer_is(os.getuid() + 1, ours, theirs)
            assert not peer_is(os.getuid(), ours, ("127.0.0.1", 1)), "who is not found is nobody"


def test_without_tables_nobody_can_tell(tmp_path: Path) -> None:
    assert peer_is(os.getuid() + 1, OURS, THEIRS, [tmp_path / "missing"])
