"""The customer's pages in WebKitGTK: forms, handshake and chat through the server. It gets no screen, and says so."""

from pathlib import Path

from codec.wire.access import Access
from codec.wire.chat_log import Who
from codec.wire.messages import Answered, Ask
from console.page import messages as said
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import technician
from tests.support.webkit import ENTER, webkit_page
from tests.support.xvfb import virtual_display


async def test_from_the_pin_to_the_receipt_with_chat_both_ways_and_a_screen_that_cannot_be_shown(
    tmp_path: Path,
) -> None:
    with virtual_display(window_manager=True) as display:
        async with (
            running_relay(tmp_path) as relay,
            technician(relay.url) as anna,
            webkit_page(display) as page,
        ):
            await page.goto(f"{relay.url}/join")
            await page.is_true("document.activeElement?.id === 'code'")
            await page.press(*await spoken_code(anna), ENTER)
            session = await picked_up(anna)
            assert (session.kind, session.computer) == ("page", "Safari")
            connected = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
            await page.sees("-".join(connected.words))
            await page.fill("Write to Anna de Vries", "Hello from WebKit")
            await page.press(ENTER)
            line = await anna.hear(said.ChatLine, lambda line: line.who is Who.CUSTOMER)
            assert line.text == "Hello from WebKit"
            anna.say(said.Say(session.id, "Hello, I read it"))
            await page.sees("Hello, I read it")

            anna.send(Ask(1, Access.VIEW))
            await page.click("Yes, choose what to showYour browser asks next.")
            await page.sees("This browser cannot show your screen")
            await page.sees("in Chrome, Edge or Firefox, or use the help program.")
            await page.click("Just chat")
            assert not (await anna.hear(Answered)).allowed

            await page.click("End session")
            await page.sees("The session has ended")
            await page.sees("-".join(connected.words))
            await anna.hear(said.ChatLine, lambda line: line.event is said.Event.ENDED_BY_CUSTOMER)


async def test_check_comes_to_an_end_and_says_that_there_is_no_direct_connection(tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay, webkit_page(display) as page:
            await page.goto(f"{relay.url}/check")
            await page.sees("You are ready")
            await page.sees("The connection goes through the server.")
            await page.sees("Off in this browser. Help goes through the server, a little slower")
