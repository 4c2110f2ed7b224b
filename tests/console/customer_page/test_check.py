"""The console compares the page that a relay serves to customers: one byte of one file is enough."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec
import pytest
from aiohttp import web

from codec.wire.customer_page import MANIFEST, Manifest, address_of
from console.customer_page.check import AcceptedPages, CustomerPageCheck
from console.customer_page.messages import CustomerPage
from console.customer_page.released import PageState
from relay.pages.built_page import BuiltPage, read_page
from tests.support.relays import free_port, running_relay


@pytest.fixture(scope="module")
def page() -> BuiltPage:
    """The page as it was built."""
    return read_page()


def released(page: BuiltPage) -> Manifest:
    return msgspec.json.decode(page.manifest, type=Manifest)


@asynccontextmanager
async def served(page: BuiltPage, changed: Mapping[str, bytes], manifest: bytes | None = None) -> AsyncIterator[str]:
    """A relay that serves the page with these files in the place of the built ones. It says that all is as built."""
    contents = {address_of(name): changed.get(name, file.content) for name, file in page.files.items()}

    async def answer(request: web.Request) -> web.Response:
        if request.path == f"/join/{MANIFEST}":
            return web.Response(body=page.manifest if manifest is None else manifest)
        content = contents.get(request.path_qs)
        return web.Response(status=404) if content is None else web.Response(body=content)

    async with serving(answer) as url:
        yield url


@asynccontextmanager
async def serving(answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    """A server on which all addresses answer so."""
    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def found(relay: str, page: BuiltPage, accepted: AcceptedPages | None = None) -> CustomerPage:
    told: list[CustomerPage] = []
    async with aiohttp.ClientSession() as http:
        check = CustomerPageCheck(http, relay, accepted or AcceptedPages(), told.append, released(page))
        await check.signed_in()
    (one,) = told
    return one


async def test_a_relay_serves_what_was_released(tmp_path: Path, page: BuiltPage) -> None:
    async with running_relay(tmp_path) as relay:
        assert (await found(relay.url, page)).state is PageState.SAME


async def test_one_byte_of_any_file_is_found(page: BuiltPage) -> None:
    for name, file in page.files.items():
        changed = bytes([file.content[0] ^ 1]) + file.content[1:]
        async with served(page, {name: changed}) as relay:
            assert (await found(relay, page)).state is PageState.OTHER, name


async def test_a_page_that_lists_its_own_digests_is_another_one_still(page: BuiltPage) -> None:
    name = next(iter(page.indexes.values()))
    manifest = msgspec.json.encode(Manifest({**released(page).files, "index.html": "0" * 64}, released(page).version))
    async with served(page, {"index.html": name.content + b" "}, manifest) as relay:
        assert (await found(relay, page)).state is PageState.OTHER


async def test_another_version_is_no_alarm_and_what_cannot_be_compared_is_said_to_be_so(page: BuiltPage) -> None:
    newer = msgspec.json.encode(Manifest({"index.html": "0" * 64}, "99.0"))
    async with served(page, {}, newer) as relay:
        assert await found(relay, page) == CustomerPage(PageState.OTHER_VERSION, "99.0")
    async with served(page, {}, b"no manifest") as relay:
        assert (await found(relay, page)).state is PageState.UNKNOWN
    assert (await found("http://127.0.0.1:9", page)).state is PageState.UNKNOWN


async def test_an_organisations_own_page_is_accepted_once_until_it_changes(tmp_path: Path, page: BuiltPage) -> None:
    own = {"index.html": page.files["index.html"].content + b"<!-- ours -->"}
    async with served(page, own) as relay:
        told: list[CustomerPage] = []
        async with aiohttp.ClientSession() as http:
            check = CustomerPageCheck(http, relay, AcceptedPages(tmp_path), told.append, released(page))
            await check.signed_in()
            check.accept("something else")
            assert len(told) == 1
            check.accept(told[-1].page)
            assert [each.state for each in told] == [PageState.OTHER, PageState.ACCEPTED]
        assert (await found(relay, page, AcceptedPages(tmp_path))).state is PageState.ACCEPTED
        accepted = AcceptedPages(tmp_path).of(relay)
    assert len(accepted) == 1
    async with served(page, {"index.html": own["index.html"] + b" "}) as other:
        AcceptedPages(tmp_path).accept(other, next(iter(accepted)))
        assert (await found(other, page, AcceptedPages(tmp_path))).state is PageState.OTHER


async def test_a_session_from_a_page_says_whose_check_it_is(page: BuiltPage) -> None:
    async with served(page, {}) as relay, aiohttp.ClientSession() as http:
        told: list[CustomerPage] = []
        check = CustomerPageCheck(http, relay, AcceptedPages(), told.append, released(page))
        await check.customer_comes(7)
        assert [(each.state, each.session) for each in told] == [(PageState.SAME, 7)]
        assert check.latest is not None
        assert check.latest.session is None


async def test_a_relay_cannot_have_this_computer_ask_another_address(page: BuiltPage) -> None:
    asked: list[str] = []

    async def inside(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    async def elsewhere(request: web.Request) -> web.Response:
        if request.path == f"/join/{MANIFEST}":
            return web.Response(body=page.manifest)
        raise web.HTTPFound(f"{within}/restart")

    async with serving(inside) as within, serving(elsewhere) as relay:
        assert (await found(relay, page)).state is PageState.OTHER
    assert asked == []
