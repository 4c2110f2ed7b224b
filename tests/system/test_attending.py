"""A technician whose console says whether they are at it, against a real relay."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from codec.wire.api_types import SessionState
from codec.wire.signals import State, Technicians
from codec.wire.technician_status import TechnicianStatus
from console.page import messages as said
from console.page.open_pages import Page
from console.session import attendance
from relay.organization.units import Unit
from tests.support.channels import address_of, assign, make_desk, through
from tests.support.relays import RunningRelay, running_relay
from tests.support.technicians import Technician, technician

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
        await choose(relay, group, sign_out_after=0)
        bob.heard.clear()
        await bob.sign_in(address_of("Bob"))
        await bob.request(lambda number: said.PageOpen(number, session))
        while (await applet.hear_a(State)).state is not SessionState.ACTIVE:
            pass
