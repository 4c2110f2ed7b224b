"""A relay with the rehearsal's organisation, and people of each role who are signed in on its pages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from relay.organization.units import Unit
from tests.rehearsal.organisation import LEAD, READER, TECHNICIAN, furnish
from tests.relay.admin.browsers import Browser
from tests.support.mail_server import MailServer, running_mail_server
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, running_relay

PEOPLE = {"owner": EMAIL, "lead": LEAD, "reader": READER, "technician": TECHNICIAN}


class Center:
    """The relay, its organisation, and a browser for each role."""

    def __init__(self, relay: RunningRelay, units: dict[str, Unit]) -> None:
        self.relay = relay
        self.units = units
        self.stranger = Browser(relay, "")

    async def browser(self, who: str) -> Browser:
        """Return a browser in which somebody has just signed in."""
        form = {"email": PEOPLE[who], "password": PASSWORD}
        async with self.relay.http.post(f"{self.relay.url}/sign-in", data=form, allow_redirects=False) as response:
            assert response.status == 303, await response.text()
            return Browser(self.relay, response.cookies["deskside"].value)


@pytest_asyncio.fixture
async def center(tmp_path: Path) -> AsyncIterator[Center]:
    """The Admin Center of a small organisation, which shows what is planned too; `plain` does not."""
    async with running_relay(tmp_path) as relay:
        units = await furnish(relay.settings.database, PASSWORD)
        await relay.show_planned()
        yield Center(relay, units)


@pytest_asyncio.fixture
async def plain(tmp_path: Path) -> AsyncIterator[Center]:
    """The Admin Center as it is after the set-up: with what has an effect, and nothing else."""
    async with running_relay(tmp_path) as relay:
        yield Center(relay, await furnish(relay.settings.database, PASSWORD))


@pytest_asyncio.fixture
async def mailing(tmp_path: Path) -> AsyncIterator[tuple[Center, MailServer]]:
    """An Admin Center whose relay has a mail server."""
    with running_mail_server() as server:
        async with running_relay(tmp_path, **server.settings) as relay:
            yield Center(relay, await furnish(relay.settings.database, PASSWORD)), server
