"""A relay whose clock differs from that of the computer that the console runs on."""

from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from codec.wire.signals import Desk
from relay.signalling import console_socket
from tests.support.relays import running_relay
from tests.support.technicians import technician

AHEAD = timedelta(hours=2)


class Ahead(datetime):
    """The clock of a computer that is two hours ahead of ours."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """Return its time."""
        return datetime.now(tz) + AHEAD


@pytest.mark.finding("field-22")
async def test_the_page_is_told_what_time_it_is_at_the_relay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_socket, "datetime", Ahead)
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        desk = await anna.hear(Desk)
        assert desk.now is not None
        assert abs(desk.now - datetime.now(UTC) - AHEAD) < timedelta(seconds=10)
