"""A tab in one session is given the code of another, or loads its page again: what its address brings wins."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from codec.wire.api_types import Method, SessionState
from codec.wire.signals import SessionChanged, SessionGone
from console.page import messages as said
from tests.browser.test_channel_form import site
from tests.browser.test_join import meeting
from tests.support.channels import assign, make_desk, sign_in
from tests.support.relays import ConsoleEnd, RunningRelay, running_relay
from tests.support.sessions import spoken_code
from tests.support.technicians import technician

IN_QUEUE = "You are waiting for a technician"


async def came(console: ConsoleEnd, channel: int) -> int:
    """Return the session of the next customer who waits in a channel."""
    while True:
        changed: SessionChanged = await console.hear_a(SessionChanged)
        session = changed.session
        if session.channel is not None and session.channel.id == channel and session.state is SessionState.WAITING:
            return session.id


async def is_left(console: ConsoleEnd, session: int) -> None:
    """Wait until someone is no longer in the queue."""
    while (await console.hear_a(SessionGone)).session != session:
        pass


@asynccontextmanager
async def in_queue(browser: Browser, folder: Path) -> AsyncIterator[tuple[RunningRelay, Page, ConsoleEnd, str, int]]:
    """A customer who waits in channel 1, and Bob, who serves it and channel 2. The last is their session."""
    async with running_relay(folder) as relay:
        group, *_people = await make_desk(relay, "Bob")
        for channel in (1, 2):
            await assign(relay, channel, group)
        token = await sign_in(relay, "Bob")
        context = await browser.new_context()
        async with relay.console("console-of-bob", token) as console:
            page = await context.new_page()
            await page.goto(f"{relay.url}/join?channel=1")
            await page.get_by_role("button", name="Continue").click()
            await expect(page.get_by_role("heading", name=IN_QUEUE)).to_be_visible()
            yield relay, page, console, token, await came(console, 1)
        await context.close()


async def listed(relay: RunningRelay, token: str) -> list[int]:
    """Return which sessions Bob sees."""
    status, sessions = await relay.call("GET", "/sessions", token=token)
    assert status == 200
    return [each["id"] for each in sessions]


@pytest.mark.parametrize("way", ["channel", "link", "PIN from another page", "PIN in this address"])
async def test_another_code_leaves_the_queue_and_leads_to_whose_it_is(
    browser: Browser, tmp_path: Path, way: str
) -> None:
    async with in_queue(browser, tmp_path) as (relay, page, console, token, first):
        if way == "channel":
            await page.goto(f"{relay.url}/join?channel=2")
            await page.get_by_role("button", name="Continue").click()
            await expect(page.get_by_role("heading", name=IN_QUEUE)).to_be_visible()
            await is_left(console, first)
            assert len(await listed(relay, token)) == 1
            return
        async with technician(relay.url) as anna:
            code = await spoken_code(anna, Method.LINK if way == "link" else Method.PIN)
            if way == "link":
                await page.goto(code.replace("/s/", "/join/"))
            else:
                if way == "PIN from another page":
                    await page.goto(f"{relay.url}/start")
                await page.goto(f"{relay.url}/join#{code.replace(' ', '')}")
            await expect(page.get_by_role("heading", name="Waiting for Anna de Vries")).to_be_visible()
            await is_left(console, first)
            await page.reload()
            await expect(page.get_by_role("heading", name="Waiting for Anna de Vries")).to_be_visible()


async def test_the_code_by_which_the_tab_came_and_none_at_all_lead_back(browser: Browser, tmp_path: Path) -> None:
    async with in_queue(browser, tmp_path) as (relay, page, _console, token, first):
        for address in (page.url, f"{relay.url}/join?channel=1"):
            await page.goto(address)
            await expect(page.get_by_role("heading", name=IN_QUEUE)).to_be_visible()
            assert await listed(relay, token) == [first]


async def test_who_fills_in_the_form_once_more_asks_once_more(browser: Browser, tmp_path: Path) -> None:
    async with in_queue(browser, tmp_path) as (relay, page, console, token, first):
        form = (
            f'<form action="{relay.url}/channel/1" method="post"><input name="name" value="Lars"><button>Help</button>'
        )
        async with site(form) as address:
            await page.goto(address)
            await page.get_by_role("button", name="Help").click()
            await expect(page.get_by_role("heading", name=IN_QUEUE)).to_be_visible()
        await is_left(console, first)
        (second,) = await listed(relay, token)
        assert second != first
        status, (session,) = await relay.call("GET", "/sessions", token=token)
        assert (status, session["name"]) == (200, "Lars")


async def test_a_copy_of_the_tab_leaves_nothing_that_is_not_its_own(browser: Browser, tmp_path: Path) -> None:
    async with in_queue(browser, tmp_path) as (relay, page, console, token, first):
        async with page.expect_popup() as opening:
            await page.evaluate("void open('/join?channel=2')")  # it begins with a copy of what the tab keeps
        copy = await opening.value
        await copy.get_by_role("button", name="Continue").click()
        await expect(copy.get_by_role("heading", name=IN_QUEUE)).to_be_visible()
        assert sorted(await listed(relay, token)) == sorted([first, await came(console, 2)])
        await expect(page.get_by_role("heading", name=IN_QUEUE)).to_be_visible()


@pytest.mark.parametrize("method", [Method.PIN, Method.LINK])
async def test_another_code_ends_a_session_as_its_customer_does(tmp_path: Path, method: Method) -> None:
    async with meeting(tmp_path, method=method) as (_display, customer, anna):
        first = anna.session
        code = await spoken_code(anna, method)
        anna.heard.clear()
        is_link = method is Method.LINK
        pin = code.replace(" ", "")
        await customer.page.goto(code.replace("/s/", "/join/") if is_link else f"{customer.url}/join#{pin}")
        ended = await anna.until(lambda each: isinstance(each, SessionChanged) and each.session.state.is_final)
        assert (ended.session.id, ended.session.state) == (first, SessionState.CLOSED_BY_CUSTOMER)
        waits = await anna.until(
            lambda each: isinstance(each, SessionChanged) and each.session.state is SessionState.WAITING
        )
        await anna.open(waits.session.id)
        await customer.writes("Here I am")
        await anna.hear(said.ChatLine, lambda line: line.text == "Here I am")


async def test_who_loaded_the_page_again_reads_that_a_technician_has_closed_the_request(
    browser: Browser, tmp_path: Path
) -> None:
    async with in_queue(browser, tmp_path) as (relay, page, _console, token, first):
        await page.reload()
        await expect(page.get_by_role("heading", name=IN_QUEUE)).to_be_visible()
        status, _ = await relay.call("POST", f"/sessions/{first}/end", token=token)
        assert status == 200
        await expect(page.get_by_text("A technician has closed your request.")).to_be_visible()
