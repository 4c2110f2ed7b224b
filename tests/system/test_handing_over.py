"""A customer with the help program and a link's secret: put on hold, handed over to a colleague, and given back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from codec.wire.access import Access
from codec.wire.api_types import Method, NewTransfer, SessionState, TargetKind
from codec.wire.messages import Answered, Ask, Granted, pack
from codec.wire.signals import SessionChanged
from console.page import messages as said
from console.page.messages import Change, Event
from tests.support.applets import headless_applet
from tests.support.channels import address_of, make_desk
from tests.support.relays import RunningRelay, running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.xvfb import VirtualDisplay, virtual_display


@dataclass
class Desk:
    """Anna has a customer who came by her link, sees their screen and controls it. Bob is there."""

    relay: RunningRelay
    anna: Technician
    bob: Technician
    number: int
    bobs_id: int

    async def hands_over(self) -> None:
        """Anna hands the session over to Bob, and the page says what it is then."""
        to = NewTransfer(kind=TargetKind.TECHNICIAN, target=self.bobs_id, comment="After lunch")
        await self.anna.request(lambda number: said.HandOverTo(number, self.number, to))
        await in_state(self.bob, SessionState.TRANSFERRING)

    async def change(self, who: Technician, change: Change) -> None:
        """Have a technician do this with the session."""
        await who.request(lambda number: said.ChangeSession(number, self.number, change))


async def in_state(who: Technician, state: SessionState) -> None:
    """Wait until a page hears that the session is so."""
    await who.hear(SessionChanged, lambda changed: changed.session.state is state)


async def noted(who: Technician, event: Event) -> str:
    """Wait for a line of the session's log; return its detail."""
    line = await who.hear(said.ChatLine, lambda line: line.event is event)
    return line.detail or ""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Run all of it."""
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, _desk(relay, display) as made:
            yield made


@asynccontextmanager
async def _desk(relay: RunningRelay, display: VirtualDisplay) -> AsyncIterator[Desk]:
    _group, bob = await make_desk(relay, "Bob")
    async with technician(relay.url) as anna, technician(relay.url, "console-of-bob", address_of("Bob")) as bobs:
        link = await spoken_code(anna, Method.LINK)
        with headless_applet(display, relay.url, link, "control"):
            session = await picked_up(anna)
            await anna.watch()
            await anna.may(Access.CONTROL)
            yield Desk(relay, anna, bobs, session.id, bob.id)


@pytest.mark.req("SESS-168", "SESS-169", "PERM-15")
async def test_a_colleague_goes_on_by_words_with_nothing_allowed(desk: Desk) -> None:
    await desk.hands_over()
    await desk.anna.until(lambda each: isinstance(each, Granted) and not each.access)
    await desk.bob.open(desk.number)
    assert await noted(desk.anna, Event.TRANSFERRED) == "Bob"
    connected = await desk.bob.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
    assert connected.check is said.Check.WORDS, "Bob has no secret: the two compare words"
    assert desk.bob.granted == frozenset()
    await desk.bob.watch()


async def test_it_comes_back_with_its_key_and_can_go_on(desk: Desk) -> None:
    await desk.hands_over()
    await desk.change(desk.bob, Change.DECLINE)
    assert await noted(desk.anna, Event.TRANSFER_DECLINED) == "Bob"
    await desk.anna.may(Access.VIEW)


@pytest.mark.req("SESS-172", "SESS-174")
async def test_on_hold_nothing_is_allowed_until_it_goes_on(desk: Desk) -> None:
    await desk.change(desk.anna, Change.HOLD)
    await desk.anna.until(lambda each: isinstance(each, Granted) and not each.access)
    await noted(desk.anna, Event.HELD)
    await desk.change(desk.anna, Change.RESUME)
    await noted(desk.anna, Event.RESUMED)
    await desk.anna.may(Access.VIEW)


@pytest.mark.req("SESS-168")
async def test_the_customers_end_lets_go_by_itself_and_refuses_what_is_asked_meanwhile(desk: Desk) -> None:
    """Whatever the technician's console does or does not give back: here it is not asked at all."""
    status, _ = await desk.relay.call("POST", f"/sessions/{desk.number}/hold")
    assert status == 200
    await desk.anna.until(lambda each: isinstance(each, Granted) and not each.access)
    desk.anna.send_raw(pack(Ask(4_711, Access.VIEW)))
    answered = await desk.anna.hear(Answered, lambda answered: answered.number == 4_711)
    assert not answered.allowed
