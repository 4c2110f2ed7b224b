"""Text messages with links of sessions: what they say, and handing them to the gateway, each once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import aiohttp

from relay.mail.texts import one_line
from relay.text_messages.gateway import Answered, Gateway
from relay.text_messages.gsm import messages_of
from relay.text_messages.numbers import clean_number
from relay.texts import _
from relay.web.languages import Language

AT_ONCE = 4
"""So many are handed over at the same time: a gateway that is silent keeps only these waiting."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TextMessage:
    """A message with the link of a code. Its number and text are nobody else's business: they are in no log."""

    code: int
    number: str = field(repr=False)
    text: str = field(repr=False)


def text_for(link: str, organisation: str, language: Language) -> str:
    """Return what a message says: who invites, where that leaves it one message."""
    say = language.texts.gettext
    values = {"organisation": one_line(organisation), "link": link}
    named = say(_("%(organisation)s invites you to a support session: %(link)s")) % values
    return named if messages_of(named) == 1 else say(_("Your support session: %(link)s")) % values


class TextMessages:
    """Those that wait for the gateway, in memory. Run `keep_sending` as long as the relay runs."""

    def __init__(self, gateway: Gateway | None, countries: Sequence[str]) -> None:
        self._gateway = gateway
        self._countries = countries
        self._waiting: asyncio.Queue[TextMessage] = asyncio.Queue()

    @property
    def is_there(self) -> bool:
        """Whether there is a gateway."""
        return self._gateway is not None

    def number(self, typed: str) -> str:
        """Return a number to which messages may go. Raises FieldError."""
        return clean_number(typed, self._countries)

    def put(self, message: TextMessage) -> None:
        """Hand a message over soon."""
        self._waiting.put_nowait(message)

    async def keep_sending(self, told: Callable[[int, Answered], Awaitable[None]]) -> None:
        """Hand messages over until cancelled. `told` hears what became of the one with the link of a code."""
        gateway = self._gateway
        if gateway is None:
            return
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http, asyncio.TaskGroup() as group:
            for _number in range(AT_ONCE):
                group.create_task(self._send(gateway, http, told))

    async def _send(
        self, gateway: Gateway, http: aiohttp.ClientSession, told: Callable[[int, Answered], Awaitable[None]]
    ) -> None:
        while True:
            message = await self._waiting.get()
            try:
                await told(message.code, await gateway.send(http, message.number, message.text))
            except Exception:
                _log.exception("what became of the text message of code %d could not be kept", message.code)
