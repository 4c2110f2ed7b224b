"""The customer's desktop in a session: the stop key, held keys, changes of the screen, a viewer that stalls."""

import asyncio
from pathlib import Path

import pytest

from codec.wire.access import Access
from codec.wire.messages import Computer, Displays, Key, Notice, PointerMove, Shown, Stopped, Trouble, TypeText, Watch
from console.page import messages as said
from console.page.open_pages import Page
from tests.support.applets import headless_applet
from tests.support.inputs import held_keys
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, same, screenshot, session, spoken_code
from tests.support.technicians import technician
from tests.support.waiting import eventually, written
from tests.support.xvfb import virtual_display


@pytest.mark.req("SESS-63", "CONS-40", "APP-75", "APP-76", "APP-77", "APP-78", "APP-81", "APP-82")
async def test_the_stop_key_takes_everything_back_and_releases_what_was_held(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with session(tmp_path, display) as (_, anna):
            await anna.may(Access.CONTROL)
            anna.send(Key(True, "ShiftLeft", "Shift"))
            await eventually(lambda: held_keys(display) == 1)
            display.run("xdotool", "key", "Pause")
            stopped = await anna.hear(Stopped)
            assert stopped.by_key
            assert anna.granted == frozenset()
            await eventually(lambda: held_keys(display) == 0)


@pytest.mark.req("APP-79", "APP-80")
async def test_where_the_organisation_turns_the_stop_key_off_it_is_a_key_like_any_other(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            values = {"values": {"control.no_stop_key": True}}
            assert (await relay.call("PATCH", "/settings/organisation/0", values))[0] == 200
            with headless_applet(display, relay.url, await spoken_code(anna), "control"):
                await picked_up(anna)
                assert (await anna.hear(Computer)).stop_key == ""
                displays = await anna.watch()
                await anna.may(Access.CONTROL)
                anna.send(Key(True, "ShiftLeft", "Shift"))
                await eventually(lambda: held_keys(display) == 1)
                display.run("xdotool", "key", "Pause")

                def is_refused() -> bool:
                    anna.send(_middle(displays))
                    return _tells_hand(anna.heard)

                await eventually(is_refused)  # so the key was heard, and taken for the customer's own hand
                anna.send(Key(False, "ShiftLeft", "Shift"))
                await eventually(lambda: held_keys(display) == 0)
                assert Access.CONTROL in anna.granted
                assert not any(isinstance(each, Stopped) for each in anna.heard)


@pytest.mark.finding("load-1.6")
@pytest.mark.parametrize("how", ["closed", "left", "another page looks on"])
async def test_what_a_page_held_is_released_when_it_is_gone(tmp_path: Path, how: str) -> None:
    with virtual_display(320, 200) as display:
        async with session(tmp_path, display) as (_, anna):
            await anna.may(Access.CONTROL)
            anna.send(Key(True, "ShiftLeft", "Shift"))
            await eventually(lambda: held_keys(display) == 1)
            if how == "another page looks on":
                other = Page()
                anna.engine.page_opened(other)
                other.looks_at.add(anna.session)
            if how != "left":
                anna.engine.page_closed(anna.page)
            else:
                anna.say(said.PageLeave(anna.session))
            await eventually(lambda: held_keys(display) == 0)


async def test_the_customers_own_hand_has_priority(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with session(tmp_path, display) as (_, anna):
            displays = await anna.watch()
            await anna.may(Access.CONTROL)
            display.run("xdotool", "mousemove", "100", "100")

            def refused() -> bool:
                anna.send(_middle(displays))
                return _tells_hand(anna.heard)

            await eventually(refused)
            assert "x:100 y:100" in display.run("xdotool", "getmouselocation")


@pytest.mark.finding("field-1", "load-1.6")
async def test_a_key_whose_release_never_comes_writes_once_is_released_and_locks_nobody_out(tmp_path: Path) -> None:
    typed = tmp_path / "typed"
    with virtual_display(window_manager=True) as display:
        display.run("xset", "r", "rate", "200", "50")
        display.start("xterm", "-u8", "-title", "work", "-e", f"cat > {typed}")
        display.run("xdotool", "windowfocus", "--sync", display.wait_for_window("work"))
        async with session(tmp_path, display) as (_, anna):
            await anna.may(Access.CONTROL)
            anna.send(Key(True, "KeyX", "x", "x"))
            await eventually(lambda: held_keys(display) == 1)
            await eventually(lambda: held_keys(display) == 0)
            anna.send(Key(False, "KeyX", "x"))
            anna.send(TypeText("y\n"))
            assert await written(typed, "\n") == "xy\n"
            assert not _tells_hand(anna.heard)


def _middle(displays: Displays) -> PointerMove:
    return PointerMove(displays.displays[0].id, 32_768, 32_768)


def _tells_hand(heard: list[object]) -> bool:
    return any(isinstance(each, Notice) and each.trouble is Trouble.CUSTOMER_HAS_HANDS_ON for each in heard)


async def test_a_new_screen_size_is_told_and_shown(tmp_path: Path) -> None:
    with virtual_display(1280, 800) as display:
        async with session(tmp_path, display) as (_, anna):
            await anna.watch()
            display.run(
                "xrandr", "--newmode", "small", *["38.25", "800", "832", "912", "1024", "600", "603", "607", "624"]
            )
            display.run("xrandr", "--addmode", "screen", "small")
            display.run("xrandr", "--output", "screen", "--mode", "small")
            changed = await anna.hear(Displays, lambda each: each.displays[0].width == 800)
            anna.send(Watch(changed.displays[0].id))
            await anna.sees(lambda frame: frame.shape[:2] == (600, 800) and same(frame, screenshot(display)))


async def test_each_monitor_is_a_display_of_its_own(tmp_path: Path) -> None:
    with virtual_display(1280, 800, window_manager=True) as display:
        display.run("xrandr", "--setmonitor", "Left", "640/170x800/210+0+0", "screen")
        display.run("xrandr", "--setmonitor", "Right", "640/170x800/210+640+0", "none")
        display.start("xterm", "-geometry", "60x20+700+50", "-title", "work")
        display.wait_for_window("work")
        async with session(tmp_path, display) as (_, anna):
            displays = (await anna.watch()).displays
            places = [(each.x, each.y, each.width, each.height) for each in displays]
            assert places == [(0, 0, 640, 800), (640, 0, 640, 800)]
            assert len({each.name for each in displays}) == 2
            anna.send(Watch(displays[1].id))
            await anna.sees(lambda frame: same(frame, screenshot(display)[:, 640:]))


async def test_a_lost_display_is_said_and_its_picture_comes_back_by_itself(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with session(tmp_path, display) as (_, anna):
            await anna.watch()
            display.restart(800, 600)
            await anna.hear(Notice, lambda each: each.trouble is Trouble.DISPLAY_LOST and each.on)
            await anna.hear(Notice, lambda each: each.trouble is Trouble.DISPLAY_LOST and not each.on)
            await anna.sees(lambda frame: frame.shape[:2] == (600, 800) and same(frame, screenshot(display)))
            display.run("xsetroot", "-solid", "#446622")
            await anna.sees(lambda frame: same(frame, screenshot(display)))


async def test_a_viewer_that_stalled_gets_the_present_and_never_a_backlog(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with session(tmp_path, display) as (_, anna):
            displays = await anna.watch()
            anna.shows = False
            seen = anna.pictures
            for shade in range(30):
                display.run("xsetroot", "-solid", f"#{shade * 8:02x}3030")
            await asyncio.sleep(0.3)  # whatever would pile up has had its time
            assert anna.pictures - seen <= 6
            anna.shows = True
            anna.send(Shown(displays.displays[0].id, anna.last_number))
            await anna.sees(lambda frame: same(frame, screenshot(display)))
            assert anna.pictures - seen <= 8
