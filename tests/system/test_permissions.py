"""What the organisation does not permit is refused by the relay and by the applet, whatever a console says."""

from pathlib import Path

import pytest

from codec.wire.access import Access
from codec.wire.api_types import Method
from codec.wire.messages import Answered, Ask, Chat, ChatState, SwitchChat, pack
from console.page import messages as said
from tests.support.applets import headless_applet
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.staff import BOB, make_technician
from tests.support.technicians import technician
from tests.support.waiting import written
from tests.support.xvfb import virtual_display


@pytest.mark.req("PERM-03", "PERM-18", "PERM-40", "PERM-43", "CLIP-01", "CONS-25", "CONS-41", "CONS-42")
async def test_the_applet_refuses_what_the_technician_was_never_allowed(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        await make_technician(relay.settings, ["remote_control", "clipboard_sync", "chat_toggle"])
        async with technician(relay.url, email=BOB) as bob:
            desk = await bob.until(lambda each: type(each).__name__ == "Desk")
            assert "desktop_view" in desk.functions
            assert "remote_control" not in desk.functions
            code = await spoken_code(bob)
            heard = tmp_path / "heard"
            with virtual_display() as display, headless_applet(display, relay.url, code, "control", heard):
                await picked_up(bob)
                bob.send(Ask(900, Access.CONTROL))
                answered = await bob.hear(Answered, lambda each: each.number == 900)
                assert (answered.allowed, answered.permitted) == (False, False)
                assert await bob.until(lambda each: getattr(each, "event", None) is said.Event.NOT_PERMITTED)
                await bob.watch()
                assert bob.granted == {Access.VIEW}
                bob.send(Ask(901, Access.CLIPBOARD))
                answered = await bob.hear(Answered, lambda each: each.number == 901)
                assert not answered.permitted
                bob.send(SwitchChat(False))  # may not: the chat stays on
                assert (await bob.hear(ChatState)).on
                bob.say(said.Say(bob.session, "still here"))
                await written(heard, "still here")


@pytest.mark.req("PERM-02", "PERM-57", "EDGE-29", "CONS-44")
async def test_a_chat_that_is_off_carries_nothing_until_the_technician_turns_it_on(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        await make_technician(relay.settings, ["chat"])
        async with technician(relay.url, email=BOB) as bob:
            code = await spoken_code(bob)
            heard = tmp_path / "heard"
            with virtual_display() as display, headless_applet(display, relay.url, code, "control", heard):
                await picked_up(bob)
                assert not (await bob.hear(ChatState)).on
                bob.send_raw(pack(Chat(1, "into the void", 0)))
                bob.send(SwitchChat(True))
                assert (await bob.hear(ChatState)).on
                bob.say(said.Say(bob.session, "now you hear me"))
                await written(heard, "now you hear me")
                assert "into the void" not in heard.read_text()


@pytest.mark.req("PERM-13", "SESS-37")
async def test_without_private_sessions_the_relay_makes_no_pin(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        await make_technician(relay.settings, ["private_sessions"])
        async with technician(relay.url, email=BOB) as bob:
            bob.say(said.MakeCode(77, Method.PIN))
            failed = await bob.hear(said.Failed)
            assert (failed.request, failed.problem) == (77, "not_permitted")
            assert "Start private sessions" in failed.message
