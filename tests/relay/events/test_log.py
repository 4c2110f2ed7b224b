"""What is kept of a session's life: everything that moved it, whole and in order, whatever happened in between."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from codec.wire.api_types import SessionState
from codec.wire.signals import Leave, Leaving
from relay.accounts.model import PersonRow
from relay.events.kinds import ActorKind, ClientInfo, Created, Moved, Participant, Participation
from relay.events.log import Event, of_session
from relay.sessions.history import times_of
from relay.sessions.model import LegRow, SessionRow
from relay.sessions.rules import Cause
from relay.sessions.times import measured
from relay.store.database import Store, open_store
from tests.relay.signalling.test_meeting import picked_up, session_in_state
from tests.support.relays import RunningRelay, enter_with, running_relay


async def kept(relay: RunningRelay, session: int) -> list[Event]:
    """Return what the relay's database has of a session."""
    store = await open_store(relay.settings.database)
    try:
        async with store.reading() as transaction:
            return list(await of_session(transaction, session))
    finally:
        await store.close()


@pytest.mark.req("SESS-04", "SESS-07")
async def test_a_session_leaves_its_life_behind(relay: RunningRelay) -> None:
    async with relay.console() as console, relay.applet(enter_with(await relay.make_code(name="Mrs Jansen"))) as applet:
        number = await picked_up(relay, applet)
        await applet.say(Leave(Leaving.CLOSED))
        await session_in_state(console, SessionState.CLOSED_BY_CUSTOMER)
    events = await kept(relay, number)
    created, first, came, waiting, active, began, closed, ended = (event.what for event in events)
    assert isinstance(created, Created)
    assert created.technician is not None
    assert (created.method, created.name, created.technician.name) == ("pin", "Mrs Jansen", "Anna de Vries")
    assert isinstance(came, ClientInfo)
    moves = [each for each in (first, waiting, active, closed) if isinstance(each, Moved)]
    assert [(each.old, each.new, each.cause) for each in moves] == [
        (None, "connecting", Cause.CODE_USED),
        ("connecting", "waiting", Cause.CLIENT_CAME),
        ("waiting", "active", Cause.PICKED_UP),
        ("active", "closed_by_customer", Cause.LEFT),
    ]
    assert isinstance(began, Participant)
    assert isinstance(ended, Participant)
    assert (began.action, ended.action, ended.state) == (Participation.START, Participation.END, "closed_by_customer")
    assert began.leg == ended.leg == moves[-1].leg
    assert began.technician == created.technician
    kinds = [event.actor.kind for event in events]
    assert kinds == [ActorKind.CUSTOMER] * 4 + [ActorKind.TECHNICIAN] * 2 + [ActorKind.CUSTOMER] * 2
    assert events[4].actor.email == created.technician.email


@pytest.mark.req("SESS-07")
async def test_the_running_sums_are_those_of_the_events_over_a_restart(tmp_path: Path, database_url: str) -> None:
    async with (
        running_relay(tmp_path, database_url=database_url) as relay,
        relay.applet(enter_with(await relay.make_code())) as applet,
    ):
        number = await picked_up(relay, applet)
    async with running_relay(tmp_path, database_url=database_url) as relay:
        assert (await relay.call("POST", f"/sessions/{number}/end"))[0] == 200
        events = await kept(relay, number)
        store = await open_store(relay.settings.database)
        async with store.reading() as transaction:
            row = await transaction.get_one(SessionRow, number)
            leg = await transaction.get_one(LegRow, row.leg_id)
        await store.close()
    moves = [(SessionState(each.what.new), each.moment) for each in events if isinstance(each.what, Moved)]
    assert moves[-1][0] is SessionState.CLOSED_BY_TECHNICIAN
    assert times_of(row).of == measured(moves, moves[-1][1]).of
    assert times_of(row).total > timedelta(0)
    assert (leg.ended_as, leg.ended_at) == (SessionState.CLOSED_BY_TECHNICIAN, row.since)


async def test_a_new_name_changes_nothing_that_was_kept(relay: RunningRelay) -> None:
    async with relay.applet(enter_with(await relay.make_code())) as applet:
        number = await picked_up(relay, applet)
        store = await open_store(relay.settings.database)
        async with store.transaction() as transaction:
            await transaction.execute(update(PersonRow).values(name="Someone Else"))
        await _leg_keeps_its_name(store)
        await store.close()
        assert (await relay.call("POST", f"/sessions/{number}/end"))[0] == 200
    ended = (await kept(relay, number))[-1]
    assert isinstance(ended.what, Participant)
    assert ended.what.technician.name == ended.actor.name == "Anna de Vries"


async def _leg_keeps_its_name(store: Store) -> None:
    async with store.reading() as transaction:
        assert list(await transaction.scalars(select(LegRow.name))) == ["Anna de Vries"]
