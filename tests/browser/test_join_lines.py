"""A page whose line breaks in the middle of a session: relay restarted, line cut, direct path lost. It goes on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import expect

from codec.picture.diff import Frame
from codec.wire.access import Access
from codec.wire.chat_log import Who
from codec.wire.messages import Granted
from codec.wire.signals import APPLET_PATH, SessionChanged
from console.page import messages as said
from tests.browser.test_join import shows
from tests.support.faults import Direct, close_direct_path, paths
from tests.support.forwarder import Forwarder, forwarder
from tests.support.join_customers import WHOLE_SCREEN, JoinCustomer, join_customer
from tests.support.relay_process import RelayProcess
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.waiting import eventually
from tests.support.xvfb import VirtualDisplay, virtual_display


@dataclass
class Meeting:
    """A session in which the screen is seen. Customer and technician each have a line of their own to the relay."""

    display: VirtualDisplay
    relay: RelayProcess
    customer: JoinCustomer
    anna: Technician
    theirs: Forwarder
    ours: Forwarder

    def fills(self, colour: str) -> None:
        """Let the part of the screen that the browser leaves free have this colour."""
        self.display.run("xsetroot", "-solid", colour)

    async def lost(self) -> None:
        """Wait until both ends know that there is no way."""
        await expect(self.customer.page.get_by_role("heading", name="The connection is being restored")).to_be_visible(
            timeout=15_000
        )
        await self.anna.until(lambda each: isinstance(each, said.Connected) and each.path is said.Path.LOST)

    async def write_to_each_other(self) -> None:
        """Both write a line, whether it arrives or not."""
        self.anna.say(said.Say(self.anna.session, "Are you still there?"))
        field = self.customer.page.get_by_role("textbox")
        await field.fill("Can you see it?")
        await field.press("Enter")

    async def goes_on(self) -> None:
        """Wait until the picture moves again and what was written is there, once."""
        page = self.customer.page
        self.fills("#ffffff")
        await self.anna.sees(is_light)
        await expect(page.get_by_role("heading", name="Anna de Vries sees your whole screen")).to_be_visible()
        await self.anna.until(lambda each: isinstance(each, said.ChatLine) and each.text == "Can you see it?")
        await expect(page.get_by_role("log").get_by_text("Are you still there?")).to_have_count(1)
        await self.customer.writes("Now?")
        await self.anna.until(lambda each: isinstance(each, said.ChatLine) and each.text == "Now?")
        mine = [each.text for each in self.anna.heard if isinstance(each, said.ChatLine) and each.who is Who.CUSTOMER]
        assert mine == ["Can you see it?", "Now?"]
        await expect(page.get_by_role("log").get_by_text("Can you see it?")).to_have_count(1)


def is_light(frame: Frame) -> bool:
    """Whether the free part of the screen is white."""
    return bool(frame[740:780, 1100:1200, :3].mean() > 200)


@asynccontextmanager
async def meeting(folder: Path, direct: Direct) -> AsyncIterator[Meeting]:
    """A session in which the technician sees the screen, with nothing wrong."""
    relay = RelayProcess(folder)
    with virtual_display(window_manager=True) as display, paths(direct):
        await relay.start()
        try:
            async with (
                forwarder(relay.url) as theirs,
                forwarder(relay.url) as ours,
                technician(ours.url) as anna,
                join_customer(display, theirs.url, folder, (WHOLE_SCREEN,)) as customer,
            ):
                customer.may_log("WebSocket connection to", "net::ERR")
                await customer.enter(await spoken_code(anna))
                await picked_up(anna)
                await shows(customer, anna)
                here = Meeting(display, relay, customer, anna, theirs, ours)
                here.fills("#000000")
                await anna.sees(lambda frame: not is_light(frame))
                if direct is Direct.WORKS:
                    await anna.until(lambda each: isinstance(each, said.Connected) and each.path is said.Path.DIRECT)
                anna.heard.clear()
                yield here
        finally:
            relay.end()


@pytest.mark.parametrize("direct", [Direct.NONE, Direct.WORKS])
async def test_a_relay_that_is_restarted_takes_nothing_away(tmp_path: Path, direct: Direct) -> None:
    async with meeting(tmp_path, direct) as here:
        here.relay.kill()
        if direct is Direct.NONE:
            await here.lost()
        await here.write_to_each_other()
        await here.relay.start()
        await here.goes_on()
        heard = here.anna.heard
        assert not [each for each in heard if isinstance(each, Granted) and Access.VIEW not in each.access]
        assert not [each for each in heard if isinstance(each, said.ChatLine) and each.event is said.Event.NEW_WORDS]
        assert not [each for each in heard if isinstance(each, SessionChanged) and each.session.state.is_final]


@pytest.mark.req("SESS-178")
async def test_a_line_that_is_cut_is_told_and_comes_back_without_another_question(tmp_path: Path) -> None:
    async with meeting(tmp_path, Direct.NONE) as here:
        async with here.customer.page.context.expect_page() as opened:
            await here.customer.page.get_by_role("button", name="Keep on top").click()
        small = await opened.value
        await expect(small.get_by_text("Anna de Vries sees your whole screen")).to_be_visible()
        here.theirs.cut()
        await here.lost()
        await expect(small.get_by_text("The connection is being restored")).to_be_visible()
        await expect(small.get_by_role("button", name="Stop")).to_be_visible()
        await here.write_to_each_other()
        here.theirs.restore()
        await here.goes_on()
        await expect(small.get_by_text("Anna de Vries sees your whole screen")).to_be_visible()
        assert not [each for each in here.anna.heard if isinstance(each, Granted)]


async def test_a_page_that_reaches_the_server_again_does_not_say_that_the_technician_does(tmp_path: Path) -> None:
    """It said that they saw the screen."""
    async with meeting(tmp_path, Direct.NONE) as here:
        here.ours.cut()
        await here.lost()
        told = here.customer.page.get_by_role("heading", name="The connection is being restored")
        await here.customer.page.evaluate("""() => {
            const watch = () => { if (document.body.innerText.includes("sees your whole screen")) seen += 1; };
            globalThis.seen = 0;
            new MutationObserver(watch).observe(document.body, { subtree: true, childList: true, characterData: true });
        }""")
        before = {*here.theirs._open}
        here.theirs.cut()
        here.theirs.restore()
        await eventually(
            lambda: any(APPLET_PATH.encode() in here.theirs._open[each] for each in {*here.theirs._open} - before)
        )
        for _ in range(20):  # by then, the relay has let the page in
            await here.customer.page.evaluate("fetch('/join/about').then((answer) => answer.text())")
        await expect(told).to_be_visible()
        assert await here.customer.page.evaluate("seen") == 0


async def test_a_direct_path_that_is_lost_is_replaced_before_the_customer_hears_of_it(tmp_path: Path) -> None:
    async with meeting(tmp_path, Direct.WORKS) as here:
        told: list[str] = []

        def tell(word: str) -> None:
            told.append(word)

        await here.customer.page.expose_function("told", tell)
        await here.customer.page.evaluate("""() => {
            const look = () => { if (document.body.innerText.includes("connection is being restored")) told("lost"); };
            new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
        }""")
        await close_direct_path(here.anna)
        await here.anna.until(lambda each: isinstance(each, said.Connected) and each.path is said.Path.RELAYED)
        await here.write_to_each_other()
        await here.goes_on()
        await here.anna.until(lambda each: isinstance(each, said.Connected) and each.path is said.Path.DIRECT)
        assert told == []


async def test_a_part_of_the_page_that_cannot_be_loaded_while_the_line_is_cut_is_loaded_when_it_is_back(
    tmp_path: Path,
) -> None:
    """The small window stayed empty for ever: only a browser that was offline tells when to try again."""
    async with meeting(tmp_path, Direct.WORKS) as here:
        page = here.customer.page
        here.theirs.cut()
        async with (
            page.expect_console_message(lambda each: "a part of this page cannot be loaded" in each.text),
            page.context.expect_page() as opened,
        ):
            await page.get_by_role("button", name="Keep on top").click()
        small = await opened.value
        here.theirs.restore()
        await expect(small.get_by_role("button", name="Stop")).to_be_visible()
