"""The relay's own wire: the same text for ever, and a name for everything else."""

import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.wire import signals
from codec.wire.api_types import Code, CodeState, IceServer, Method, SessionState

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def test_golden_text() -> None:
    assert signals.write(signals.Enter(1, pin="482133")) == '{"type":"enter","version":1,"pin":"482133"}'
    assert signals.write(signals.State(SessionState.ACTIVE, True)) == (
        '{"type":"state","state":"active","technician_present":true}'
    )
    assert signals.write(signals.Missed(signals.Refusal.EXPIRED, AT, 3)) == (
        '{"type":"missed","reason":"expired","at":"2026-11-24T09:30:00Z","code":3}'
    )
    assert (signals.write(signals.Ping()), signals.write(signals.Pong())) == ('{"type":"ping"}', '{"type":"pong"}')


def test_each_direction_reads_what_the_other_writes() -> None:
    applet = signals.Enter(1, link="abc", computer="PC", system="Linux")
    assert signals.read_from_applet(signals.write(applet)) == applet
    entered = signals.Entered(7, SessionState.WAITING, "Anna", "Northwind IT", "t" * 30)
    assert signals.read_to_applet(signals.write(entered)) == entered
    tunnel = signals.SessionTunnel(7, "t" * 30, [IceServer(urls=["stun:relay:3478"])])
    assert signals.read_to_console(signals.write(tunnel)) == tunnel
    code = Code(id=1, method=Method.PIN, state=CodeState.ISSUED, name="Hélène", made_at=AT, expires_at=AT, pin="482133")
    assert signals.read_to_console(signals.write(signals.CodeChanged(code))) == signals.CodeChanged(code)
    please = signals.TunnelPlease(7)
    assert signals.read_from_console(signals.write(please)) == please


def test_one_side_does_not_take_the_other_sides_words() -> None:
    with pytest.raises(signals.BadSignalError):
        signals.read_from_applet(signals.write(signals.TunnelPlease(7)))


@pytest.mark.parametrize("pin", ["48213", "4821333", "48213x", "４８２１３３", "482133\n"])
def test_only_six_digits_are_a_pin(pin: str) -> None:
    with pytest.raises(signals.BadSignalError):
        signals.read_from_applet(signals.write(signals.Enter(1, pin=pin)))


@given(text=st.text(max_size=200))
def test_garbage_has_a_name(text: str) -> None:
    for read in (signals.read_from_applet, signals.read_from_console, signals.read_to_applet, signals.read_to_console):
        with pytest.raises(signals.BadSignalError):
            read(text)


@pytest.mark.parametrize("number", [-1, 1 << 64, 10**400])
def test_a_relay_says_no_number_that_has_no_place_in_what_is_signed(number: int) -> None:
    """It ended the console's line to the relay, with all sessions of its technician."""
    stamped = signals.Stamped(7, b"r" * 16, 0, b"d" * 32, number, b"s")
    begun = signals.RecordingBegun(7, b"r" * 16, 1, b"k" * 32, number, b"s")
    by = signals.RecordingBegun(7, b"r" * 16, number, b"k" * 32, 1, b"s")
    for said in (stamped, begun, by):
        with pytest.raises(signals.BadSignalError):
            signals.read_to_console(json.dumps(msgspec.to_builtins(said) | {"at": said.at, "technician": number}))
    assert signals.read_to_console(signals.write(signals.Stamped(7, b"r" * 16, 0, b"d" * 32, 1, b"s")))
