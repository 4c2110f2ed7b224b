"""A page that is loaded again while the two ends agree on a key: whatever was on its way is lost with it."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import expect

from codec.session.handshake import AGAIN, parse_step
from codec.wire.api_types import Method
from codec.wire.signals import ConsoleSignal, SessionChanged
from console.page import messages as said
from console.relay import Relay
from console.session.peer import Peer
from tests.support.join_customers import JoinCustomer, join_customer
from tests.support.relays import running_relay
from tests.support.sessions import spoken_code
from tests.support.technicians import Technician, technician
from tests.support.xvfb import virtual_display

STEPS = ("commit", "share", "reveal", "confirm")


class Way:
    """Carries the steps of the handshake, but for those of one name while `losing` is that."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.losing = ""
        self.lost = asyncio.Event()
        out: Callable[..., None] = Relay.say
        back: Callable[..., None] = Peer.signal

        def say(relay: Relay, signal: object) -> None:
            if not (isinstance(signal, ConsoleSignal) and self._loses(signal.data)):
                out(relay, signal)

        def hear(peer: Peer, data: str) -> None:
            if not self._loses(data):
                back(peer, data)

        monkeypatch.setattr(Relay, "say", say)
        monkeypatch.setattr(Peer, "signal", hear)

    def lose(self, step: str) -> None:
        """Lose this step from now on."""
        self.losing = step
        self.lost.clear()

    def _loses(self, data: str) -> bool:
        step = base64.b64decode(data)
        if step == AGAIN or type(parse_step(step)).__name__.lower() != self.losing:
            return False
        self.lost.set()
        return True


@asynccontextmanager
async def waiting(
    folder: Path, method: Method = Method.PIN, secret: bool = False
) -> AsyncIterator[tuple[JoinCustomer, Technician]]:
    """A customer who waits, and a technician who has not picked them up."""
    with virtual_display() as display:
        async with (
            running_relay(folder) as relay,
            technician(relay.url) as anna,
            join_customer(display, relay.url, folder) as customer,
        ):
            await customer.enter(await spoken_code(anna, method, secret))
            changed = await anna.until(
                lambda each: isinstance(each, SessionChanged) and each.session.state.value == "waiting"
            )
            anna.session = changed.session.id
            yield customer, anna


async def loads_again(customer: JoinCustomer, way: Way) -> None:
    """The page is loaded again while the step is on its way that is lost."""
    await asyncio.wait_for(way.lost.wait(), 15)
    async with customer.page.expect_event("load"):
        await customer.page.reload()
    way.losing = ""


async def is_connected(customer: JoinCustomer, anna: Technician, *before: list[str]) -> list[str]:
    """Wait until both ends have the same words. Return them."""
    connected = await anna.until(lambda each: isinstance(each, said.Connected) and each.words not in ([], *before))
    await expect(customer.page.get_by_role("heading", name="Anna de Vries is here")).to_be_visible()
    await customer.writes("I am here")
    await anna.hear(said.ChatLine, lambda line: line.text == "I am here")
    words: list[str] = connected.words
    return words


@pytest.mark.parametrize(
    ("method", "step"), [*((Method.PIN, step) for step in STEPS), *((Method.LINK, step) for step in STEPS[2:])]
)
async def test_a_page_that_is_loaded_again_while_a_step_is_on_its_way_gets_in_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: Method, step: str
) -> None:
    """After reveal and confirm, both ends waited for ever."""
    way = Way(monkeypatch)
    async with waiting(tmp_path, method) as (customer, anna):
        way.lose(step)
        anna.say(said.PageOpen(100, anna.session))
        await loads_again(customer, way)
        await is_connected(customer, anna)


@pytest.mark.parametrize("step", ["reveal", "confirm"])
async def test_a_page_that_is_loaded_again_in_a_session_may_be_loaded_again_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    way = Way(monkeypatch)
    async with waiting(tmp_path, Method.LINK) as (customer, anna):
        await anna.open(anna.session)
        first = await is_connected(customer, anna)
        for _ in range(2):
            way.lose(step)
            await customer.page.reload()
            await loads_again(customer, way)
        await is_connected(customer, anna, first)


async def test_two_pages_that_are_loaded_again_one_after_the_other_get_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = Way(monkeypatch)
    async with waiting(tmp_path) as (customer, anna):
        way.lose("reveal")
        anna.say(said.PageOpen(100, anna.session))
        await loads_again(customer, way)
        way.lose("confirm")
        await loads_again(customer, way)
        await is_connected(customer, anna)


@pytest.mark.parametrize("step", ["reveal", "confirm"])
async def test_extra_digits_that_were_put_to_the_proof_end_the_session_with_a_sentence_on_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    way = Way(monkeypatch)
    async with waiting(tmp_path, secret=True) as (customer, anna):
        way.lose(step)
        anna.say(said.PageOpen(100, anna.session))
        invitation = await anna.until(lambda each: isinstance(each, said.Invitation))
        await customer.page.get_by_label("Enter the extra digits").fill(invitation.spoken.split()[-1])
        await customer.page.keyboard.press("Enter")
        await loads_again(customer, way)
        await anna.hear(said.ChatLine, lambda line: line.event is said.Event.REFUSED_UNCONFIRMED)
        await expect(customer.page.get_by_text("could not get back into the session")).to_be_visible()
