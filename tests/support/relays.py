"""A relay for tests: real sockets on loopback, its own database, and a master administrator who is signed in."""

import re
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from yarl import URL

from codec.wire.api_types import Code, Method, NewCode, PickUp, Session, SignedIn, SignIn
from codec.wire.session_types import SessionType
from codec.wire.signals import (
    APPLET_PATH,
    CONSOLE_PATH,
    ConsoleSignIn,
    Desk,
    Enter,
    Entered,
    FromApplet,
    FromConsole,
    read_to_applet,
    read_to_console,
    write,
)
from relay.accounts.setup_token import SetupToken
from relay.app import running
from relay.config.settings import Settings
from relay.maintenance.data_folder import prepare_data
from tests.support.databases import new_sqlite
from tests.support.passwords import quick_passwords

EMAIL = "anna@northwind.example"
PASSWORD = "Tulips in the rain 7"
CONSOLE = "console-of-anna"
_PORTS_GIVEN: set[int] = set()


@dataclass
class RunningRelay:
    """A relay that runs, and what is needed to speak with it."""

    url: str
    settings: Settings
    http: aiohttp.ClientSession
    token: str

    async def call(self, method: str, path: str, body: object = None, token: str | None = None) -> tuple[int, Any]:
        """Return status and decoded body of an API call."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        data = None if body is None else msgspec.json.encode(body)
        async with self.http.request(method, f"{self.url}/api/v1{path}", data=data, headers=headers) as response:
            content = await response.read()
            return response.status, msgspec.json.decode(content) if content else None

    async def show_planned(self) -> None:
        """Have the Admin Center show what has no effect yet."""
        status, body = await self.call("PATCH", "/settings/organisation/0", {"values": {"planned.show": True}})
        assert status == 200, body

    async def make_code(
        self, method: Method = Method.PIN, name: str = "", *, session_type: SessionType | None = None
    ) -> Code:
        """Make a PIN or link."""
        _, body = await self.call("POST", "/codes", NewCode(method=method, name=name, session_type=session_type))
        return msgspec.convert(body, Code)

    async def pick_up(self, session: int, console: str = CONSOLE) -> Session:
        """Take a session."""
        _, body = await self.call("POST", f"/sessions/{session}/pick-up", PickUp(console=console))
        return msgspec.convert(body, Session)

    @asynccontextmanager
    async def applet(self, first: FromApplet) -> AsyncIterator["AppletEnd"]:
        """Connect as an applet and say `first`."""
        async with self.http.ws_connect(self.url + APPLET_PATH) as socket:
            end = AppletEnd(socket)
            await end.say(first)
            yield end

    @asynccontextmanager
    async def console(self, name: str = CONSOLE, token: str | None = None) -> AsyncIterator["ConsoleEnd"]:
        """Connect as a console; its desk has been read."""
        async with self.http.ws_connect(self.url + CONSOLE_PATH) as socket:
            end = ConsoleEnd(socket)
            await end.say(ConsoleSignIn(token or self.token, name, 1))
            first = await end.hear()
            assert isinstance(first, Desk), first
            end.desk = first
            yield end

    async def enter(self, end: "AppletEnd") -> Entered:
        """Return the answer of a relay that lets the applet in."""
        entered = await end.hear()
        assert isinstance(entered, Entered), entered
        return entered


class AppletEnd:
    """The applet's end of its socket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, signal: FromApplet) -> None:
        """Send a signal."""
        await self.socket.send_str(write(signal))

    async def hear(self) -> Any:
        """Return the next signal."""
        return read_to_applet(await self.socket.receive_str(timeout=5))

    async def hear_a(self, kind: type) -> Any:
        """Return the next signal of a kind."""
        while not isinstance(heard := await self.hear(), kind):
            pass
        return heard


class ConsoleEnd:
    """The console's end of its socket."""

    desk: Desk

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, signal: FromConsole) -> None:
        """Send a signal."""
        await self.socket.send_str(write(signal))

    async def hear(self) -> Any:
        """Return the next signal."""
        return read_to_console(await self.socket.receive_str(timeout=5))

    async def hear_a(self, kind: type) -> Any:
        """Return the next signal of a kind."""
        while not isinstance(heard := await self.hear(), kind):
            pass
        return heard


def free_port() -> int:
    """Return a TCP port that is free now, below those that the system gives to clients (32768 and up on Linux).

    Other tests run beside this one: a port of the system's own choice could be given to one of their clients at once.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        if port in _PORTS_GIVEN:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _PORTS_GIVEN.add(port)
        return port


def settings_for(folder: Path, **settings: Any) -> Settings:
    """Return settings for a relay of its own."""
    data = folder / "relay"
    values: dict[str, Any] = {
        "listen": f"127.0.0.1:{free_port()}",
        "data_dir": str(data),
        "downloads_dir": str(data / "downloads"),  # not those that come with the relay: there may be some, or none
        "stun_port": 0,
    }
    return Settings(**(values | settings))


@asynccontextmanager
async def running_relay(folder: Path, *, passwords: Any = None, **settings: Any) -> AsyncIterator[RunningRelay]:
    """Run a relay that is set up; its data survive in `folder`. It hashes in no time, unless `passwords` are given."""
    made = settings_for(folder, **settings)
    prepare_data(made.data)
    if not made.database_url:
        new_sqlite(made.data / "relay.sqlite3")
    async with (
        running(made, passwords or quick_passwords()),
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        url = f"http://{made.listen}"
        await set_up(http, url, made)
        body = SignIn(email=EMAIL, password=PASSWORD, console="test")
        async with http.post(f"{url}/api/v1/sign-in", data=msgspec.json.encode(body)) as response:
            signed_in = msgspec.json.decode(await response.read(), type=SignedIn)
        yield RunningRelay(url, made, http, signed_in.token)


def offer_program(relay: RunningRelay) -> None:
    """Let customers find a help program for Linux. It is only a name."""
    relay.settings.downloads.mkdir(exist_ok=True)
    (relay.settings.downloads / "deskside-help.pyz").write_bytes(b"PK program")


async def set_up(http: aiohttp.ClientSession, url: str, settings: Settings) -> None:
    """Make the organisation and its first administrator, as a person would; nothing when there is one."""
    await set_up_by_token(http, url, SetupToken(settings.data).show())


async def set_up_by_token(http: aiohttp.ClientSession, url: str, token: str) -> None:
    """Make them with a token that was shown."""
    form = {
        "token": token,
        "organisation": "Northwind IT",
        "name": "Anna de Vries",
        "email": EMAIL,
        "password": PASSWORD,
    }
    async with http.post(f"{url}/setup", data=form, allow_redirects=False) as response:
        assert response.status in (303, 404), await response.text()


def enter_with(code: Code) -> Enter:
    """Return an applet's first words for a code."""
    link = None if code.path is None else code.path.removeprefix("/s/")
    return Enter(1, pin=code.pin, link=link, computer="FRONT-DESK-2", system="Debian 12")


def cookie_of(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Return the cookies that a response sets."""
    return {name: morsel.value for name, morsel in response.cookies.items()}


def form_token(page: str) -> str:
    """Return the token that a page's forms carry."""
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


def path_of(url: str) -> str:
    """Return the path of an address."""
    return URL(url).path
