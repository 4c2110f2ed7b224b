"""A screen that is shared from a browser, and a technician whose line to the relay is poor. There is no direct path."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from codec.picture.packet import PLANES_VERSION
from codec.wire.access import Access
from codec.wire.messages import Ask, Displays, Granted, Watch
from tests.support.faults import Direct, paths
from tests.support.forwarder import forwarder
from tests.support.join_customers import WHOLE_SCREEN, JoinCustomer, join_customer
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.xvfb import VirtualDisplay, virtual_display

BYTES_PER_SECOND = 250_000
"""2 Mbit/s."""


@asynccontextmanager
async def sharing(
    folder: Path, *, films: bool = True
) -> AsyncIterator[tuple[VirtualDisplay, JoinCustomer, Technician]]:
    """The technician sees the whole screen."""
    with virtual_display(window_manager=True) as display, paths(Direct.NONE):
        async with (
            running_relay(folder) as relay,
            forwarder(relay.url) as line,
            technician(line.url) as anna,
            join_customer(display, relay.url, folder, (WHOLE_SCREEN,)) as customer,
        ):
            await customer.enter(await spoken_code(anna))
            await picked_up(anna)
            line.rate = BYTES_PER_SECOND
            anna.send(Ask(1, Access.VIEW))
            await customer.says_yes()
            await anna.hear(Granted, lambda granted: Access.VIEW in granted.access)
            displays = await anna.hear(Displays)
            anna.send(Watch(displays.displays[0].id, packets=PLANES_VERSION, films=films))
            await anna.sees(lambda _frame: True)
            yield display, customer, anna
