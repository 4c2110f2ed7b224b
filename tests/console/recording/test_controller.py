"""What recording holds back in an open session: questions and what takes them back, never a key or a picture's tick."""

from pathlib import Path

import pytest

from codec.wire.access import Access
from codec.wire.api_types import RecordingRules
from codec.wire.messages import FROM_CONSOLE, Ask, Release, SessionMessage, Withdraw
from codec.wire.signals import BeginRecording, Stamp
from console.page.messages import Event
from console.recording.controller import RecordingController
from console.recording.recordings import Recordings
from tests.codec.wire.test_messages import EXAMPLES

MAY_BE_HELD_BACK = (Ask, Release, Withdraw)


class Session:
    """An open session that remembers what was sent."""

    def __init__(self) -> None:
        self.sent: list[SessionMessage] = []

    def send(self, message: SessionMessage) -> None:
        """See RecordedSession."""
        self.sent.append(message)

    pass_on = send

    def tell_pages(self, message: SessionMessage) -> None:
        """See RecordedSession."""

    def note(self, event: Event, detail: str = "") -> None:
        """See RecordedSession."""

    def recording_changed(self) -> None:
        """See RecordedSession."""

    def ask_relay(self, signal: BeginRecording | Stamp) -> None:
        """See RecordedSession."""

    def customer(self) -> str:
        """See RecordedSession."""
        return "Hélène"

    def so_far(self) -> list[SessionMessage]:
        """See RecordedSession."""
        return []


@pytest.mark.parametrize("forced", [False, True])
async def test_only_what_a_group_has_rules_for_is_held_back(tmp_path: Path, forced: bool) -> None:
    session = Session()
    recordings = Recordings(tmp_path, rules=RecordingRules(forced=forced))
    controller = RecordingController(7, recordings, session)
    for message in EXAMPLES.values():
        if isinstance(message, FROM_CONSOLE) and not isinstance(message, MAY_BE_HELD_BACK):
            assert not controller.holds_back(message), message
    assert session.sent == []
    controller.end("technician")


async def test_who_must_be_recorded_cannot_give_the_recording_back(tmp_path: Path) -> None:
    session = Session()
    for forced in (False, True):
        controller = RecordingController(7, Recordings(tmp_path, rules=RecordingRules(forced=forced)), session)
        assert controller.holds_back(Release(Access.RECORD)) is forced
        assert not controller.holds_back(Release(Access.CONTROL))
    assert session.sent == []
