"""A customer whose page goes: the technician sees within seconds that they are away, and why, and the session ends."""

import time
from pathlib import Path

import psutil
import pytest
from playwright.async_api import expect

from codec.session.responder import ATTEMPTS
from codec.wire.api_types import Ended, Method, SessionState
from codec.wire.signals import SessionChanged
from console.page import messages as said
from relay.signalling import departures
from tests.browser.test_join import meeting
from tests.support.join_customers import JoinCustomer
from tests.support.technicians import Technician

WITHIN = 4.0
"""Seconds."""


async def is_told(anna: Technician, sentence: str) -> None:
    await anna.until(lambda each: isinstance(each, said.Connected) and each.sentence == sentence)


async def test_a_page_that_is_closed_is_told_at_once_and_ends_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departures, "RETURN_SECONDS", 2.0)
    async with meeting(tmp_path) as (_display, customer, anna):
        anna.heard.clear()
        await customer.page.context.new_page()  # the browser stays
        began = time.monotonic()
        await customer.page.close()
        away = await anna.until(lambda each: isinstance(each, SessionChanged) and each.session.page_closed)
        assert away.session.state is SessionState.RECONNECTING
        await is_told(anna, "page_closed")
        assert time.monotonic() - began < WITHIN
        ended = await anna.until(lambda each: isinstance(each, SessionChanged) and each.session.state.is_final)
        assert (ended.session.state, ended.session.ending) == (SessionState.CLOSED_BY_CUSTOMER, Ended.PAGE_CLOSED)
        await anna.hear(said.ChatLine, lambda line: line.event is said.Event.ENDED_PAGE_CLOSED)


async def test_a_page_that_is_loaded_again_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(departures, "RETURN_SECONDS", 2.0)
    async with meeting(tmp_path) as (_display, customer, anna):
        first = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
        anna.heard.clear()
        await customer.page.reload()
        await anna.until(lambda each: isinstance(each, said.Connected) and each.words not in ([], first.words))
        later = await anna.until(lambda each: isinstance(each, said.Connected) and each.path is said.Path.DIRECT)
        assert later.sentence == ""
        sweeps = 0
        while sweeps < 8:  # about a second each: longer than a page that was closed has, and a round of the relay
            anna.heard.clear()
            await anna.hear(said.Connected)
            sweeps += 1
        assert not any(isinstance(each, SessionChanged) and each.session.state.is_final for each in anna.heard)
        assert anna.engine._sessions.known[0].state is SessionState.ACTIVE


async def comes_back(customer: JoinCustomer, anna: Technician) -> None:
    """The customer loads the page again, and is back with words of their own."""
    before = [each.words for each in anna.heard if isinstance(each, said.Connected)]
    await customer.page.reload()
    await anna.until(lambda each: isinstance(each, said.Connected) and each.words not in ([], *before))


async def test_a_page_that_is_loaded_too_often_ends_the_session_with_a_sentence_on_both_sides(tmp_path: Path) -> None:
    """It waited for ever."""
    async with meeting(tmp_path) as (_display, customer, anna):
        for _ in range(ATTEMPTS - 1):
            await comes_back(customer, anna)
        await customer.page.reload()
        await anna.hear(said.ChatLine, lambda line: line.event is said.Event.REFUSED_RELOADS)
        await expect(customer.page.get_by_text("could not get back into the session")).to_be_visible()
        assert await customer.page.evaluate("sessionStorage.length") == 0


async def test_a_page_that_proves_its_link_each_time_may_be_loaded_any_number_of_times(tmp_path: Path) -> None:
    async with meeting(tmp_path, method=Method.LINK) as (_display, customer, anna):
        for _ in range(ATTEMPTS + 1):
            await comes_back(customer, anna)
        assert not any(isinstance(each, SessionChanged) and each.session.state.is_final for each in anna.heard)


async def test_a_browser_that_is_killed_leaves_a_customer_who_is_away(tmp_path: Path) -> None:
    async with meeting(tmp_path) as (_display, _customer, anna):
        anna.heard.clear()
        began = time.monotonic()
        for process in psutil.Process().children(recursive=True):
            if f"--user-data-dir={tmp_path / 'profile'}" in process.cmdline():
                process.kill()
        await is_told(anna, "customer_away")
        assert time.monotonic() - began < WITHIN
        away = anna.engine._sessions.known[0]
        assert (away.state, away.page_closed) == (SessionState.RECONNECTING, False)
