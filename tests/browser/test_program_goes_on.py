"""A customer who came by the page goes on with the help program: the same session, at the technician's the same tab."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from codec.wire.access import Access
from codec.wire.api_types import Method
from codec.wire.messages import Computer
from console.page import messages as said
from tests.support.applets import headless_applet
from tests.support.join_customers import join_customer
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, same, screenshot, spoken_code
from tests.support.technicians import technician
from tests.support.xvfb import virtual_display


@pytest.mark.finding("use-A2")
async def test_pin_then_page_then_program_then_control_is_one_session(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with (
            running_relay(tmp_path) as relay,
            technician(relay.url) as anna,
            join_customer(display, relay.url, tmp_path) as customer,
        ):
            relay.settings.downloads.mkdir()
            (relay.settings.downloads / "deskside-help-linux-x86_64").write_bytes(b"a program")
            await customer.page.goto(f"{relay.url}/join")
            await customer.enter(await spoken_code(anna))
            session = await picked_up(anna)
            assert session.kind == "page"
            await expect(customer.page.get_by_role("heading", name="Anna de Vries is here")).to_be_visible()

            done = await anna.request(lambda number: said.MakeCode(number, Method.PIN, session=session.id))
            invitation = await anna.hear(said.Invitation, lambda each: each.code == done.code)
            assert invitation.spoken is not None
            start = await customer.page.context.new_page()
            await start.goto(f"{relay.url}/?program#{invitation.spoken.replace(' ', '')}")
            await expect(start.get_by_role("heading", name="Download the help program")).to_be_visible()
            assert start.url == f"{relay.url}/start?program", "the PIN stays in no address"

            anna.heard.clear()
            with headless_applet(display, relay.url, invitation.spoken):
                changed = await anna.until(
                    lambda each: type(each).__name__ == "SessionChanged" and each.session.kind == "program"
                )
                assert changed.session.id == session.id
                assert changed.session.state == "active"
                await anna.hear(Computer)  # of the program: what was agreed with the page is over
                await anna.may(Access.CONTROL)
                await anna.watch()
                await anna.sees(lambda picture: same(picture, screenshot(display)))

                goes_on = customer.page.get_by_role("heading", name="The session continues in the help program")
                await expect(goes_on).to_be_focused()
                await expect(customer.page.get_by_text("This page is no longer connected.")).to_be_visible()
                await expect(customer.page.get_by_text("has ended")).to_have_count(0)
                await expect(customer.page.get_by_text("Anna de Vries, Northwind IT")).to_be_visible()
                await anna.sees(lambda picture: same(picture, screenshot(display)))


async def test_a_link_to_the_program_ends_the_session_of_the_page_once_the_program_is_there(tmp_path: Path) -> None:
    """It has a secret of its own, so that it begins a session. The page went on beside that, and said untrue things."""
    with virtual_display() as display:
        async with (
            running_relay(tmp_path) as relay,
            technician(relay.url) as anna,
            join_customer(display, relay.url, tmp_path) as customer,
        ):
            await customer.enter(await spoken_code(anna, Method.LINK))
            page = await picked_up(anna)
            await expect(customer.page.get_by_role("heading", name="Anna de Vries is here")).to_be_visible()
            done = await anna.request(lambda number: said.MakeCode(number, Method.LINK, session=page.id))
            invitation = await anna.hear(said.Invitation, lambda each: each.code == done.code)
            assert invitation.link is not None
            anna.heard.clear()
            with headless_applet(display, relay.url, invitation.link):
                program = await picked_up(anna)
                assert program.id != page.id
                ended = await anna.until(
                    lambda each: type(each).__name__ == "SessionChanged" and each.session.state.is_final
                )
                assert ended.session.id == page.id
                await expect(customer.page.get_by_role("heading", name="The session has ended")).to_be_visible()
                await anna.may(Access.CONTROL)
