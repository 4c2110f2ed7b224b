"""What customers are told of what the organisation chose for a channel, or for all: terms to accept, and names."""

import pytest

from codec.wire.api_types import Method, PickUp, SessionState
from codec.wire.customer_settings import CustomerSettings
from codec.wire.signals import AcceptTerms, Entered, Leave, Leaving, Return, SessionChanged, State
from tests.support.channels import assign, choose, make_desk, sign_in, through
from tests.support.relays import AppletEnd, ConsoleEnd, RunningRelay, enter_with

TEXT = "1. <b>We see your screen</b> only while you let us.\n" + "2. So it goes on." * 700
TERMS = {"terms.on": True, "terms.text": TEXT, "terms.scroll": True}


async def heard(console: ConsoleEnd, state: SessionState) -> None:
    """Return once a console has heard of a session in this state."""
    while (await console.hear_a(SessionChanged)).session.state is not state:
        pass


async def is_told(applet: AppletEnd, state: SessionState) -> None:
    """Return once a customer's side has been told of this state."""
    while (await applet.hear_a(State)).state is not state:
        pass


async def for_all(relay: RunningRelay, values: dict[str, object]) -> None:
    """Have an organisation choose this for all of it."""
    status, answer = await relay.call("PATCH", "/settings/organisation/0", {"values": values})
    assert status == 200, answer


@pytest.mark.req("APP-07", "APP-59", "APP-60", "APP-64", "APP-69", "SESS-50", "SESS-51", "MOB-135")
async def test_a_session_waits_only_once_the_customer_has_accepted_the_terms(relay: RunningRelay) -> None:
    group, _bob = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    await choose(relay, 1, TERMS)
    token = await sign_in(relay, "Bob")
    async with relay.console("console-of-bob", token) as console, relay.applet(through(1)) as applet:
        entered = await relay.enter(applet)
        assert entered.state is SessionState.CONNECTING
        assert entered.settings == CustomerSettings(terms_on=True, terms_text=TEXT, terms_scroll=True)
        body = PickUp(console="console-of-bob")
        status, _ = await relay.call("POST", f"/sessions/{entered.session}/pick-up", body, token)
        assert status == 409, "nobody begins before that"
        await applet.say(AcceptTerms())
        await is_told(applet, SessionState.WAITING)
        await heard(console, SessionState.WAITING)
        await applet.say(AcceptTerms())
        status, _ = await relay.call("POST", f"/sessions/{entered.session}/pick-up", body, token)
        assert status == 200, "said twice it changes nothing"


@pytest.mark.req("APP-07", "APP-59", "APP-73", "SESS-50", "SESS-53")
async def test_by_a_pin_what_holds_for_the_technician_counts_and_a_reload_shows_the_terms_again(
    relay: RunningRelay,
) -> None:
    await for_all(relay, TERMS)
    code = await relay.make_code(Method.PIN)
    async with relay.applet(enter_with(code)) as applet:
        entered = await relay.enter(applet)
        assert (entered.state, entered.settings.terms_text) == (SessionState.CONNECTING, TEXT)
    async with relay.applet(Return(entered.ticket)) as applet:
        again = await applet.hear_a(Entered)
        assert (again.state, again.settings) == (SessionState.CONNECTING, entered.settings)
        await applet.say(AcceptTerms())
        await is_told(applet, SessionState.WAITING)
    async with relay.applet(Return(entered.ticket)) as applet:
        assert (await applet.hear_a(Entered)).state is SessionState.WAITING


@pytest.mark.req("APP-70", "APP-72", "SESS-06")
async def test_who_declines_was_never_waiting(relay: RunningRelay) -> None:
    await for_all(relay, TERMS)
    async with relay.console() as console, relay.applet(enter_with(await relay.make_code(Method.PIN))) as applet:
        await relay.enter(applet)
        await applet.say(Leave(Leaving.DECLINED))
        states = []
        while SessionState.REFUSED_BY_CUSTOMER not in states:
            states.append((await console.hear_a(SessionChanged)).session.state)
        assert set(states) == {SessionState.CONNECTING, SessionState.REFUSED_BY_CUSTOMER}


async def test_terms_that_are_turned_off_while_they_are_read_hold_no_one_up(relay: RunningRelay) -> None:
    await for_all(relay, TERMS)
    async with relay.applet(enter_with(await relay.make_code(Method.PIN))) as applet:
        entered = await relay.enter(applet)
        await for_all(relay, {"terms.on": False})
    async with relay.applet(Return(entered.ticket)) as applet:
        again = await applet.hear_a(Entered)
        assert again.settings == CustomerSettings(), "what means nothing now is not told"
        await is_told(applet, SessionState.WAITING)


@pytest.mark.req("APP-49", "MOB-120", "CHAT-08")
async def test_customers_are_told_what_the_organisation_calls_the_program(relay: RunningRelay) -> None:
    await for_all(relay, {"look.application_name": "Northwind Remote Help"})
    async with relay.applet(enter_with(await relay.make_code(Method.PIN))) as applet:
        entered = await relay.enter(applet)
        assert entered.settings == CustomerSettings(look_application_name="Northwind Remote Help")


async def test_without_terms_nothing_is_asked(relay: RunningRelay) -> None:
    async with relay.applet(enter_with(await relay.make_code(Method.PIN))) as applet:
        entered = await relay.enter(applet)
        assert (entered.state, entered.settings) == (SessionState.WAITING, CustomerSettings())
