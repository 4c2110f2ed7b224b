"""A screen that is shared from a browser over a poor line: what moves comes as a film, what rests is exact."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from codec.wire.access import Access
from codec.wire.messages import Ask, Displays, Granted, Watch
from tests.support.captures import same_planes
from tests.support.faults import Direct, paths
from tests.support.forwarder import forwarder
from tests.support.join_customers import WHOLE_SCREEN, JoinCustomer, join_customer
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.xvfb import VirtualDisplay, virtual_display

POOR = 250_000
"""2 Mbit/s."""
SIZE = (800, 500)


@asynccontextmanager
async def sharing(folder: Path, films: bool = True) -> AsyncIterator[tuple[VirtualDisplay, JoinCustomer, Technician]]:
    """A customer who shows the whole screen, and a technician who has a poor line."""
    with virtual_display(window_manager=True) as display, paths(Direct.NONE):
        async with (
            running_relay(folder) as relay,
            forwarder(relay.url) as line,
            technician(line.url) as anna,
            join_customer(display, relay.url, folder, (WHOLE_SCREEN,)) as customer,
        ):
            await customer.enter(await spoken_code(anna))
            await picked_up(anna)
            line.rate = POOR
            anna.send(Ask(1, Access.VIEW))
            await customer.says_yes()
            await anna.hear(Granted, lambda granted: Access.VIEW in granted.access)
            displays = await anna.hear(Displays)
            anna.send(Watch(displays.displays[0].id, packets=5, films=films))
            await anna.sees(lambda _frame: True)
            yield display, customer, anna


async def exact(customer: JoinCustomer, anna: Technician) -> None:
    """Wait until the technician sees every plane as it was captured."""
    async with asyncio.timeout(30):
        while anna.is_covered or not same_planes(anna.planes, await customer.captured_planes()):
            await anna.until_pictures(anna.pictures + anna.is_covered)


async def filmed(anna: Technician, pictures: int) -> None:
    """Wait for so many more pictures of a film."""
    wanted = anna.film_pictures + pictures
    async with asyncio.timeout(20):
        while anna.film_pictures < wanted:
            await anna.until_pictures(anna.pictures + 1)


async def test_photographs_that_move_come_as_a_film_and_are_exact_as_soon_as_they_rest(tmp_path: Path) -> None:
    async with sharing(tmp_path) as (display, customer, anna):
        await exact(customer, anna)
        moving = display.start(sys.executable, "-m", "tests.support.moving_photographs", *map(str, SIZE))
        display.wait_for_window("photographs")
        await filmed(anna, 20)
        moving.send_signal(signal.SIGSTOP)
        await exact(customer, anna)
        moving.send_signal(signal.SIGCONT)
        await filmed(anna, 20)
        display.run("xdotool", "search", "--name", "photographs", "windowkill")
        await exact(customer, anna)


async def test_a_viewer_that_decodes_no_films_gets_none(tmp_path: Path) -> None:
    async with sharing(tmp_path, films=False) as (display, customer, anna):
        await exact(customer, anna)
        moving = display.start(sys.executable, "-m", "tests.support.moving_photographs", *map(str, SIZE))
        display.wait_for_window("photographs")
        await anna.until_pictures(anna.pictures + 5)
        moving.send_signal(signal.SIGSTOP)
        await exact(customer, anna)
        assert anna.film_pictures == 0
