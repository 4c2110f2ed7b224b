"""A customer in the browser, from the PIN to the receipt: real relay, console engine, capture and picker."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Route, expect

from codec.picture.diff import Frame
from codec.picture.packet import OLDEST_VERSION, PLANES_VERSION, VERSION
from codec.wire.access import Access
from codec.wire.api_types import CodeState, Method
from codec.wire.chat_log import Who
from codec.wire.messages import (
    POSITIONS,
    Answered,
    Ask,
    Computer,
    Displays,
    Granted,
    Notice,
    Point,
    Recording,
    Stopped,
    Trouble,
    Watch,
    pack,
)
from codec.wire.signals import CodeChanged, SessionChanged
from console.page import messages as said
from tests.support.captures import luma_of, same_planes
from tests.support.firefox import firefox_page
from tests.support.join_customers import WHOLE_SCREEN, JoinCustomer, join_customer
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, same, screenshot, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.waiting import eventually
from tests.support.xvfb import VirtualDisplay, virtual_display

NOTHING: frozenset[Access] = frozenset()
ALIKE = 30.0
"""dB. Coloured text in half of the colours has 34."""


@asynccontextmanager
async def meeting(
    folder: Path, *arguments: str, method: Method = Method.PIN, secret: bool = False
) -> AsyncIterator[tuple[VirtualDisplay, JoinCustomer, Technician]]:
    """A customer on the page and a technician, who are connected."""
    with virtual_display(window_manager=True) as display:
        async with (
            running_relay(folder) as relay,
            technician(relay.url) as anna,
            join_customer(display, relay.url, folder, arguments) as customer,
        ):
            await customer.enter(await spoken_code(anna, method, secret))
            await picked_up(anna)
            yield display, customer, anna


async def shows(customer: JoinCustomer, anna: Technician, number: int = 1, packets: int = PLANES_VERSION) -> int:
    """The technician asks for the screen, and the customer says yes. Return which display it is."""
    anna.send(Ask(number, Access.VIEW))
    await customer.says_yes()
    await anna.hear(Granted, lambda granted: Access.VIEW in granted.access)
    displays = await anna.hear(Displays)
    anna.picture = None
    anna.send(Watch(displays.displays[0].id, packets=packets))
    return displays.displays[0].id


def cover(display: VirtualDisplay) -> None:
    """Put coloured text in front of everything, also of the page: nothing moves any more."""
    command = "ls --color=always -la /usr/bin /usr/lib; sleep 600"
    display.start("xterm", "-geometry", "230x70+0+0", "-title", "stage", "-e", command)
    display.wait_for_window("stage")
    display.run("xdotool", "search", "--name", "stage", "windowraise", "windowfocus")


async def test_the_technician_sees_what_the_browser_captures_to_the_pixel(tmp_path: Path) -> None:
    async with meeting(tmp_path, WHOLE_SCREEN) as (display, customer, anna):
        connected = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
        assert connected.check is said.Check.WORDS
        computer = await anna.hear(Computer)
        assert (computer.name, computer.system) == ("Chrome", "Linux")
        anna.send(Ask(1, Access.VIEW))
        await expect(customer.page.get_by_text("-".join(connected.words))).to_be_visible()
        await customer.says_yes()
        await anna.hear(Granted, lambda granted: granted.access == {Access.VIEW})
        assert (await anna.hear(Answered)).allowed
        displays = await anna.hear(Displays)
        assert [(each.width, each.height) for each in displays.displays] == [(1280, 800)]
        anna.send(Watch(displays.displays[0].id, packets=4))
        cover(display)
        async with asyncio.timeout(20):
            while not await looks_alike(customer, anna):
                await anna.until_pictures(anna.pictures)
        direct = await anna.until(lambda each: isinstance(each, said.Connected) and each.path is said.Path.DIRECT)
        assert direct.check is said.Check.WORDS


async def test_the_technician_has_the_planes_that_the_browser_captured_and_luma_is_the_screens(tmp_path: Path) -> None:
    async with meeting(tmp_path, WHOLE_SCREEN) as (display, customer, anna):
        await shows(customer, anna)
        cover(display)
        display.run("xdotool", "mousemove", "640", "780")
        async with asyncio.timeout(20):
            while not same_planes(anna.planes, await customer.captured_planes()):
                await anna.until_pictures(anna.pictures)
        assert has_luma_of(anna, display)


def has_luma_of(anna: Technician, display: VirtualDisplay) -> bool:
    """Whether the technician has the luma of what is really on the screen, in each pixel."""
    if anna.planes is None:
        return False
    differs = anna.planes.luma != luma_of(screenshot(display))
    differs[760:, 620:680] = False  # the pointer, at (640, 780), is in what is captured
    return not differs.any()


async def test_a_console_that_knows_no_planes_gets_colours(tmp_path: Path) -> None:
    async with meeting(tmp_path, WHOLE_SCREEN) as (_display, customer, anna):
        display = await shows(customer, anna)
        await anna.sees(lambda _frame: anna.planes is not None)
        for packets in (VERSION, OLDEST_VERSION):
            anna.picture = None
            anna.send(Watch(display, packets=packets))
            await anna.sees(lambda _frame: anna.planes is None)
        anna.send(Watch(display, packets=PLANES_VERSION))
        await anna.sees(lambda _frame: anna.planes is not None)


async def looks_alike(customer: JoinCustomer, anna: Technician) -> bool:
    """Whether the technician sees what the browser captures, as soon as nothing new has come for a moment."""
    captured = await customer.captured()
    return anna.picture is not None and same(anna.picture, captured)


async def test_the_page_shows_where_the_technician_points_and_that_it_goes_on_with_something_else(
    tmp_path: Path,
) -> None:
    """The technician could not point at anything, and the time began again with something else."""
    async with meeting(tmp_path, WHOLE_SCREEN) as (_display, customer, anna):
        page = customer.page
        await shows(customer, anna)
        await anna.sees(lambda _frame: True)
        anna.send(Point(0, POSITIONS // 4, POSITIONS // 2))
        mark = page.locator(".mark-at")
        await expect(mark).to_have_text("Anna de Vries")
        assert abs(float(await mark.evaluate("each => parseFloat(each.style.left)")) - 25) < 0.1
        anna.send(Point(0, 0, 0, on=False))
        await expect(mark).to_have_count(0)
        assert not [each for each in anna.heard if isinstance(each, Notice) and each.trouble is Trouble.CANNOT_POINT]

        time = page.locator(".ses-what time")
        await expect(time).not_to_have_text(re.compile("^0:0[0-2]$"))
        anna.heard.clear()
        await page.get_by_role("button", name="Show something else").click()
        displays = await anna.hear(Displays)
        anna.picture = None
        anna.send(Watch(displays.displays[0].id, packets=4))
        await anna.sees(lambda _frame: True)
        await expect(time).not_to_have_text(re.compile("^0:0[0-2]$"))
        anna.send(Point(0, POSITIONS // 4, POSITIONS // 2))
        await expect(mark).to_have_count(1)
        await page.get_by_role("button", name="Stop", exact=True).click()
        await expect(mark).to_have_count(0)


async def test_the_two_write_to_each_other_and_the_red_button_ends_what_is_seen(tmp_path: Path) -> None:
    async with meeting(tmp_path, WHOLE_SCREEN) as (_display, customer, anna):
        anna.say(said.Say(anna.session, "Could you show me the message?"))
        await expect(customer.page.get_by_text("Could you show me the message?")).to_be_visible()
        await customer.writes("Hello Anna, I will")
        line = await anna.hear(said.ChatLine, lambda line: line.who is Who.CUSTOMER)
        assert line.text == "Hello Anna, I will"

        await shows(customer, anna)
        await anna.sees(lambda _frame: True)
        await customer.page.get_by_role("button", name="Stop", exact=True).click()
        await anna.hear(Granted, lambda granted: granted.access == NOTHING)
        assert not (await anna.hear(Stopped)).by_key
        assert await customer.page.evaluate("captured.getTracks().every((track) => track.readyState === 'ended')")

        await shows(customer, anna, 2)
        await anna.sees(lambda _frame: True)


async def test_the_browsers_own_button_ends_it_too_and_another_session_may_follow(tmp_path: Path) -> None:
    async with meeting(tmp_path, WHOLE_SCREEN) as (display, customer, anna):
        await shows(customer, anna)
        await anna.sees(lambda _frame: True)
        await stop_in_the_browser(display)
        await anna.hear(Granted, lambda granted: granted.access == NOTHING)
        await anna.hear(Stopped)
        await expect(customer.page.get_by_text("Your screen is no longer shown")).to_be_visible()

        await anna.request(lambda number: said.PageEnd(number, anna.session))
        await expect(customer.page.get_by_role("heading", name="The session has ended")).to_be_visible()
        anna.heard.clear()
        await customer.page.goto(f"{customer.url}/join")
        await customer.enter(await spoken_code(anna))
        await picked_up(anna)
        await shows(customer, anna)
        await anna.sees(lambda _frame: True)


async def stop_in_the_browser(display: VirtualDisplay) -> None:
    """Press "Stop sharing" in the bar that Chromium puts at the lower edge of the screen."""
    bar = display.wait_for_window("is sharing your screen")
    place = dict(line.split("=") for line in display.run("xdotool", "getwindowgeometry", "--shell", bar).split())
    x, y, width, height = (int(place[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))
    display.run("xdotool", "mousemove", str(x + width - 110), str(y + height // 2), "click", "1")


async def test_a_picker_that_is_closed_leaves_the_question_open(tmp_path: Path) -> None:
    async with meeting(tmp_path) as (display, customer, anna):
        anna.send(Ask(1, Access.VIEW))
        await customer.says_yes()
        await close_picker(display, customer, 1)
        await expect(customer.page.get_by_text("Nothing was chosen")).to_be_visible()
        await customer.page.get_by_role("button", name="Choose again").click()
        await close_picker(display, customer, 2)
        await expect(customer.page.get_by_text("Nothing was chosen")).to_be_visible()
        assert not [each for each in anna.heard if isinstance(each, Answered)]
        await customer.page.get_by_role("button", name="Just chat").click()
        assert not (await anna.hear(Answered)).allowed


async def close_picker(display: VirtualDisplay, customer: JoinCustomer, times: int) -> None:
    """Press Escape until the browser's question is there and gone: it is no window that one could wait for."""
    async with asyncio.timeout(15):
        while await customer.page.evaluate("refused") < times:
            display.run("xdotool", "key", "Escape")


async def test_extra_digits_are_asked_for_and_prove_who_is_there(tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        async with (
            running_relay(tmp_path) as relay,
            technician(relay.url) as anna,
            join_customer(display, relay.url, tmp_path) as customer,
        ):
            *pin, digits = (await spoken_code(anna, secret=True)).split()
            await customer.enter(" ".join(pin))
            waiting = await anna.until(
                lambda each: isinstance(each, SessionChanged) and each.session.state.value == "waiting"
            )
            anna.session = waiting.session.id
            await anna.request(lambda number: said.PageOpen(number, anna.session))
            await customer.page.get_by_label("Enter the extra digits").fill(digits)
            await customer.page.keyboard.press("Enter")
            connected = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
            assert connected.check is said.Check.SECRET


async def test_an_encoder_that_comes_late_is_waited_for(tmp_path: Path) -> None:
    async with meeting(tmp_path, WHOLE_SCREEN) as (_display, customer, anna):
        wanted, may_come = asyncio.Event(), asyncio.Event()

        async def late(route: Route) -> None:
            wanted.set()
            await may_come.wait()
            await route.continue_()

        first = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
        await customer.page.context.route("**/*.wasm", late)
        await customer.page.reload()
        await anna.until(lambda each: isinstance(each, said.Connected) and each.words not in ([], first.words))
        await shows(customer, anna)
        await wanted.wait()
        assert anna.picture is None
        may_come.set()
        await anna.sees(lambda _frame: True)
        assert anna.granted == {Access.VIEW}


async def test_the_encoder_is_loaded_while_the_customer_reads_the_question_and_by_no_visit_without_one(
    tmp_path: Path,
) -> None:
    async with meeting(tmp_path, WHOLE_SCREEN) as (_display, customer, anna):
        loaded: list[str] = []
        customer.page.context.on("request", lambda request: loaded.append(request.url))
        first = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
        await customer.page.reload()
        await anna.until(lambda each: isinstance(each, said.Connected) and each.words not in ([], first.words))
        await customer.writes("It is about the printer")
        await anna.hear(said.ChatLine, lambda line: line.who is Who.CUSTOMER)
        assert any("worker" in each for each in loaded)
        assert not [each for each in loaded if each.endswith(".wasm")]
        async with customer.page.context.expect_event("requestfinished", lambda each: each.url.endswith(".wasm")):
            anna.send(Ask(1, Access.VIEW))
        await expect(customer.page.get_by_role("button", name="Yes, choose what to show")).to_be_visible()


async def test_an_encoder_that_cannot_be_loaded_ends_the_showing_and_is_tried_again(tmp_path: Path) -> None:
    async with meeting(tmp_path, WHOLE_SCREEN) as (_display, customer, anna):
        customer.may_log("encoder cannot be loaded", "ERR_FAILED")
        await customer.page.context.route("**/*.wasm", lambda route: route.abort())
        anna.send(Ask(1, Access.VIEW))
        await customer.says_yes()
        await anna.hear(Granted, lambda granted: Access.VIEW in granted.access)
        displays = await anna.hear(Displays)
        anna.heard.clear()
        anna.send(Watch(displays.displays[0].id, packets=PLANES_VERSION))
        await anna.hear(Granted, lambda granted: granted.access == NOTHING)
        await customer.page.context.unroute("**/*.wasm")
        await shows(customer, anna, 2)
        await anna.sees(lambda _frame: True)


async def test_a_link_leads_straight_in(tmp_path: Path) -> None:
    async with meeting(tmp_path, method=Method.LINK) as (_display, _customer, anna):
        connected = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
        assert connected.check is said.Check.SECRET


async def test_a_page_that_is_loaded_again_goes_on_with_new_words_and_shows_nothing(tmp_path: Path) -> None:
    async with meeting(tmp_path, WHOLE_SCREEN) as (_display, customer, anna):
        first = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
        await shows(customer, anna)
        await anna.sees(lambda _frame: True)
        await customer.page.reload()
        again = await anna.until(lambda each: isinstance(each, said.Connected) and each.words not in ([], first.words))
        assert again.check is said.Check.WORDS
        await expect(customer.page.get_by_text("sees nothing").first).to_be_visible()
        await eventually(lambda: anna.granted == NOTHING)
        await shows(customer, anna, 2)
        await anna.sees(lambda _frame: True)


async def test_what_was_said_and_allowed_outlasts_a_reload_up_to_the_receipt(tmp_path: Path) -> None:
    """After a reload, the chat was empty and the receipt said that nothing had been allowed."""
    async with meeting(tmp_path, WHOLE_SCREEN) as (_display, customer, anna):
        page = customer.page
        first = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
        anna.say(said.Say(anna.session, "Could you show me the message?"))
        await shows(customer, anna)
        anna.send(Ask(2, Access.RECORD))
        await page.get_by_role("button", name="Yes, record it").click()
        await anna.hear(Granted, lambda granted: granted.access == {Access.VIEW, Access.RECORD})
        anna.send_raw(pack(Recording(since=1)))
        await expect(page.get_by_text("Recording 0:")).to_be_visible()
        await customer.writes("It is this one")
        await anna.hear(said.ChatLine, lambda line: line.who is Who.CUSTOMER)

        await page.reload()
        await anna.until(lambda each: isinstance(each, said.Connected) and each.words not in ([], first.words))
        log = page.get_by_role("log")
        await expect(log.get_by_text("Could you show me the message?")).to_be_visible()
        await expect(log.get_by_text("It is this one")).to_be_visible()
        await expect(page.get_by_text("Recording 0:")).to_have_count(0)

        await anna.request(lambda number: said.PageEnd(number, anna.session))
        await expect(page.get_by_text("Viewing your screen and recording the session")).to_be_visible()
        recorded = page.locator("dl.rc > div").filter(has=page.get_by_text("Recorded", exact=True)).locator("dd")
        await expect(recorded).to_have_text(re.compile(r"\d:\d\d [AP]M"))
        assert await page.evaluate("sessionStorage.length") == 0


async def test_a_session_that_ended_while_the_page_was_away_leaves_its_receipt(tmp_path: Path) -> None:
    """The page said that the server did not answer."""
    async with meeting(tmp_path) as (_display, customer, anna):
        await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
        await customer.page.goto(f"{customer.url}/how-to-check")
        await anna.request(lambda number: said.PageEnd(number, anna.session))
        await customer.page.go_back()
        await expect(customer.page.get_by_role("heading", name="The session has ended")).to_be_visible()
        await expect(customer.page.get_by_text("Anna de Vries, Northwind IT")).to_be_visible()


async def test_a_tab_that_is_duplicated_does_not_take_the_session_from_the_first(tmp_path: Path) -> None:
    async with meeting(tmp_path, WHOLE_SCREEN) as (_display, customer, anna):
        connected = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
        async with customer.page.context.expect_page() as opened:
            await customer.page.evaluate("void window.open('/join')")  # it gets a copy of what this tab keeps
        other = await opened.value
        await expect(other.get_by_role("button", name="Continue")).to_be_visible()
        assert await other.evaluate("sessionStorage.length") == 0
        await expect(customer.page.get_by_text("-".join(connected.words))).to_be_visible()
        await customer.page.reload()
        await anna.until(lambda each: isinstance(each, said.Connected) and each.words not in ([], connected.words))


@pytest.mark.parametrize(
    ("code", "sentence"), [("111 111", "No technician has this PIN"), ("12", "This PIN is incomplete")]
)
async def test_a_wrong_pin_gets_the_applets_sentence(tmp_path: Path, code: str, sentence: str) -> None:
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, join_customer(display, relay.url, tmp_path) as customer:
            await customer.enter(code)
            await expect(customer.page.get_by_text(sentence)).to_be_visible()


async def test_what_the_browser_kept_cannot_break_the_page(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, join_customer(display, relay.url, tmp_path) as customer:
            for storage, name in (("localStorage", "deskside.wrongSecrets"), ("sessionStorage", "deskside.visit")):
                await customer.page.evaluate(f"{storage}.setItem('{name}', '{{}}')")
            await customer.page.reload()
            await customer.enter("111 111")
            await expect(customer.page.get_by_text("No technician has this PIN")).to_be_visible()


async def test_a_used_pin_is_told(tmp_path: Path) -> None:
    async with meeting(tmp_path) as (_display, customer, anna):
        used = await anna.until(lambda each: isinstance(each, CodeChanged) and each.code.state is CodeState.USED)
        other = await customer.page.context.new_page()
        await other.goto(f"{customer.url}/join")
        again = JoinCustomer(other, customer.url)
        await again.enter(used.code.pin or "")
        await expect(other.get_by_text("has already been used")).to_be_visible()


async def test_firefox_shows_the_screen_too(tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        async with (
            running_relay(tmp_path) as relay,
            technician(relay.url) as anna,
            firefox_page(1000, 600, display) as page,
        ):
            await page.goto(f"{relay.url}/join")
            await page.fill("PIN or link", await spoken_code(anna))
            await page.click("Continue")
            await picked_up(anna)
            anna.send(Ask(1, Access.VIEW))
            await page.click("Yes, choose what to showYour browser asks next.")
            await anna.hear(Granted, lambda granted: Access.VIEW in granted.access)
            displays = await anna.hear(Displays)
            anna.send(Watch(displays.displays[0].id, packets=4))
            cover(display)
            frame = await anna.sees(lambda frame: likeness(frame, screenshot(display)) > ALIKE)
            assert frame.shape == (800, 1280, 4)
            display.run("xdotool", "mousemove", "640", "780")
            anna.send(Watch(displays.displays[0].id, packets=PLANES_VERSION))
            await anna.sees(lambda _frame: has_luma_of(anna, display))
            await anna.until(lambda each: isinstance(each, said.Connected) and each.path is said.Path.DIRECT)
            assert page.errors == []


def likeness(one: Frame, other: Frame) -> float:
    """Return how much two pictures are alike, in dB (PSNR): a browser halves the colours of what it captures."""
    difference = one[..., :3].astype(int) - other[..., :3]
    return float(10 * np.log10(255**2 / max(float(np.mean(difference**2)), 1e-9)))
