"""A relay that loses, repeats, replays, delays and reorders steps: it can end a session, and nothing else."""

from hypothesis import given, settings
from hypothesis import strategies as st

from codec.session.handshake import Handshake
from codec.wire.roles import Role
from tests.hostile.middle import AppletEnd, ConsoleEnd, fresh

deeds = st.lists(
    st.tuples(st.sampled_from(["deliver", "lose", "repeat", "replay", "resend", "hold"]), st.integers(0, 50)),
    max_size=40,
)


def carry(console: ConsoleEnd, applet: AppletEnd, deeds: list[tuple[str, int]]) -> None:
    """Carry steps between the two ends as `deeds` say, then everything in order and as often as honest ends resend."""
    commit = console.open()
    assert commit is not None
    applet.enter()
    waiting: list[tuple[ConsoleEnd | AppletEnd, bytes]] = [(applet, commit)]
    seen = list(waiting)

    def deliver(to: ConsoleEnd | AppletEnd, step: bytes) -> None:
        said = to.receive(step)
        if said is not None:
            waiting.append((applet if to is console else console, said))
            seen.append(waiting[-1])

    for deed, number in deeds:
        if deed == "replay":
            deliver(*seen[number % len(seen)])
        elif deed == "resend" and console.handshake is not None and (last := console.handshake.resend()) is not None:
            waiting.append((applet, last))
        elif waiting and deed in ("deliver", "repeat", "lose"):
            chosen = waiting[number % len(waiting)]
            if deed != "repeat":
                waiting.remove(chosen)
            if deed != "lose":
                deliver(*chosen)
    for _ in range(4):
        if console.handshake is not None and (last := console.handshake.resend()) is not None:
            waiting.append((applet, last))
        while waiting:
            deliver(*waiting.pop(0))


@settings(max_examples=300, deadline=None)
@given(deeds=deeds, secret=st.sampled_from([None, None, None, "8523"]))
def test_f2_f3_however_steps_travel_both_agree_on_one_key_in_one_attempt(
    deeds: list[tuple[str, int]], secret: str | None
) -> None:
    console, applet = ConsoleEnd(secret), AppletEnd(secret)
    carry(console, applet, deeds)
    assert console.agreement is not None
    assert console.agreement == applet.agreement
    assert applet.responder is not None
    assert applet.responder.attempt == 1
    assert console.signs == applet.signs == []
    if secret is not None:
        assert console.secret_attempts.left(12) == 3


@settings(max_examples=100, deadline=None)
@given(deeds=deeds)
def test_steps_of_another_session_agree_on_nothing(deeds: list[tuple[str, int]]) -> None:
    """Replayed steps of an earlier session end this one or are passed over; no end agrees with the past."""
    old = Handshake(Role.CONSOLE, "6", None, fresh())
    old_applet = Handshake(Role.APPLET, "6", None, fresh())
    commit = old.start()
    share = old_applet.receive(commit)
    assert share is not None
    reveal = old.receive(share)
    assert reveal is not None
    confirm = old_applet.receive(reveal)
    assert confirm is not None
    console, applet = ConsoleEnd(None), AppletEnd(None)
    console.open("7")
    applet.enter("7")
    for _deed, number in deeds:
        [lambda: applet.receive(commit), lambda: console.receive(share)][number % 2]()
        [lambda: applet.receive(reveal), lambda: console.receive(confirm)][number % 2]()
    assert console.agreement is None
    assert applet.agreement is None
