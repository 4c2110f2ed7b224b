"""Pages hear what they look at, and one that does not keep up is cut."""

import pytest

from console.page import open_pages as pages
from console.page.messages import SignedOutPage
from console.page.open_pages import Page, Pages


def heard(page: Page) -> list[str | bytes | None]:
    items = []
    while not page.outbox.empty():
        items.append(page.outbox.get_nowait())
    return items


def test_session_messages_reach_those_who_look() -> None:
    every, looking, other = Pages(), Page(), Page()
    every.add(looking)
    every.add(other)
    looking.looks_at.add(7)
    every.pass_on(7, b"picture")
    assert heard(looking) == [b"\x07\0\0\0picture"]
    assert heard(other) == []
    every.tell_all(SignedOutPage())
    assert heard(other) == ['{"type":"signed_out"}']


def test_the_last_page_that_leaves_is_noticed() -> None:
    every, one, two = Pages(), Page(), Page()
    for page in (one, two):
        every.add(page)
        page.looks_at |= {7, 8} if page is one else {7}
    every.remove(one)
    assert (every.looked_at(7), every.looked_at(8)) == (True, False)
    every.remove(two)
    assert not every.looked_at(7)


def test_a_page_that_does_not_keep_up_is_cut_once() -> None:
    page = Page()
    for _ in range(pages.MAX_WAITING + 10):
        page.pass_on(1, b"x")
    items = heard(page)
    assert len(items) == pages.MAX_WAITING + 1
    assert items[-1] is None


def test_large_pictures_count_by_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_WAITING_BYTES", 100)
    page = Page()
    page.pass_on(1, bytes(60))
    page.taken(bytes(64))
    page.pass_on(1, bytes(60))
    page.pass_on(1, bytes(60))
    assert heard(page)[-1] is None
