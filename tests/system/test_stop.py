"""F5: stop means stop. After the stop key or the red button at most one more event, whatever a console has queued.

The applet is a real process on a real X server, the console a real peer that means harm. What happened is taken from
the display server, in its own order.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from Xlib import X

from applet.input.positions import KEYCODES
from codec.session.links.base import LinkClosedError
from codec.session.links.direct import DirectPath
from codec.session.stream import StreamFullError
from codec.wire.access import Access
from codec.wire.messages import (
    Answered,
    Ask,
    ChatState,
    Key,
    Notice,
    PointerButton,
    PointerMove,
    SessionMessage,
    Stopped,
    SwitchChat,
    Trouble,
    TypeText,
    pack,
)
from console.page import messages as said
from tests.support.applets import applet_with_person, tell
from tests.support.events import BEGINS, Happened, Witness, begun_after, witness
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, session, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.xvfb import VirtualDisplay, virtual_display

PAUSE = KEYCODES["Pause"]
STOP = Happened(X.KeyPress, PAUSE)
UNDER_WAY = 40
"""So much has been typed when the customer stops it."""


def one_long_text() -> Iterator[SessionMessage]:
    """Return as much as one message may hold."""
    yield TypeText("hurry up " * 1_111)


def many_texts() -> Iterator[SessionMessage]:
    """Return texts as the audit sent them."""
    for _ in range(60):
        yield TypeText("x" * 900)


def a_great_many_texts() -> Iterator[SessionMessage]:
    """Return texts as the audit sent them."""
    for _ in range(400):
        yield TypeText("x" * 900)


def capital_letters() -> Iterator[SessionMessage]:
    """Return texts for which Shift is pressed, and signs that no key has."""
    for _ in range(10):
        yield TypeText("HURRY \u6f22\u0436\u00e9 UP " * 40)


def keys() -> Iterator[SessionMessage]:
    """Return keys one by one, held down and released."""
    for number in range(900):
        yield Key(number % 2 == 0, "KeyA", "a", "a")


def clicks() -> Iterator[SessionMessage]:
    """Return clicks in many places."""
    for number in range(300):
        at = number * 200
        yield PointerMove(0, at, at)
        yield PointerButton(0, at, at, 0, True)
        yield PointerButton(0, at, at, 0, False)


FLOODS = [one_long_text, many_texts, a_great_many_texts, capital_letters, keys, clicks]
WAYS = [("direct", flood) for flood in FLOODS] + [("tunnel", flood) for flood in (one_long_text, a_great_many_texts)]


async def _offers_nothing(_self: DirectPath) -> str:
    raise LinkClosedError("not in this test")


@asynccontextmanager
async def controlled(
    folder: Path, way: str = "direct", load: str | None = None
) -> AsyncIterator[tuple[VirtualDisplay, Witness, Technician]]:
    """Run a session in which the technician controls, over the way that a test wants."""
    with virtual_display() as display:
        if load is not None:
            display.start("xterm", "-geometry", "160x50", "-e", "sh", "-c", load)
        async with session(folder, display) as (_, anna):
            if way == "direct":
                await anna.until(lambda each: isinstance(each, said.Connected) and each.path is said.Path.DIRECT)
            await anna.watch()
            await anna.may(Access.CONTROL)
            with witness(display) as seen:
                yield display, seen, anna


def send(anna: Technician, messages: Iterator[SessionMessage]) -> None:
    """Send all at once, past everything that an honest console holds back."""
    for message in messages:
        anna.send_raw(pack(message))


async def all_taken(anna: Technician) -> None:
    """Return when the applet has read everything sent until now."""
    anna.heard[:] = [each for each in anna.heard if not isinstance(each, ChatState)]
    anna.send_raw(pack(SwitchChat(True)))
    await anna.hear(ChatState)


def begun(events: list[Happened]) -> int:
    """Return how much of the flood has been carried out."""
    return sum(each.kind in BEGINS for each in events)


def under_way(events: list[Happened]) -> bool:
    """Whether the flood is being carried out."""
    return begun(events) >= UNDER_WAY


@pytest.mark.parametrize(("way", "flood"), WAYS)
async def test_after_the_stop_key_at_most_one_more_event(
    tmp_path: Path, way: str, flood: Callable[[], Iterator[SessionMessage]], monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "tunnel":
        monkeypatch.setattr(DirectPath, "offer", _offers_nothing)
    async with controlled(tmp_path, way) as (_, seen, anna):
        send(anna, flood())
        # So many texts are more than the applet lets wait, so all of them are given up soon.
        enough = 1 if flood in (many_texts, a_great_many_texts) else UNDER_WAY
        await seen.until(lambda events: begun(events) >= enough)
        seen.press(PAUSE)
        send(anna, flood())  # and what is sent before the console has heard of it
        assert (await anna.hear(Stopped)).by_key
        send(anna, flood())
        await all_taken(anna)
        events = await seen.settled()
        after = begun_after(events, STOP)
        assert len(after) <= 1, after
        assert nothing_is_held(events)


def nothing_is_held(events: list[Happened]) -> bool:
    """Whether every key and button that went down came up again."""
    ends = {X.KeyPress: X.KeyRelease, X.ButtonPress: X.ButtonRelease}
    held: set[Happened] = set()
    for each in events:
        if each.kind in ends:
            held.add(Happened(ends[each.kind], each.detail))
        held.discard(each)
    return not held


async def test_after_the_stop_key_at_most_one_more_event_while_the_screen_is_encoded(tmp_path: Path) -> None:
    busy = "while :; do head -c 6000 /dev/urandom | od -An -x; done"
    async with controlled(tmp_path, load=busy) as (_, seen, anna):
        pictures = anna.pictures
        send(anna, one_long_text())
        await seen.until(under_way, seconds=60.0)  # two cores also draw, capture and encode the busy screen
        await anna.until_pictures(pictures + 3)
        seen.press(PAUSE)
        await anna.hear(Stopped)
        await all_taken(anna)
        assert len(begun_after(await seen.settled(), STOP)) <= 1
        pictures = anna.pictures
        await all_taken(anna)
        assert anna.pictures == pictures


async def test_the_console_that_goes_on_for_ever_gets_nothing_more_in(tmp_path: Path) -> None:
    async with controlled(tmp_path) as (_, seen, anna):

        async def go_on() -> None:
            while True:
                try:
                    anna.send_raw(pack(TypeText("y" * 200)))
                    anna.send_raw(pack(Ask(77, Access.CONTROL)))
                except StreamFullError:
                    pass
                await asyncio.sleep(0.001)

        going_on = asyncio.ensure_future(go_on())
        try:
            await seen.until(under_way)
            seen.press(PAUSE)
            await anna.hear(Stopped)
            await anna.hear(Answered, lambda each: each.number == 77 and not each.allowed)
            await all_taken(anna)
        finally:
            going_on.cancel()
        assert len(begun_after(await seen.settled(), STOP)) <= 1


async def test_the_technician_cannot_hold_the_stop_key_down(tmp_path: Path) -> None:
    """F5: a key that is down already makes no event when the customer presses it too."""
    async with controlled(tmp_path) as (_, seen, anna):
        for code, symbol in (("Pause", "Pause"), ("Hiragana", "Pause")):
            anna.send(Key(True, code, symbol))
        anna.send(Key(True, "KeyA", "a", "a"))
        await seen.until(lambda events: Happened(X.KeyPress, KEYCODES["KeyA"]) in events)
        assert STOP not in seen.events
        seen.press(PAUSE)
        assert (await anna.hear(Stopped)).by_key


async def test_more_than_can_be_typed_is_given_up_by_name(tmp_path: Path) -> None:
    async with controlled(tmp_path) as (_, _seen, anna):
        send(anna, a_great_many_texts())
        notice = await anna.hear(Notice, lambda each: each.trouble is Trouble.CANNOT_TYPE)
        assert notice.on


async def test_after_the_red_button_at_most_one_more_event_and_not_one_more_picture(tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            with applet_with_person(display, relay.url) as person:
                tell(person, await spoken_code(anna))
                await picked_up(anna)
                await anna.may(Access.CONTROL)
                await anna.watch()
                bar = display.wait_for_window("Who is watching")
                x, y = stop_button(display, bar)
                with witness(display) as seen:
                    send(anna, one_long_text())
                    await seen.until(under_way)
                    seen.click(x, y)
                    assert not (await anna.hear(Stopped)).by_key
                    pictures = anna.pictures
                    send(anna, one_long_text())
                    await all_taken(anna)
                    pressed = Happened(X.ButtonPress, 1)
                    assert len(begun_after(await seen.settled(), pressed)) <= 1
                    display.run("xsetroot", "-solid", "#336699")
                    await all_taken(anna)
                    assert anna.pictures == pictures


def stop_button(display: VirtualDisplay, bar: str) -> tuple[int, int]:
    """Return the middle of the red button, which ends the bar."""
    shell = display.run("xdotool", "getwindowgeometry", "--shell", bar)
    at = {name: int(value) for name, _, value in (line.partition("=") for line in shell.split())}
    return at["X"] + at["WIDTH"] - 40, at["Y"] + at["HEIGHT"] // 2
