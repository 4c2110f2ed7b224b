"""load-1.3: while Qt takes a window apart, no other thread looks at its half destroyed objects."""

from pathlib import Path

import pytest

from tests.support.relays import running_relay
from tests.support.short_sessions import quick_customer, short_session
from tests.support.technicians import technician
from tests.support.xvfb import virtual_display

SESSIONS = 5


@pytest.mark.finding("load-1.3")
async def test_only_the_windows_thread_collects_garbage(tmp_path: Path) -> None:
    """Sessions in a row, each with a yes. `tests.perf soak` runs hundreds, and minutes of one."""
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            with quick_customer(display, relay.url, tmp_path) as customer:
                for _ in range(SESSIONS):
                    await short_session(anna, customer)
                customer.terminate()
                assert customer.wait(20) == 0
    collected = [line.split()[0] for line in (tmp_path / "collections").read_text().splitlines()]
    assert set(collected) == {"MainThread"}
    assert len(collected) >= SESSIONS
