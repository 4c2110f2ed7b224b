"""A technician whose console says whether they are at it, against a real relay."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from codec.wire.access import Access
from codec.wire.api_types import SessionState
from codec.wire.messages import Release
from codec.wire.signals import State, Technicians
from codec.wire.technician_status import TechnicianStatus
from console.page import messages as said
from console.page.open_pages import Page
from console.session import attendance
from relay.organization.units import Unit
from tests.support.applets import headless_applet
from tests.support.channels import address_of, assign, make_desk, through
from tests.support.relays import RunningRelay, running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.waiting import eventually
from tests.support.xvfb import virtual_display

AVAILABLE, BUSY, AWAY = TechnicianStatus


@pytest.fixture
async def relay(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    """Run a relay."""
    async with running_relay(tmp_path) as running:
        yield running


async def choose(relay: RunningRelay, group: Unit, **values: int) -> None:
    """Have a group choose something of its consoles."""
    chosen = {f"console.{key}": value for key, value in values.items()}
    status, answer = await relay.call("PATCH", f"/settings/technician_group/{group.id}", {"values": chosen})
    assert status == 200, answer


async def until_shown(someone: Technician, status: TechnicianStatus) -> Technicians:
    """Return what the page hears once its technician, who is alone there, is so."""
    return await someone.hear(Technicians, lambda each: [one.status for one in each.technicians] == [status])


@pytest.mark.req("TECH-18")
async def test_a_status_that_is_chosen_in_the_page_comes_back_from_the_relay(relay: RunningRelay) -> None:
    async with technician(relay.url) as anna:
        await until_shown(anna, AVAILABLE)
        anna.say(said.ChooseStatus(BUSY))
        assert (await until_shown(anna, BUSY)).chosen is BUSY
        page = Page()
        anna.engine.page_opened(page)
        told = [page.outbox.get_nowait() for _ in range(page.outbox.qsize())]
        assert any('"technicians"' in str(each) for each in told), "a page that comes later hears it too"
        anna.say(said.ChooseStatus(AVAILABLE))
        await until_shown(anna, AVAILABLE)


async def test_without_a_page_there_is_no_technician(relay: RunningRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attendance, "RELOAD_SECONDS", 0.2)
    async with technician(relay.url) as anna, relay.console("another-of-anna") as other:
        await until_shown(anna, AVAILABLE)
        anna.engine.page_closed(anna.page)
        while (heard := await other.hear_a(Technicians)).technicians[0].status is not AWAY:
            pass
        anna.engine.page_opened(anna.page)
        while (heard := await other.hear_a(Technicians)).technicians[0].status is not AVAILABLE:
            pass
        assert [each.name for each in heard.technicians] == ["Anna de Vries"]


@pytest.mark.req("TECH-06", "TECH-17")
async def test_away_when_nothing_is_done_and_back_when_something_is(
    relay: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendance, "MINUTE", 0.5)
    group, _bob = await make_desk(relay, "Bob")
    await choose(relay, group, away_after=1)
    async with technician(relay.url, email=address_of("Bob")) as bob:
        await until_shown(bob, AWAY)
        bob.say(said.Used())
        await until_shown(bob, AVAILABLE)
        await until_shown(bob, AWAY)


@pytest.mark.req("TECH-11", "TECH-12", "SESS-125", "SESS-126")
async def test_who_watches_a_customers_screen_is_not_signed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, relay: RunningRelay
) -> None:
    group, _bob = await make_desk(relay, "Bob")
    with virtual_display() as display:
        async with technician(relay.url, email=address_of("Bob")) as bob:
            with headless_applet(display, relay.url, await spoken_code(bob)):
                await picked_up(bob)
                await bob.may(Access.VIEW)
                monkeypatch.setattr(attendance, "MINUTE", 0.5)
                await choose(relay, group, sign_out_after=1)
                sessions, attending = bob.engine._sessions, bob.engine._attending
                await eventually(lambda: attending.must_sign_out)
                assert sessions.any_is_shown
                bob.engine._attend()
                assert not any(isinstance(each, said.SignedOutPage) and each.reason for each in bob.heard)
                bob.send(Release(Access.VIEW))
                await bob.hear(said.SignedOutPage, lambda each: each.reason == said.UNUSED)


@pytest.mark.req("TECH-09", "TECH-20")
async def test_who_does_nothing_for_long_is_signed_out_and_resumes_the_session(
    relay: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendance, "MINUTE", 2.0)
    group, _bob = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    async with technician(relay.url, email=address_of("Bob")) as bob, relay.applet(through(1)) as applet:
        session = (await relay.enter(applet)).session
        await bob.request(lambda number: said.PageOpen(number, session))
        await choose(relay, group, sign_out_after=1)
        left = await bob.hear(said.SignedOutPage, lambda each: each.reason != "")
        assert left.reason == said.UNUSED
        while (await applet.hear_a(State)).state is not SessionState.DISCONNECTED:
            pass  # it waits for its technician, and has not ended
        bob.heard.clear()
        unused = bob.engine._attending
        unused._attendance.begin_again(time.monotonic() - 3_600)  # an hour passes before anyone signs in
        await bob.sign_in(address_of("Bob"))
        assert not unused.must_sign_out
        await choose(relay, group, sign_out_after=0)
        await bob.request(lambda number: said.PageOpen(number, session))
        while (await applet.hear_a(State)).state is not SessionState.ACTIVE:
            pass
