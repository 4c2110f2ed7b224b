"""Checks of the doctor that go over a network, through the public address, as people do."""

import asyncio
import contextlib
import hashlib
import socket
import ssl
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from aioice import stun
from cryptography.hazmat.primitives.serialization import Encoding

from codec.errors import DesksideError
from codec.wire.signals import CONSOLE_PATH
from relay.config.settings import Settings
from relay.monitoring.findings import Finding, not_made
from relay.monitoring.pages import read_token
from relay.signalling.ice import stun_host
from relay.web.tls_files import read_chain

ANSWER_SECONDS = 5.0
MAX_CLOCK_SECONDS = 30.0
_NOBODY = "nothing answers at the public address"
_SOMETHING_ELSE = "another program answers at the public address"
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (those listen everywhere)


@dataclass(frozen=True)
class Answer:
    """What came back from the public address: `error` when nothing did, `is_well` None when it was no relay's."""

    error: str = ""
    is_well: bool | None = None
    clock_ahead: float | None = None
    is_here: bool = False

    @property
    def why_not(self) -> str:
        """Why nothing more can be asked there; empty where it can."""
        return _NOBODY if self.error else _SOMETHING_ELSE if self.is_well is None else ""


async def ask(settings: Settings, http: aiohttp.ClientSession) -> Answer:
    """Ask who answers at the public address."""
    try:
        async with http.get(f"{settings.url}/health") as response:
            ahead = _ahead_of(response.headers.get("Date", ""))
            try:
                body = await response.json(content_type=None)
            except ValueError:
                body = None
    except aiohttp.ClientConnectorCertificateError as error:
        return Answer(f"its certificate is not trusted: {error.certificate_error}")
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return Answer(str(error) or type(error).__name__)
    is_well = body.get("ok") if isinstance(body, dict) else None
    if not isinstance(is_well, bool):
        return Answer()
    return Answer("", is_well, ahead, await asyncio.to_thread(_is_here, settings.url))


def judge_answer(settings: Settings, answer: Answer, *, runs: bool) -> Finding:
    """Judge who answers, knowing whether a relay runs on our data folder. Pure."""
    name, url = "public address", settings.url
    if answer.error:
        remedy = "Check DNS, firewall and the proxy’s target." if runs else "Start the relay, then run this again."
        return Finding(name, f"{url} does not answer ({answer.error})", remedy)
    if answer.is_well is None and not runs:
        return Finding(
            name,
            f"another program answers at {url}, and the relay is not running",
            "Stop that program, or choose another port (listen, or --listen). Then start the relay.",
        )
    if answer.is_well is None:
        return Finding(
            name,
            f"another program answers at {url}, not this relay",
            f"Configure the proxy to forward requests to {settings.listen}, or correct public_url.",
        )
    if not runs:
        return Finding(
            name,
            f"a relay answers at {url}, but none runs on {settings.data.absolute()}",
            "Use the settings of the running relay (--config, --data), or start this one.",
        )
    if not answer.is_well:
        return Finding(name, "the relay reports problems", "Check the other findings and the relay’s log.")
    return Finding(name, f"{url} answers")


def judge_clock(ahead: float | None, host: str, *, is_here: bool, why_not: str = "") -> Finding:
    """Judge by how many seconds this computer's clock is ahead of that of the server that answered. Pure."""
    name = "clock"
    if ahead is None:
        return not_made(name, f"not compared: {why_not or 'the answer has no date'}")
    if abs(ahead) > MAX_CLOCK_SECONDS:
        how = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'}"
        return Finding(
            name,
            f"the clock of this computer is {how} that of the server at {host}",
            "Turn on time synchronisation on both. PINs, sign-ins and TURN credentials depend on the clock.",
        )
    if is_here:
        return not_made(name, "not compared with another computer: this one answers itself")
    return Finding(name, f"the clock of this computer agrees with that of the server at {host}")


async def check_socket(settings: Settings, http: aiohttp.ClientSession, answer: Answer) -> Finding:
    """Whether a WebSocket comes through."""
    name = "WebSocket"
    if answer.why_not:
        return not_made(name, f"not tried: {answer.why_not}")
    try:
        async with http.ws_connect(settings.url + CONSOLE_PATH):
            return Finding(name, "comes through")
    except aiohttp.WSServerHandshakeError as error:
        remedy = "Configure the proxy to forward the Upgrade and Connection headers (in nginx: proxy_http_version 1.1)."
        return Finding(name, f"the answer was {error.status} instead of an upgrade", remedy)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return not_made(name, f"not tried: {type(error).__name__}")


async def check_served(settings: Settings) -> Finding:
    """Whether the certificate that the relay serves is the one in its file."""
    name = "served certificate"
    if not settings.tls_certificate:
        return not_made(name, "the relay serves none")
    try:
        own = read_chain(Path(settings.tls_certificate))[0]
    except ValueError:
        return not_made(name, "not compared: the file cannot be read")
    host, port = settings.address
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            _reader, writer = await asyncio.open_connection(
                _ANYWHERE.get(host, host), port, ssl=context, server_hostname=urlsplit(settings.url).hostname
            )
    except (OSError, TimeoutError) as error:
        return not_made(name, f"not compared: {settings.listen} does not answer ({type(error).__name__})")
    served: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    if hashlib.sha256(served).digest() != hashlib.sha256(own.public_bytes(Encoding.DER)).digest():
        return Finding(
            name,
            f"{settings.listen} serves another certificate than the one in {settings.tls_certificate}",
            "Reload it: systemctl reload deskside-relay, or kill -HUP. The relay’s log has the result.",
        )
    return Finding(name, f"is the one in {settings.tls_certificate}")


async def check_proxy(settings: Settings, http: aiohttp.ClientSession) -> Finding:
    """Whether a proxy forwards to us that the settings do not list."""
    name = "proxy"
    try:
        asked = _whole_health(settings)
    except DesksideError as error:
        return Finding(name, str(error), "Correct the file, or remove metrics_token_file.")
    if asked is None:
        return not_made(name, "not checked: set metrics_listen or metrics_token_file to enable this check")
    url, headers = asked
    try:
        async with http.get(url, headers=headers) as response:
            unlisted = (await response.json(content_type=None)).get("unlisted_proxies")
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError, AttributeError):
        return not_made(name, f"not checked: {url} does not answer")
    if not isinstance(unlisted, list) or not unlisted:
        return Finding(name, "no unlisted proxy was seen")
    seen = ", ".join(str(each) for each in unlisted)
    remedy = (
        "Only if that is your own reverse proxy: add its address to trusted_proxies, because until then all customers "
        "count as one. If you do not know it, do not add it: the relay believes listed proxies about client addresses."
    )
    return Finding(name, f"{seen} forwards requests, or pretends to, and is not listed", remedy)


def _whole_health(settings: Settings) -> tuple[str, dict[str, str]] | None:
    """Return where the relay tells more than that it is alive, and what must be shown there. Raises SettingsError."""
    if settings.metrics_address is not None:
        host, port = settings.metrics_address
        host = _ANYWHERE.get(host, host)
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/health", {}
    token = read_token(settings)
    return None if token is None else (f"{settings.url}/health", {"Authorization": f"Bearer {token}"})


async def check_stun(settings: Settings, *, runs: bool, listens: bool | None = None) -> Finding:
    """Whether the STUN server of this relay answers by UDP under its public name.

    `runs`: a relay runs on our data folder. `listens`: whether it has the port by its own word, None without one.
    An answer does not name its sender, so it is another program's wherever ours cannot have sent it.
    """
    if not settings.stun_port:
        return not_made("STUN", "switched off")
    host, port = stun_host(settings).strip("[]"), settings.stun_port
    if listens is False:
        return Finding(
            "STUN",
            f"the relay could not listen on UDP port {port}: the port is in use, or not allowed",
            f"Stop the other program on UDP port {port}, or choose another port in stun_port. Then restart the relay.",
        )
    try:
        answered = await _ask_stun(host, port)
    except OSError as error:
        answered = False
        host = f"{host} ({error.strerror or error})"
    if not answered:
        remedy = f"Open UDP port {port} in the firewall. Without it, fewer sessions connect directly."
        return Finding("STUN", f"no answer from {host}:{port}", remedy)
    if not runs:
        return not_made("STUN", f"another program answers at {host}:{port}: the relay is not running")
    return Finding("STUN", f"{host}:{port} answers")


class _Listener(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard = asyncio.Event()

    def datagram_received(self, _data: bytes, _address: object) -> None:
        self.heard.set()


async def _ask_stun(host: str, port: int) -> bool:
    question = bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST))
    transport, listener = await asyncio.get_running_loop().create_datagram_endpoint(_Listener, remote_addr=(host, port))
    try:
        transport.sendto(question)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await listener.heard.wait()
        return listener.heard.is_set()
    finally:
        transport.close()


def _is_here(url: str) -> bool:
    """Whether the public address is one of this computer."""
    address = urlsplit(url)
    with contextlib.suppress(OSError, ValueError):
        found = socket.getaddrinfo(address.hostname, 0, type=socket.SOCK_STREAM)
        for family, kind, protocol, _name, place in found:
            with socket.socket(family, kind, protocol) as probe:
                probe.bind((place[0], 0))  # refused where the address is another computer's
                return True
    return False


def _ahead_of(date: str) -> float | None:
    try:
        return time.time() - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
