"""Private sessions start by themselves where the group wants that, as far as there is room for them."""

from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, expect

from codec.wire.api_types import Code, SessionState
from codec.wire.signals import Entered, State
from tests.support.channels import address_of, assign, choose, make_desk, sign_in, through
from tests.support.consoles import console_page, running_console
from tests.support.relays import enter_with, running_relay


@pytest.mark.req("SESS-68")
async def test_what_came_by_a_pin_starts_when_there_is_room_and_a_channels_sessions_wait(
    browser: Browser, tmp_path: Path
) -> None:
    async with running_relay(tmp_path) as relay, AsyncExitStack() as stack:
        group, *_people = await make_desk(relay, "Bob")
        await assign(relay, 1, group)
        path = f"/settings/technician_group/{group.id}"
        values = {"console.auto_start_private": True, "console.most_sessions": 1}
        assert (await relay.call("PATCH", path, {"values": values}))[0] == 200
        token = await sign_in(relay, "Bob")
        process = stack.enter_context(running_console(relay.url))
        page = await stack.enter_async_context(console_page(browser, process.link, email=address_of("Bob")))
        by_channel = await stack.enter_async_context(relay.applet(through(1)))
        await by_channel.hear_a(Entered)
        await expect(page.get_by_role("button", name="Pick up")).to_have_count(1)
        customers, sessions = [], []
        for name in ("Ingrid", "Jonas"):
            _, made = await relay.call("POST", "/codes", {"method": "pin", "name": name}, token)
            customers.append(await stack.enter_async_context(relay.applet(enter_with(msgspec.convert(made, Code)))))
            sessions.append((await customers[-1].hear_a(Entered)).session)
            if name == "Ingrid":
                while (await customers[0].hear_a(State)).state is not SessionState.ACTIVE:
                    pass
        await expect(page.get_by_role("heading", name="Ingrid")).to_be_visible()
        await expect(page.get_by_role("button", name="All sessions, 2 waiting")).to_be_visible()
        assert (await relay.call("POST", f"/sessions/{sessions[0]}/end", token=token))[0] == 200
        while (await customers[1].hear_a(State)).state is not SessionState.ACTIVE:
            pass
        _, listed = await relay.call("GET", "/sessions", token=token)
        assert [each["state"] for each in listed if each.get("channel")] == ["waiting"]


@pytest.mark.req("SESS-77", "SESS-78")
async def test_a_channels_sessions_start_at_the_consoles_of_those_with_least_to_do_and_say_so(
    browser: Browser, tmp_path: Path
) -> None:
    async with running_relay(tmp_path) as relay, AsyncExitStack() as stack:
        group, *_people = await make_desk(relay, "Bob", "Carla")
        await assign(relay, 1, group)
        await choose(relay, 1, {"auto_start.on": True})
        pages = {}
        for name in ("Bob", "Carla"):
            process = stack.enter_context(running_console(relay.url))
            pages[name] = await stack.enter_async_context(console_page(browser, process.link, email=address_of(name)))
            await expect(pages[name].get_by_role("button", name="Available")).to_be_visible()
        began = []
        for _ in range(2):
            customer = await stack.enter_async_context(relay.applet(through(1)))
            await customer.hear_a(Entered)
            while (state := await customer.hear_a(State)).state is not SessionState.ACTIVE:
                pass
            began.append(state.technician)
        assert sorted(began) == ["Bob", "Carla"]
        for page in pages.values():
            await expect(page.get_by_text("This session started automatically")).to_be_visible()
        one = pages[began[0]]
        await one.screenshot(path=tmp_path / "started.png")
        customer = await stack.enter_async_context(relay.applet(through(1)))
        while (state := await customer.hear_a(State)).state is not SessionState.ACTIVE:
            pass
        await expect(pages[state.technician].get_by_text("has started.").first).to_be_visible()
