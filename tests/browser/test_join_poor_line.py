"""A screen that is shared from a browser over a poor line: what moves comes as a film, what rests is exact."""

import asyncio
import signal
import sys
from pathlib import Path

from tests.support.captures import same_planes
from tests.support.join_customers import JoinCustomer
from tests.support.poor_lines import sharing
from tests.support.technicians import Technician

SIZE = (800, 500)


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
