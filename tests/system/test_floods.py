"""Strangers against a relay process with few file descriptors: it serves, and its log stays small (F9)."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import aiohttp
import psutil
import pytest

from tests.support.relay_process import RelayProcess

ANSWER = aiohttp.ClientTimeout(total=10)
"""Without limits there was no answer for minutes; a burst of whole requests is worked off in a moment."""
POST = b"POST /admin/people/preview HTTP/1.1\r\nHost: here\r\nContent-Length: 4000000\r\n\r\n" + b"a" * 300_000
FORM = (
    b"POST /sign-in HTTP/1.1\r\nHost: here\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 16000\r\n\r\n" + b"a" * 12_000
)


@contextmanager
def strangers(relay: RelayProcess, count: int, say: bytes, addresses: int) -> Iterator[None]:
    """Open so many connections from so many addresses, say something on each, and read nothing."""
    with ExitStack() as stack:
        for number in range(count):
            each = stack.enter_context(socket.socket())
            each.bind((f"127.0.1.{1 + number % addresses}", 0))
            each.settimeout(5)
            each.connect(relay.settings.address)
            each.setblocking(False)
            try:
                each.send(say)
            except OSError:
                pass  # it has been ended already
        yield


@pytest.mark.finding("load-1.7")
@pytest.mark.parametrize("files", [256, 1_024])
async def test_no_number_of_strangers_stops_a_relay(tmp_path: Path, files: int) -> None:
    """F9: silent ones, heads and bodies without end, pipelines; from one address and from many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4_096, hard), hard))
    relay = RelayProcess(tmp_path, files=files)
    try:
        await relay.start()
        before = psutil.Process(relay.pid).memory_info().rss
        pipeline = b"GET /health HTTP/1.1\r\nHost: here\r\n\r\n" * 200
        for say in (b"", b"GET / HTTP/1.1\r\nX: ", b"\x16\x03\x01", POST, FORM, pipeline):
            for addresses in (1, 200):
                with strangers(relay, files + 50, say, addresses):
                    async with (
                        aiohttp.ClientSession() as http,
                        http.get(f"{relay.url}/health", timeout=ANSWER) as answer,
                    ):
                        assert answer.status == 200, (say[:20], addresses)
        assert psutil.Process(relay.pid).num_fds() < files
        assert psutil.Process(relay.pid).memory_info().rss - before < 150 * 1_000_000
        written = relay.log.read_text()
        assert len(written) < 20_000
        assert "Traceback" not in written
    finally:
        relay.end()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
