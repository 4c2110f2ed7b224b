"""Where applets and consoles are connected, as the store keeps it for all relays."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from codec.wire.api_types import Session, SessionState
from codec.wire.session_types import SessionType
from relay.cluster.membership import join
from relay.cluster.model import ConnectedConsoleRow
from relay.cluster.own import Own
from relay.limits.fair_queue import BusyError
from relay.sessions.connected import ConnectedElsewhere
from relay.sessions.model import LegRow, SessionRow
from relay.sessions.moves import Presence
from relay.sessions.presence import PresenceWriter
from relay.sessions.rows import new_session
from relay.sessions.service import Sessions
from relay.sessions.timeouts import always
from relay.store.database import Store, open_store
from tests.relay.organization.organisations import found
from tests.support.databases import Cluster
from tests.support.histories import session_history

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
KEY, NAME, GONE = b"k" * 32, "console-of-anna", 999


class Relay:
    """One of several, and who is connected to it."""

    def __init__(self, store: Store, number: int) -> None:
        self.applets, self.consoles, self.told = set[int](), set[tuple[int, str]](), list[Session]()
        presence = Presence(
            self.applets.__contains__,
            lambda person, name: (person, name) in self.consoles,
            signing_key=lambda _session: KEY,
            relay=number,
        )
        self.sessions = Sessions(
            store, presence, lambda news: self.told.append(news.session), always({}), session_history()
        )
        self.elsewhere = ConnectedElsewhere(store, self.sessions.moves)
        self.number = number

    async def changed(self, session: int) -> None:
        """Keep who has come and gone."""
        await self.sessions.presences_changed([session], [(1, NAME)], NOW)


@pytest_asyncio.fixture
async def store(cluster: Cluster) -> AsyncIterator[Store]:
    """A database that relays share, with an organisation."""
    store = await open_store(await asyncio.to_thread(cluster.new_database))
    await found(store)
    yield store
    await store.close()


@pytest_asyncio.fixture
async def relays(store: Store) -> list[Relay]:
    """Two relays that are there."""
    own = [Own(f"http://10.0.0.{number}:8080", "0.1.0", "") for number in (2, 3)]
    return [Relay(store, (await join(store, each)).number) for each in own]


@pytest_asyncio.fixture
async def session(store: Store) -> int:
    """An active session of the first person's console."""
    async with store.transaction() as transaction:
        row = new_session(NOW, "", session_type=SessionType.STANDARD)
        row.person_id, row.console, row.method, row.state = 1, NAME, "pin", SessionState.ACTIVE
        leg = LegRow(person_id=1, name="Anna", email="", group_name="", began_at=NOW)
        transaction.add(row)
        await transaction.flush()
        leg.session_id = row.id
        transaction.add(leg)
        await transaction.flush()
        row.leg_id = leg.id
    return row.id


async def stands(store: Store, session: int) -> tuple[str, int | None, int | None, bytes | None]:
    """Return the state of a session, where its applet and its console are, and the applet's key."""
    async with store.reading() as reading:
        row = await reading.get_one(SessionRow, session)
        return row.state, row.applet_relay, row.console_relay, row.applet_key


async def test_each_relay_notes_its_own_sockets_and_forgets_no_other_ones(
    store: Store, relays: list[Relay], session: int
) -> None:
    first, second = relays
    first.consoles.add((1, NAME))
    second.applets.add(session)
    await second.changed(session)
    await first.changed(session)
    assert await stands(store, session) == (SessionState.ACTIVE, second.number, first.number, KEY)
    assert first.told[-1].customer_present
    first.applets.add(session)  # it comes to the first relay, and its socket at the second one ends after that
    await first.changed(session)
    second.applets.clear()
    await second.changed(session)
    assert await stands(store, session) == (SessionState.ACTIVE, first.number, first.number, KEY)
    first.applets.clear()
    first.consoles.clear()
    await first.changed(session)
    assert await stands(store, session) == (SessionState.RECONNECTING, None, None, None)
    async with store.reading() as reading:
        assert await reading.scalar(select(func.count()).select_from(ConnectedConsoleRow)) == 0


async def test_a_pick_up_at_one_relay_knows_a_console_at_the_other(
    store: Store, relays: list[Relay], session: int
) -> None:
    first, second = relays
    second.consoles.add((1, "another-of-anna"))
    await second.sessions.presences_changed([], [(1, "another-of-anna")], NOW)
    first.applets.add(session)
    await first.changed(session)
    assert (await stands(store, session))[0] == SessionState.DISCONNECTED
    picked_up = await first.sessions.pick_up(1, session, "another-of-anna", NOW)
    assert picked_up.state is SessionState.ACTIVE
    assert await stands(store, session) == (SessionState.ACTIVE, first.number, second.number, KEY)


async def test_what_was_at_a_relay_that_is_gone_is_away_and_nothing_ends(
    store: Store, relays: list[Relay], session: int
) -> None:
    lost, first = Relay(store, GONE), relays[0]
    lost.applets.add(session)
    lost.consoles.add((1, NAME))
    await lost.changed(session)
    assert await stands(store, session) == (SessionState.ACTIVE, GONE, GONE, KEY)
    await first.elsewhere.follow_relays(NOW)
    assert await stands(store, session) == (SessionState.RECONNECTING, None, None, None)
    (told,) = first.told
    assert (told.state, told.customer_present) == (SessionState.RECONNECTING, False)
    await first.elsewhere.follow_relays(NOW)
    assert len(first.told) == 1, "nothing is told twice"


async def test_what_is_back_at_another_relay_by_then_never_was_away(
    store: Store, relays: list[Relay], session: int
) -> None:
    lost, first, second = Relay(store, GONE), *relays
    lost.applets.add(session)
    lost.consoles.add((1, NAME))
    await lost.changed(session)
    first.applets.add(session)
    second.consoles.add((1, NAME))
    for each in (first, second):
        await each.changed(session)
    for each in (first, second):
        await each.elsewhere.follow_relays(NOW)
    assert await stands(store, session) == (SessionState.ACTIVE, first.number, second.number, KEY)
    assert {each.state for relay in relays for each in relay.told} == {SessionState.ACTIVE}


async def test_a_page_that_came_back_to_another_relay_does_not_end_its_session(
    store: Store, relays: list[Relay], session: int
) -> None:
    first, second = relays
    second.applets.add(session)
    await second.changed(session)
    assert await first.sessions.leave(session, declined=False, now=NOW, unless_there=True) is None
    second.applets.clear()
    await second.changed(session)
    left = await first.sessions.leave(session, declined=False, now=NOW, unless_there=True)
    assert left is not None
    assert left.state.is_final


async def test_who_goes_while_it_is_stored_that_they_came_is_noted_once_more() -> None:
    there, stored = {7}, list[bool]()

    class Storing:
        async def presences_changed(self, sessions: list[int], _consoles: object, _now: object) -> None:
            stored.append(7 in there)
            if len(stored) == 1:
                there.clear()
                writer.applet(7)

    writer = PresenceWriter(Storing())  # type: ignore[arg-type]
    writer.applet(7)
    await writer.follow()
    assert stored == [True, False]


async def test_what_could_not_be_stored_stays_noted() -> None:
    tries: list[tuple[list[int], list[tuple[int, str]]]] = []

    class Failing:
        async def presences_changed(self, sessions: list[int], consoles: list[tuple[int, str]], _now: object) -> None:
            tries.append((sessions, consoles))
            if len(tries) == 1:
                raise BusyError

    writer = PresenceWriter(Failing())  # type: ignore[arg-type]
    writer.applet(7)
    writer.console(1, NAME)
    with pytest.raises(BusyError):
        await writer.follow()
    await writer.follow()
    assert tries == [([7], [(1, NAME)])] * 2
