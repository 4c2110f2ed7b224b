"""Lens sessions: a customer's camera, one at a time."""

import asyncio
from pathlib import Path

import pytest

from codec.wire.api_types import Code, Method, NewCode, SessionState, SignIn
from codec.wire.customer_kinds import CustomerKind
from codec.wire.permits import Function
from codec.wire.permits import read as read_permit
from codec.wire.session_types import SessionType
from codec.wire.signals import Enter
from tests.support.relays import CONSOLE, PASSWORD, running_relay
from tests.support.staff import BOB, make_technician

LENS = SessionType.LENS


def phone(code: Code) -> Enter:
    """A customer who could also be a browser of a computer: they could show their screen too."""
    means = ["view", "camera", "chat"]
    return Enter(1, computer="Pixel", system="Android", pin=code.pin, kind=CustomerKind.PAGE, means=means)


@pytest.mark.req("LENS-03", "LENS-04", "LENS-05", "LENS-08")
@pytest.mark.parametrize("method", [Method.PIN, Method.LINK])
async def test_who_may_not_see_cameras_makes_no_lens_session(tmp_path: Path, method: Method) -> None:
    async with running_relay(tmp_path) as relay:
        assert (await relay.make_code(method, session_type=LENS)).session_type is LENS
        await make_technician(relay.settings, ["lens"])
        _, signed_in = await relay.call("POST", "/sign-in", SignIn(email=BOB, password=PASSWORD, console="bob"))
        bob = signed_in["token"]
        status, body = await relay.call("POST", "/codes", NewCode(method=method, session_type=LENS), bob)
        assert (status, body["problem"]) == (403, "not_permitted")
        status, _ = await relay.call("POST", "/codes", NewCode(method=method), bob)
        assert status == 201


@pytest.mark.req("LENS-07")
async def test_of_a_lens_session_the_camera_the_chat_and_their_recording_are_permitted(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, relay.console():
        code = await relay.make_code(session_type=LENS)
        async with relay.applet(phone(code)) as applet:
            entered = await relay.enter(applet)
            assert entered.permit is not None
            functions = set(read_permit(entered.permit, entered.relay_key, entered.session).functions)
            assert {Function.LENS, Function.CHAT, Function.RECORD} <= functions
            assert not {Function.DESKTOP_VIEW, Function.REMOTE_CONTROL, Function.CLIPBOARD} & functions
            session = await relay.pick_up(entered.session, CONSOLE)
            assert session.session_type is LENS
            _, body = await relay.call("POST", f"/sessions/{session.id}/open-up")
            assert body["session_type"] == LENS, "only a chat is opened up"


@pytest.mark.req("LENS-10", "LENS-11", "TECH-02")
async def test_a_technician_has_one_active_lens_session_and_others_beside_it(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, relay.console():
        first, second = [await relay.make_code(session_type=LENS) for _ in range(2)]
        other = await relay.make_code()
        async with (
            relay.applet(phone(first)) as one,
            relay.applet(phone(second)) as two,
            relay.applet(phone(other)) as three,
        ):
            numbers = [(await relay.enter(each)).session for each in (one, two, three)]
            calls = [relay.call("POST", f"/sessions/{number}/pick-up", {"console": CONSOLE}) for number in numbers]
            answers = await asyncio.gather(*calls)
            assert sorted(status for status, _ in answers[:2]) == [200, 409]
            assert answers[2][0] == 200, "it is no Lens session"
            (refused,) = [body for status, body in answers if status == 409]
            assert refused["problem"] == "one_lens"
            waits = numbers[0] if answers[0][0] == 409 else numbers[1]
            _, sessions = await relay.call("GET", "/sessions")
            assert {each["id"]: each["state"] for each in sessions}[waits] == SessionState.WAITING
            (active,) = set(numbers[:2]) - {waits}
            assert (await relay.pick_up(active, CONSOLE)).state is SessionState.ACTIVE, "it is theirs already"
            await relay.call("POST", f"/sessions/{active}/end")
            assert (await relay.pick_up(waits, CONSOLE)).state is SessionState.ACTIVE
