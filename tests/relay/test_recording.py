"""What a relay says about recordings: the rules of a group, and the time at which it saw one."""

import base64
import time

import pytest

from codec.desk import RecordingRules
from codec.heads import Head, is_signed
from codec.signals import Stamp, Stamped
from relay.organization.permissions import CONSENT_REQUIRED, Grant
from relay.pairing.recording import rules_of
from tests.support.relays import RunningRelay


@pytest.mark.req("PERM-12a", "REC-01", "REC-05", "REC-09")
@pytest.mark.parametrize(
    ("values", "record", "rules"),
    [
        ({}, None, RecordingRules()),
        ({}, Grant(True, CONSENT_REQUIRED), RecordingRules(consent=True)),
        ({}, Grant(True), RecordingRules(consent=False)),
        ({"recording.forced": True}, Grant(False), RecordingRules(forced=True, consent=True)),
        (
            {"recording.forced": True, "recording.control_without": True, "recording.format": "mp4"},
            Grant(True),
            RecordingRules(forced=True, consent=False, go_on_without=True, format="h264"),
        ),
        ({"recording.forced": "yes", "recording.format": 7}, Grant(True, CONSENT_REQUIRED), RecordingRules()),
    ],
)
def test_rules_follow_from_settings_and_permission(
    values: dict[str, object], record: Grant | None, rules: RecordingRules
) -> None:
    assert rules_of(values, record) == rules


async def test_the_relay_signs_the_heads_of_recordings_with_its_time(relay: RunningRelay) -> None:
    async with relay.console() as console:
        key = base64.b64decode(console.desk.stamp_key)
        head = Head(7, bytes(range(32)))
        await console.say(Stamp(3, head.number, head.digest))
        stamped = await console.hear_a(Stamped)
        assert (stamped.session, stamped.number, stamped.digest) == (3, head.number, head.digest)
        assert abs(stamped.at / 1000 - time.time()) < 10
        assert is_signed(head.to_stamp(stamped.at), stamped.signature, key)
        assert not is_signed(head.to_stamp(stamped.at + 1), stamped.signature, key)
