"""What the connection says of itself where people read it: in the console's panel, and on the customer's page."""

from pathlib import Path

from playwright.async_api import Browser, expect

from codec.wire.access import Access
from codec.wire.messages import Ask, Displays, Granted, Watch
from tests.browser.test_pages import violations
from tests.browser.test_viewer import controlled
from tests.support.faults import MOVES, Direct, paths
from tests.support.forwarder import forwarder
from tests.support.join_customers import WHOLE_SCREEN, join_customer
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import technician
from tests.support.xvfb import virtual_display


async def test_the_console_reads_cause_next_step_and_figures(browser: Browser, tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        display.run("xsetroot", "-solid", "#336699")
        async with controlled(browser, tmp_path, display) as page:
            await page.get_by_role("button", name="Direct").or_(page.get_by_role("button", name="Through")).click()
            panel = page.get_by_role("dialog", name="Connection")
            await expect(panel.get_by_text("Decoding and showing")).to_be_visible()
            display.run("xsetroot", "-solid", "#000000")
            await expect(panel.get_by_text("The customer’s screen is black")).to_be_visible(timeout=10_000)
            await expect(panel.get_by_text("It is locked, asleep or turned off.")).to_be_visible()
            assert await violations(page) == []
            display.run("xsetroot", "-solid", "#225588")
            await expect(panel.get_by_text("The customer’s screen is black")).to_be_hidden(timeout=10_000)


async def test_the_customers_page_says_that_the_line_is_slow(tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display, paths(Direct.NONE):
        async with (
            running_relay(tmp_path) as relay,
            forwarder(relay.url) as line,
            technician(line.url) as anna,
            join_customer(display, relay.url, tmp_path, (WHOLE_SCREEN,)) as customer,
        ):
            await customer.enter(await spoken_code(anna))
            await picked_up(anna)
            anna.send(Ask(1, Access.VIEW))
            await customer.says_yes()
            await anna.hear(Granted, lambda granted: Access.VIEW in granted.access)
            displays = await anna.hear(Displays)
            anna.send(Watch(displays.displays[0].id, packets=4))
            await anna.sees(lambda _frame: True)
            said = customer.page.get_by_text("sees your screen blurred or late")
            await expect(said).to_be_hidden()
            line.rate = 60_000
            display.start("xterm", "-geometry", "120x40+0+0", "-e", "sh", "-c", MOVES)
            await expect(said).to_be_visible(timeout=15_000)
