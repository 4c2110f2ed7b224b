"""A customer with a secret who has come and gone is awaited no longer: a plain PIN raises no question for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from codec.wire.api_types import CodeState, Method, SessionState
from codec.wire.signals import CodeChanged, Enter, Leave, Leaving, SessionChanged
from console.page import messages as said
from tests.support.relays import AppletEnd, RunningRelay, running_relay
from tests.support.sessions import spoken_code
from tests.support.technicians import Technician, technician


@asynccontextmanager
async def comes(relay: RunningRelay, anna: Technician, code: str) -> AsyncIterator[AppletEnd]:
    """A customer who brings a code, up to the point where the technician may pick them up."""
    link, pin = code.rpartition("/")[2].partition("#")[0], code.replace(" ", "")[:6]
    first = Enter(2, link=link, computer="PC") if "/" in code else Enter(2, pin=pin, computer="PC")
    anna.heard.clear()
    async with relay.applet(first) as applet:
        await relay.enter(applet)
        changed = await anna.hear(SessionChanged, lambda each: each.session.state is SessionState.WAITING)
        anna.session = changed.session.id
        yield applet


async def elsewhere(relay: RunningRelay) -> str:
    """A plain PIN of another console, of which this one does not know that it has no secret."""
    code = await relay.make_code()
    assert code.pin is not None
    return code.pin


async def opens(anna: Technician, without_secret: bool = False) -> str:
    """Open the session; return why not."""
    number = 1_000 + anna.session * 2 + without_secret
    anna.say(said.PageOpen(number, anna.session, without_secret))
    answer = await anna.until(lambda each: isinstance(each, said.Done | said.Failed) and each.request == number)
    return answer.problem if isinstance(answer, said.Failed) else ""


async def is_over(anna: Technician) -> None:
    await anna.until(lambda each: isinstance(each, SessionChanged) and each.session.state.is_final)


@pytest.mark.parametrize("method", [Method.PIN, Method.LINK])
@pytest.mark.parametrize("how", ["wrong digits", "closed", "ended"])
async def test_a_session_that_was_open_here_and_has_ended_leaves_no_one_awaited(
    tmp_path: Path, method: Method, how: str
) -> None:
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        code = await spoken_code(anna, method, secret=True)
        async with comes(relay, anna, code) as applet:
            assert await opens(anna) == ""
            if how == "ended":
                await anna.request(lambda number: said.PageEnd(number, anna.session))
            else:
                await applet.say(Leave(Leaving.SECRETS_DIFFER if how == "wrong digits" else Leaving.CLOSED))
            await is_over(anna)
        async with comes(relay, anna, await spoken_code(anna)):
            assert await opens(anna) == ""


@pytest.mark.parametrize("how", ["left", "cancelled elsewhere"])
async def test_a_code_that_is_spent_by_the_relays_word_alone_is_asked_about_once(tmp_path: Path, how: str) -> None:
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        code = await spoken_code(anna, Method.LINK)
        if how == "left":
            async with comes(relay, anna, code) as applet:
                await applet.say(Leave(Leaving.CLOSED))
                await is_over(anna)
        else:
            made = await anna.hear(CodeChanged)
            await relay.call("DELETE", f"/codes/{made.code.id}")
            await anna.until(lambda each: isinstance(each, CodeChanged) and each.code.state is CodeState.CANCELLED)
        async with comes(relay, anna, await elsewhere(relay)):
            assert await opens(anna) == "secret_expected"
            assert await opens(anna, without_secret=True) == ""
        async with comes(relay, anna, await elsewhere(relay)):
            assert await opens(anna) == ""


async def test_one_who_can_still_come_is_asked_about_each_time(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        await spoken_code(anna, Method.LINK)
        for _ in range(2):
            async with comes(relay, anna, await elsewhere(relay)):
                assert await opens(anna) == "secret_expected"
                assert await opens(anna, without_secret=True) == ""


async def test_a_plain_pin_that_was_made_here_raises_no_question(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        await spoken_code(anna, Method.LINK)
        async with comes(relay, anna, await spoken_code(anna)):
            assert await opens(anna) == ""


async def test_a_new_pin_in_the_place_of_one_that_was_cancelled_here_raises_no_question(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        await spoken_code(anna, secret=True)
        made = await anna.hear(CodeChanged)
        await anna.request(lambda number: said.CancelCode(number, made.code.id))
        async with comes(relay, anna, await spoken_code(anna)):
            assert await opens(anna) == ""
