"""Who hears what is announced: a technician's consoles, the applet of a session, and nobody who has gone."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import create_autospec

import pytest
from aiohttp import WSCloseCode

from codec.wire.api_types import Method, Session, SessionState
from codec.wire.signals import Missed, Refusal, SessionChanged, State, read_to_applet, read_to_console
from relay.bus.base import ORGANISATION, Topic
from relay.bus.local import LocalBus
from relay.organization.audit import Change, Done
from relay.organization.rules import Actor
from relay.organization.transactions import Outcome
from relay.organization.units import Unit, UnitKind
from relay.sessions.moves import News
from relay.signalling.across import AppletCame, say
from relay.signalling.announcer import Announcer, OrganisationChanged, changed_by, read_changed
from relay.signalling.concerned import Concerned
from relay.signalling.hub import ConsoleConnection, Hub
from relay.web.send_queue import SendQueue

NOW = datetime(2026, 11, 30, tzinfo=UTC)
SIGN_IN = 5


def queue() -> Any:
    """Return a line that notes what is said on it."""
    return create_autospec(SendQueue, instance=True)


def said(to: Any) -> list[str]:
    """Return what was said on a line."""
    return [call.args[0] for call in to.say.call_args_list]


def console(person: int, name: str = "console-of-anna") -> ConsoleConnection:
    """Return a console that is connected."""
    return ConsoleConnection(name, person, SIGN_IN, queue())


def session(state: SessionState, console: str | None = None) -> Session:
    """Return session 7."""
    return Session(id=7, state=state, name="", method=Method.PIN, made_at=NOW, since=NOW, code=1, console=console)


class Scene:
    """A hub on a bus, Anna's two consoles, Boris's one, and the applet of session 7."""

    def __init__(self) -> None:
        self.bus = LocalBus()
        self.hub = Hub(self.bus)
        self.announcer = Announcer(self.bus)
        self.anna, self.other, self.boris = console(1), console(1, "another-of-anna"), console(2)
        for each in (self.anna, self.other, self.boris):
            self.hub.console_connected(each)
        self.applet = queue()
        self.hub.applet_connected(7, self.applet)


def test_a_session_is_told_to_its_technicians_consoles_and_its_applet() -> None:
    scene = Scene()
    scene.announcer.session_changed(News(1, session(SessionState.ACTIVE, "console-of-anna"), technician_present=True))
    scene.announcer.session_changed(News(2, waiting := session(SessionState.WAITING)))
    for each in (scene.anna, scene.other):
        (text,) = said(each.queue)
        assert isinstance(read_to_console(text), SessionChanged)
    assert [read_to_console(text) for text in said(scene.boris.queue)] == [SessionChanged(waiting)]
    first, second = (read_to_applet(text) for text in said(scene.applet))
    assert (first, second) == (State(SessionState.ACTIVE, True), State(SessionState.WAITING, False))
    scene.applet.close.assert_not_called()
    scene.announcer.session_changed(News(1, session(SessionState.CLOSED_BY_TECHNICIAN)))
    scene.applet.close.assert_called_once_with()


def test_of_what_tells_how_something_stands_the_newest_replaces_the_last() -> None:
    scene = Scene()
    scene.announcer.session_changed(News(1, session(SessionState.WAITING)))
    scene.announcer.missed(1, Missed(Refusal.UNKNOWN, NOW, 3))
    abouts = [call.kwargs["about"] for call in scene.anna.queue.say.call_args_list]  # type: ignore[attr-defined]
    assert abouts == [(SessionChanged, 7), (Missed, (3, None))]
    (about,) = {call.kwargs["about"] for call in scene.applet.say.call_args_list}
    assert about is State


def test_who_has_gone_or_was_replaced_hears_nothing_and_nothing_is_left_behind() -> None:
    scene = Scene()
    again, applet = ConsoleConnection("console-of-anna", 1, SIGN_IN, queue()), queue()
    scene.hub.console_connected(again)
    scene.hub.applet_connected(7, applet)
    assert not scene.hub.console_disconnected(scene.anna)
    assert not scene.hub.applet_disconnected(7, scene.applet)
    assert scene.hub.console_disconnected(scene.other)
    scene.announcer.session_changed(News(1, session(SessionState.WAITING)))
    assert (said(scene.anna.queue), said(scene.other.queue), said(scene.applet)) == ([], [], [])
    assert (len(said(again.queue)), len(said(applet))) == (1, 1)
    for each in (again, scene.boris):
        scene.hub.console_disconnected(each)
    scene.hub.applet_disconnected(7, applet)
    assert scene.bus._followers.topics() == []
    assert scene.hub._unfollow == {}


def test_an_applet_that_came_to_another_relay_is_no_party_here_any_more() -> None:
    bus, former = LocalBus(), queue()
    hub = Hub(bus, relay=1)
    hub.applet_connected(7, former)
    hub.applet_signs(7, b"k" * 32)
    say(bus, AppletCame(2, 7))
    heard: Any = former
    heard.close.assert_called_once_with()
    assert (hub.applet(7), hub.sessions(), hub.signing_key(7)) == (None, [], None)
    assert not hub.applet_disconnected(7, former)


async def test_a_console_that_may_have_missed_something_comes_again_and_an_applet_is_told_how_it_stands() -> None:
    scene, asked = Scene(), list[int]()
    scene.hub.applet_missed = asked.append
    await scene.hub.console_hears(scene.anna)
    scene.hub.console_told(scene.anna)
    scene.bus._followers.tell_missed(scene.bus._followers.topics())
    heard: Any = scene.anna.queue
    heard.close.assert_called_once_with(WSCloseCode.TRY_AGAIN_LATER)
    not_told_yet: Any = scene.boris.queue
    not_told_yet.close.assert_not_called()
    assert scene.hub.console_missed(scene.boris)
    await scene.hub.console_hears(scene.boris)
    assert not scene.hub.console_missed(scene.boris)
    assert asked == [7]


@pytest.mark.req("PERM-41")
def test_a_change_of_the_organisation_is_read_as_it_was_told() -> None:
    heard: list[OrganisationChanged] = []

    class Follows:
        def hear(self, topic: Topic, message: bytes) -> None:
            assert topic == ORGANISATION
            heard.append(read_changed(message))

        def missed(self) -> None:
            raise AssertionError

    scene = Scene()
    scene.bus.follow([ORGANISATION], Follows())
    changes = tuple(Change(Unit(kind, 4), "", Done.EDIT) for kind in (UnitKind.TECHNICIAN, UnitKind.TECHNICIAN_GROUP))
    outcome = Outcome(Actor(None, "", None, ""), changes, frozenset({9}), NOW, {9: None, 10: 77})
    scene.announcer.organisation_changed(outcome)
    assert heard == [changed_by(outcome)]
    assert heard[0].concerned == Concerned(frozenset({4}), frozenset({4}))
    assert (heard[0].shut_out, heard[0].signed_out) == (frozenset({9}), {9: None, 10: 77})
