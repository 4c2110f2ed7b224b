"""The relay's front door, with real sockets: who is calling, and what comes before anybody is known."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import aiohttp
import msgspec
import psutil
import pytest
import pytest_asyncio
from aiohttp import WSMsgType, web
from multidict import CIMultiDict

from codec.wire.api_types import SignIn
from codec.wire.signals import CodeChanged
from relay.app import running
from relay.config.settings import Settings, SettingsError
from relay.monitoring.network_checks import check_proxy
from relay.store.database import open_store
from relay.web import send_queue
from relay.web.clients import Clients, networks
from tests.codec.stores.grounds import certificates
from tests.relay.pages.test_sign_in import choose
from tests.support.passwords import quick_passwords
from tests.support.relays import (
    EMAIL,
    PASSWORD,
    RunningRelay,
    cookie_of,
    enter_with,
    form_token,
    free_port,
    running_relay,
    settings_for,
)
from tests.support.waiting import becomes_true, eventually

POST = (
    b"POST %s HTTP/1.1\r\nHost: here\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n"
)
STAFF, STRANGER = "192.0.2.9", "203.0.113.9"


def as_proxies_write(invented: str, caller: str) -> dict[str, CIMultiDict[str]]:
    """Return the header lines of a caller who invented one: as nginx passes them on, and as HAProxy does."""
    return {
        "nginx": CIMultiDict({"X-Forwarded-For": f"{invented}, {caller}"}),
        "HAProxy": CIMultiDict([("X-Forwarded-For", invented), ("X-Forwarded-For", caller)]),
        "many lines": CIMultiDict([("X-Forwarded-For", invented)] * 20 + [("X-Forwarded-For", caller)]),
    }


@pytest.mark.req("SEC-49", "EDGE-35")
async def test_nobody_chooses_their_own_address_behind_a_listed_proxy(tmp_path: Path) -> None:
    """F7: networks of staff and what is kept of a sign-in go by the line that the proxy wrote."""
    async with running_relay(tmp_path, trusted_proxies=["127.0.0.0/8"]) as relay:
        for headers in as_proxies_write(STAFF, STRANGER).values():
            body = msgspec.json.encode(SignIn(email=EMAIL, password=PASSWORD, console="forwarded"))
            async with relay.http.post(f"{relay.url}/api/v1/sign-in", data=body, headers=headers) as response:
                assert response.status == 200
        _, sign_ins = await relay.call("GET", "/me/sign-ins")
        assert {each["address"] for each in sign_ins if each["console"] == "forwarded"} == {STRANGER}
        await only_staff_networks(relay)
        for proxy, headers in as_proxies_write(STAFF, STRANGER).items():
            async with relay.http.get(f"{relay.url}/sign-in", headers=headers) as response:
                assert response.status == 403, proxy
        for proxy, headers in as_proxies_write(STRANGER, STAFF).items():
            async with relay.http.get(f"{relay.url}/sign-in", headers=headers) as response:
                assert response.status == 200, proxy


async def only_staff_networks(relay: RunningRelay) -> None:
    store = await open_store(relay.settings.database)
    await choose(store, "addresses.access", "denied")
    await choose(store, "addresses.exceptions", ["192.0.2.0/24"])
    await store.close()


@pytest_asyncio.fixture
async def sign_in(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    async with running_relay(tmp_path) as relay:
        yield relay


# ── F33: what the relay tells of itself ────────────────────────────────────────────────────────────────────────────


async def told(relay: RunningRelay, address: str, token: str = "", **headers: str) -> tuple[int, str]:
    if token:
        headers["Authorization"] = f"Bearer {token}"
    async with relay.http.get(address, headers=headers) as response:
        return response.status, await response.text()


async def test_strangers_hear_that_the_relay_is_alive_and_nothing_else(tmp_path: Path) -> None:
    """F33: neither figures nor what is wrong, at the public address; both at one of its own."""
    own = f"127.0.0.1:{free_port()}"
    async with running_relay(tmp_path, metrics_listen=own) as relay:
        for token in ("", "a" * 32, relay.token):
            assert await told(relay, f"{relay.url}/health", token) == (200, '{"ok": true}')
            assert (await told(relay, f"{relay.url}/metrics", token))[0] == 404
        status, text = await told(relay, f"http://{own}/metrics")
        assert status == 200
        assert "deskside_consoles 0.0" in text
        assert '"protocol"' in (await told(relay, f"http://{own}/health"))[1]
        for path in ("/", "/sign-in", "/api/v1/me", "/ws/applet", "/static/pages.css"):
            assert (await told(relay, f"http://{own}{path}"))[0] == 404


async def test_a_token_opens_the_figures_at_the_public_address(tmp_path: Path) -> None:
    """F33: in the header, never in the address."""
    token, file = "7f" * 32, tmp_path / "token"
    file.write_text(f"{token}\n")
    async with running_relay(tmp_path, metrics_token_file=str(file)) as relay:
        assert "deskside_consoles" in (await told(relay, f"{relay.url}/metrics", token))[1]
        assert '"protocol"' in (await told(relay, f"{relay.url}/health", token))[1]
        for wrong in ("", "7f" * 31, "ü" * 32):
            assert (await told(relay, f"{relay.url}/metrics?token={token}", wrong))[0] == 401
            assert await told(relay, f"{relay.url}/health?token={token}", wrong) == (200, '{"ok": true}')
    file.write_text("short")
    with pytest.raises(SettingsError, match="random"):
        async with running_relay(tmp_path / "other", metrics_token_file=str(file)):
            pass


async def test_no_stranger_has_the_operator_trust_them(tmp_path: Path) -> None:
    """F33: a header of a public address is no proxy; one of a private network is named, and may be somebody's own."""
    clients = Clients(networks(["10.0.0.0/8"]))
    for peer in ("8.8.8.8", "2606:2800:220:1::1", "10.0.0.1"):
        clients.address(cast(web.Request, SimpleNamespace(remote=peer, headers=FORWARDED_ONCE)))
    assert not clients.unlisted_proxies
    for number in range(100):
        clients.address(cast(web.Request, SimpleNamespace(remote=f"192.168.1.{number}", headers=FORWARDED_ONCE)))
    assert len(clients.unlisted_proxies) < 10
    own = f"127.0.0.1:{free_port()}"
    async with running_relay(tmp_path, metrics_listen=own) as relay:
        await told(relay, f"{relay.url}/sign-in", **{"X-Forwarded-For": "198.51.100.1"})
        async with aiohttp.ClientSession() as http:
            finding = await check_proxy(relay.settings, http)
        assert "127.0.0.1" in finding.saw
        assert "198.51.100.1" not in finding.saw + finding.remedy
        assert "Only if that is your own" in finding.remedy


FORWARDED_ONCE = CIMultiDict({"X-Forwarded-For": "198.51.100.1"})


# ── F32: bytes that nobody sends on purpose ────────────────────────────────────────────────────────────────────────


def _one_part(disposition: bytes, kind: bytes, content: bytes) -> bytes:
    """Return a form of one part, to sign in with."""
    head = b"Content-Disposition: form-data; %s\r\nContent-Type: %s" % (disposition, kind)
    body = b"--x\r\n%s\r\n\r\n%s\r\n--x--\r\n" % (head, content)
    about = b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: %d" % len(body)
    return b"POST /sign-in HTTP/1.1\r\nHost: here\r\n%s\r\n\r\n%s" % (about, body)


ODD = (
    _one_part(b'name="email"; filename="\xff"', b"text/plain", b"a"),
    _one_part(b'name="email"; filename="\0"', b"text/plain", b"a"),
    _one_part(b"name*=utf-7''%2B2AA-", b"text/plain", b"a"),
    _one_part(b"name=email; filename*=utf-7''%2B2AA-", b"text/plain", b"a"),
    _one_part(b'name="email"', b"text/plain; charset=utf-16", b"\xff\xfea\0"),
    b"GET / HTTP/1.1\r\nHost: here\r\nUser-Agent: \xff\xfe\r\n\r\n",
    b"GET /account HTTP/1.1\r\nHost: here\r\nCookie: deskside=\xff\xff\r\n\r\n",
    b"GET /sign-in?lang=%FF HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET /sign-in?lang=%00 HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET /s/abcdefghij%ED%A0%80 HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET /download/%0d%0aX:y HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET /static/" + b"a" * 5_000 + b" HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET /api/v1/me HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer \xff\r\n\r\n",
    POST % (b"/sign-in", 3) + b"a=\xff",
    POST % (b"/sign-in", 5) + b"a=%FF",
    POST % (b"/start", 7) + b"pin=%00",
    POST % (b"/api/v1/sign-in", 47) + b'{"email": "\\u0000", "password": "", "console": ""}',
    POST % (b"/api/v1/sign-in", 47) + b'{"email": "\\ud800", "password": "", "console": ""}',
    b"POST /sign-in HTTP/1.1\r\nHost: here\r\nContent-Type: multipart/form-data\r\nContent-Length: 1\r\n\r\na",
    b"POST /sign-in HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    b"\0\1\2\r\n\r\n",
    POST % (b"/api/v1/sign-in/password", 10_000) + b"[" * 10_000,
    POST % (b"/api/v1/sign-in", 1) + b"\xff",
    *(
        b"POST %s HTTP/1.1\r\nHost: here\r\nContent-Type: %s\r\nContent-Length: 4\r\n\r\na=\xff\xfe" % (path, kind)
        for path in (b"/sign-in", b"/start")
        for kind in (b"multipart/form-data", b"application/x-www-form-urlencoded; charset=utf-16")
    ),
)
ELSEWHERE = (
    b"POST /sign-in HTTP/1.1\r\nHost: here\r\nOrigin: http://[\r\nContent-Length: 0\r\n\r\n",
    b"GET /ws/applet HTTP/1.1\r\nHost: here\r\nOrigin: http://[\r\n\r\n",
)
"""From an origin that is none: no page of ours."""


@pytest.mark.finding("load-1.12")
async def test_odd_bytes_are_refused_at_the_door(sign_in: RunningRelay, caplog: pytest.LogCaptureFixture) -> None:
    """F32: with 400, and without a line in the log."""
    for status, kinds in ((400, ODD), (403, ELSEWHERE)):
        for said in kinds:
            stranger = await Stranger.of(sign_in.settings, said)
            answer = await asyncio.wait_for(stranger.reader.readuntil(b"\r\n"), 5)
            assert b" %d " % status in answer, said
            stranger.close()
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("encoding", ["utf-7", "raw_unicode_escape", "unicode_escape"])
async def test_a_text_is_utf_8_whatever_its_sender_says(
    sign_in: RunningRelay, caplog: pytest.LogCaptureFixture, encoding: str
) -> None:
    """Read as its sender says, each would be half of a character, which is an error wherever it is used."""
    texts = {"utf-7": b"+2AA-@northwind.example", "raw_unicode_escape": b"\\ud800@northwind.example"}
    said = texts.get(encoding, texts["raw_unicode_escape"])
    stranger = await Stranger.of(
        sign_in.settings, _one_part(b'name="email"', b"text/plain; charset=" + encoding.encode(), said)
    )
    assert b" 422 " in await asyncio.wait_for(stranger.reader.readuntil(b"\r\n"), 5)
    stranger.close()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_no_encoding_of_a_form_keeps_the_relay_busy(sign_in: RunningRelay) -> None:
    """Python takes half a minute to read a megabyte of punycode, in which nobody else would be answered."""
    form = aiohttp.FormData()
    form.add_field("name", "a" * 500_000 + "-" + "a" * 400_000, content_type="text/plain; charset=punycode")
    credentials = {"email": EMAIL, "password": PASSWORD}
    async with sign_in.http.post(f"{sign_in.url}/sign-in", data=credentials, allow_redirects=False) as response:
        cookie = {"Cookie": f"deskside={cookie_of(response)['deskside']}"}
    began = asyncio.get_running_loop().time()
    async with sign_in.http.post(f"{sign_in.url}/admin/invitations", data=form, headers=cookie) as answer:
        assert answer.status == 403  # the form is none of ours, which is known once it was read
    assert asyncio.get_running_loop().time() - began < 5


@pytest.mark.finding("load-1.12")
@pytest.mark.parametrize("path", ["/ws/tunnel", "/ws/applet", "/ws/console"])
async def test_no_depth_of_brackets_is_an_error(
    sign_in: RunningRelay, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    async with sign_in.http.ws_connect(sign_in.url + path) as socket:
        await socket.send_str("[" * 15_000)
        while (await socket.receive(timeout=5)).type is WSMsgType.TEXT:
            pass
        assert socket.closed
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_numbers_of_any_length_and_script_are_no_error(sign_in: RunningRelay) -> None:
    """F32: in forms, in paths, and as codes of an authenticator."""
    async with sign_in.http.post(
        f"{sign_in.url}/sign-in", data={"email": EMAIL, "password": PASSWORD}, allow_redirects=False
    ) as response:
        cookie = {"Cookie": f"deskside={cookie_of(response)['deskside']}"}
    async with sign_in.http.get(f"{sign_in.url}/account", headers=cookie) as response:
        token = form_token(await response.text())
    for path, fields in (
        ("/sign-out-there", {"sign_in": "9" * 5_000}),
        ("/sign-out-there", {"sign_in": "\u0661\u0662"}),
        ("/account/two-step/confirm", {"code": "\u0661\u0662\u0663\u0664\u0665\u0666"}),
        ("/account/two-step/codes", {"code": "\u00e4\u00f6\u00fc123"}),
        ("/account/organisation", {"version": "9" * 5_000, "name": "x"}),
        (f"/admin/keys/{'9' * 200}/revoke", {}),
        (f"/admin/organization/technician-{'9' * 200}", {"name": "x"}),
    ):
        form = {"form": token, **fields}
        async with sign_in.http.post(sign_in.url + path, data=form, headers=cookie, allow_redirects=False) as response:
            assert response.status < 500, (path, await response.text())
    for number in ("9" * 5_00, "9" * 15, "%D9%A1%D9%A2"):
        assert (await sign_in.call("DELETE", f"/me/sign-ins/{number}"))[0] in (400, 404)


async def test_no_character_that_a_database_refuses_comes_as_far(relay: RunningRelay) -> None:
    """F32: PostgreSQL takes no NUL in a text; each kind of database is asked."""
    for body in (b'{"method": "pin", "name": "a\\u0000b"}', b'{"method": "pin", "name": "a\\\\u0000b"}'):
        headers = {"Authorization": f"Bearer {relay.token}"}
        async with relay.http.post(f"{relay.url}/api/v1/codes", data=body, headers=headers) as response:
            assert response.status == (400 if b"a\\u0000" in body else 201), await response.text()


# ── F9: what comes before anybody is known ─────────────────────────────────────────────────────────────────────────

SLOW = {"head_seconds": 1, "body_seconds": 1, "idle_seconds": 1, "max_strangers_per_address": 8}
MEGABYTE = 1024 * 1024
POST = (
    b"POST %s HTTP/1.1\r\nHost: here\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n"
)


class Stranger:
    """A raw socket that somebody has opened to the relay."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def of(cls, settings: Settings, say: bytes = b"", source: str = "127.0.0.1") -> "Stranger":
        host, port = settings.address
        stranger = cls(*await asyncio.open_connection(host, port, local_addr=(source, 0)))
        await stranger.say(say)
        return stranger

    async def say(self, what: bytes) -> None:
        with contextlib.suppress(ConnectionError):
            self.writer.write(what)
            await self.writer.drain()

    async def hear(self, seconds: float = 10.0) -> bytes:
        """Return all until the end. Raises TimeoutError when the relay does not end it."""
        heard = b""
        async with asyncio.timeout(seconds):
            with contextlib.suppress(ConnectionError):
                while part := await self.reader.read(65_536):
                    heard += part
        return heard

    @property
    def is_open(self) -> bool:
        return not self.reader.at_eof() and self.reader.exception() is None

    def close(self) -> None:
        self.writer.transport.abort()


@asynccontextmanager
async def strangers(settings: Settings, count: int, say: bytes = b"", **more: str) -> AsyncIterator[list[Stranger]]:
    there = [await Stranger.of(settings, say, **more) for _ in range(count)]
    try:
        yield there
    finally:
        for each in there:
            each.close()


async def is_alive(relay: RunningRelay) -> None:
    async with relay.http.get(f"{relay.url}/health", timeout=aiohttp.ClientTimeout(total=2)) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET / HTTP/1.1\r\nX: ",
        b"GET /health HTTP/1.1\r\nHost: here\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: here\r\n\r\nGET /health HT",
        POST % (b"/sign-in", 9_000) + b"email=",
        b"POST /sign-in HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nemail\r\n",
        b"GET /ws/applet HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
    ],
)
@pytest.mark.finding("load-1.7")
async def test_whoever_stops_talking_is_let_go_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    """F9: in a head, between requests, in a body, on a WebSocket."""
    monkeypatch.setattr(send_queue, "FIRST_SECONDS", 1.0)
    async with running_relay(tmp_path, **SLOW) as relay:
        silent = await Stranger.of(relay.settings, said)
        assert b" 500 " not in await silent.hear()
        silent.close()


async def test_a_drop_now_and_then_wins_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F9: a header line a moment, a body a byte a moment, pings before the first message of a WebSocket."""
    monkeypatch.setattr(send_queue, "FIRST_SECONDS", 1.0)
    socket = (
        b"GET /ws/console HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    )
    async with running_relay(tmp_path, **SLOW) as relay:
        for first, drop in ((b"GET / HTTP/1.1\r\n", b"X: y\r\n"), (POST % (b"/sign-in", 9_000), b"a"), (socket, _PING)):
            dripping = await Stranger.of(relay.settings, first)
            ended = asyncio.ensure_future(dripping.hear())
            while not ended.done():
                await dripping.say(drop)
                await asyncio.wait([ended], timeout=0.1)
            await ended
            dripping.close()


_PING = b"\x89\x80\0\0\0\0"


@pytest.mark.finding("load-1.7")
async def test_silent_ones_make_room_and_whoever_is_known_stays(tmp_path: Path) -> None:
    """F9: from one address, however many there are."""
    async with (
        running_relay(tmp_path, max_strangers_per_address=8) as relay,
        relay.console() as console,
        strangers(relay.settings, 100) as silent,
    ):
        await is_alive(relay)
        await eventually(lambda: sum(each.is_open for each in silent) <= 8)
        code = await relay.make_code()
        await console.hear_a(CodeChanged)
        async with relay.applet(enter_with(code)) as applet:
            await relay.enter(applet)


@pytest.mark.finding("load-1.7")
async def test_silent_ones_of_many_addresses_make_room_too(tmp_path: Path) -> None:
    """F9: the limit for all holds below the number of files."""
    async with (
        running_relay(tmp_path, max_connections=32) as relay,
        relay.console() as console,
        AsyncExitStack() as stack,
    ):
        silent: list[Stranger] = []
        for number in range(1, 20):
            some = strangers(relay.settings, 3, b"GET / HTTP/1.1\r\nX: ", source=f"127.0.0.{number}")
            silent += await stack.enter_async_context(some)
        await is_alive(relay)
        await eventually(lambda: sum(each.is_open for each in silent) <= 32)
        await relay.make_code()
        await console.hear_a(CodeChanged)


STRANGERS_POST_TO = (
    b"/admin/organization/technicians/password",
    b"/admin/people/preview",
    b"/account/password",
    b"/sign-out",
    b"/sign-in/code",
    b"/sign-in",
    b"/setup",
    b"/forgotten",
    b"/choose-password",
    b"/start",
    b"/not-them",
    b"/api/v1/people/preview",
    b"/api/v1/codes",
    b"/api/v1/sign-in",
    b"/nothing-here",
)


async def test_nobody_has_the_relay_keep_what_they_send_before_they_are_known(sign_in: RunningRelay) -> None:
    """F9: a stranger's body of megabytes is answered without being waited for, wherever it is sent."""
    for path in STRANGERS_POST_TO:
        unfinished = await Stranger.of(sign_in.settings, POST % (path, 4 * MEGABYTE))
        answer = await asyncio.wait_for(unfinished.reader.readuntil(b"\r\n"), 5)
        assert int(answer.split()[1]) in (303, 401, 403, 404, 405, 413), path
        unfinished.close()


async def test_nobody_sends_more_than_a_form_without_saying_its_length(sign_in: RunningRelay) -> None:
    """F9: the same by chunks."""
    chunk = b"4000\r\n" + b"a" * 0x4000 + b"\r\n"
    for path in (b"/sign-in", b"/start", b"/api/v1/sign-in", b"/forgotten"):
        head = b"POST %s HTTP/1.1\r\nHost: here\r\nContent-Type: application/x-www-form-urlencoded\r\n" % path
        endless = await Stranger.of(sign_in.settings, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 3)
        answer = await asyncio.wait_for(endless.reader.readuntil(b"\r\n"), 5)
        assert b" 413 " in answer, path
        endless.close()


async def test_a_head_without_end_is_cut(sign_in: RunningRelay) -> None:
    """F9: also where none of its lines is long."""
    endless = await Stranger.of(sign_in.settings, b"GET / HTTP/1.1\r\n")
    ended = asyncio.ensure_future(endless.hear())
    said = 0
    while not ended.done() and said < MEGABYTE:
        await endless.say(b"X: " + b"a" * 4_000 + b"\r\n")
        said += 4_000
        await asyncio.wait([ended], timeout=0.001)
    await ended
    assert said < 200_000
    endless.close()


async def test_tls_that_is_never_spoken_is_let_go_of_and_makes_room(tmp_path: Path) -> None:
    """F9: a handshake counts from the moment the connection is accepted."""
    files = certificates(tmp_path)
    settings = settings_for(
        tmp_path,
        tls_certificate=str(files.server),
        tls_key=str(files.server),
        head_seconds=1,
        max_strangers_per_address=8,
    )
    async with running(settings, quick_passwords()), aiohttp.ClientSession() as http:
        for said in (b"", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", b"GET / HTTP/1.1\r\n\r\n"):
            async with strangers(settings, 40, said) as silent:
                url = f"https://{settings.listen}/health"
                async with http.get(url, ssl=files.trust(), timeout=aiohttp.ClientTimeout(total=2)) as response:
                    assert response.status == 200
                await eventually(partial(_are_at_most, 8, silent))
                await eventually(partial(_are_at_most, 0, silent))


async def test_who_reads_nothing_of_a_download_makes_room_and_leaves_no_file_open(tmp_path: Path) -> None:
    """F9: a file is sent in pieces that wait for their reader; whoever is cut leaves none of it behind."""
    async with running_relay(tmp_path, max_strangers_per_address=8) as relay:
        relay.settings.downloads.mkdir()
        file = relay.settings.downloads / "deskside-help.pyz"
        with file.open("wb") as sparse:
            sparse.truncate(64 * MEGABYTE)
        ask = b"GET /download/deskside-help.pyz HTTP/1.1\r\nHost: here\r\n\r\n"
        async with strangers(relay.settings, 8, ask):
            await eventually(lambda: _times_open(file) == 8)
            for _ in range(8):
                await becomes_true(partial(_is_served, relay))
                newcomer = await Stranger.of(relay.settings, ask)
                assert b" 200 " in await asyncio.wait_for(newcomer.reader.readuntil(b"\r\n"), 10)
                newcomer.close()
        await eventually(lambda: _times_open(file) == 0)


def _times_open(file: Path) -> int:
    return sum(Path(each.path) == file.resolve() for each in psutil.Process().open_files())


async def _is_served(relay: RunningRelay) -> bool:
    with contextlib.suppress(aiohttp.ClientError):
        await is_alive(relay)
        return True
    return False


def _are_at_most(most: int, there: list[Stranger]) -> bool:
    return sum(each.is_open for each in there) <= most


@pytest.mark.parametrize("gone", ["half-closed", "reset"])
async def test_who_goes_in_the_middle_leaves_nothing_behind(
    sign_in: RunningRelay, caplog: pytest.LogCaptureFixture, gone: str
) -> None:
    """F9: no connection stays, and no traceback is written."""
    for said in (b"", b"GET / HT", POST % (b"/sign-in", 900) + b"email=x", POST % (b"/api/v1/sign-in", 900) + b"{"):
        half = await Stranger.of(sign_in.settings, said)
        if gone == "half-closed":
            half.writer.write_eof()
            await half.hear()
        half.close()
    await is_alive(sign_in)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
