"""`deskside-relay doctor`: looks for what is wrong, and names the remedy.

Each check looks at one thing and returns a Finding. Those that need the running relay go through its public address, as
people do, so that a proxy in between is looked at too.
"""

import asyncio
import contextlib
import os
import shlex
import shutil
import ssl
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from aioice import stun
from cryptography import x509
from sqlalchemy.engine import make_url

from codec.errors import DesksideError
from codec.signals import CONSOLE_PATH
from relay.config import Settings
from relay.monitoring.pages import read_token
from relay.pairing.ice import read_turn_secret, stun_host
from relay.store import open_store

ANSWER_SECONDS = 5.0
FILES_SHOWN = 5
MIN_FREE_BYTES = 500 * 1_000_000
MAX_CLOCK_SECONDS = 30.0
CERTIFICATE_DAYS = 14


@dataclass(frozen=True)
class Finding:
    """What one check saw. `remedy` is empty when nothing is wrong."""

    check: str
    saw: str
    remedy: str = ""

    @property
    def is_problem(self) -> bool:
        """Whether something must be done."""
        return bool(self.remedy)

    def as_lines(self) -> list[str]:
        """Return it for a terminal."""
        mark = "!!" if self.is_problem else "ok"
        return [f"{mark} {self.check}: {self.saw}", *([f"       {self.remedy}"] if self.remedy else [])]

    def as_dict(self) -> dict[str, object]:
        """Return it for a program."""
        return asdict(self) | {"ok": not self.is_problem}


async def diagnose(settings: Settings, config: Path | None = None) -> list[Finding]:
    """Run every check, in the order in which things depend on one another. `config` is the file of the settings.

    Files are looked at before the database is opened, which closes its own to others.
    """
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)) as http:
        checks: list[Callable[[], Awaitable[Finding]]] = [
            lambda: _now(check_folder(settings.data)),
            lambda: _now(check_files(settings, config)),
            lambda: _now(check_disk(shutil.disk_usage(_existing(settings.data)).free)),
            lambda: check_database(settings.database),
            lambda: _now(check_certificate(settings, datetime.now(UTC))),
            lambda: _now(check_turn(settings)),
            lambda: _now(check_https(settings)),
            lambda: check_reachable(settings, http),
            lambda: check_clock(settings, http),
            lambda: check_socket(settings, http),
            lambda: check_proxy(settings, http),
            lambda: check_stun(settings),
        ]
        return [await check() for check in checks]


async def _now(finding: Finding) -> Finding:
    return finding


def check_folder(data: Path) -> Finding:
    """Whether the data folder can be written, and only by its owner."""
    name = "data folder"
    if data.exists() and not data.is_dir():
        return Finding(name, f"{data} is a file", "Choose a folder with --data.")
    if not data.exists():
        return Finding(name, f"{data} will be made at the first start")
    try:
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        return Finding(
            name, f"{data} cannot be written ({error.strerror})", f"Give it to the relay’s user: chown {data}"
        )
    if data.stat().st_mode & 0o077:
        return Finding(name, f"{data} can be read by others", f"It holds the relay’s key: chmod 700 {data}")
    return Finding(name, f"{data} can be written, by its owner only")


def check_files(settings: Settings, config: Path | None = None) -> Finding:
    """Whether others can read what the relay keeps, or the secrets that the operator gave it."""
    name = "files"
    bad = [*_open_files(settings), *_open_secrets(settings, config)]
    if not bad:
        return Finding(name, "those of the relay are for its own user only")
    shown = ", ".join(map(str, bad[:FILES_SHOWN])) + (
        f" and {len(bad) - FILES_SHOWN} more" if bad[FILES_SHOWN:] else ""
    )
    folder = f"chmod -R go= {settings.data}, and " if len(bad) > FILES_SHOWN else ""
    files = " ".join(shlex.quote(str(path)) for path in bad[:FILES_SHOWN])
    remedy = f"{folder}chmod go= {files}; all must belong to the relay’s user. Renew secrets that others may have read."
    return Finding(name, f"others can read or change {shown}", remedy)


def _open_files(settings: Settings) -> list[Path]:
    """Return what in the data folder others can reach, or somebody else owns. The downloads are for everybody."""
    if os.name != "posix" or not settings.data.is_dir():
        return []
    owner = settings.data.stat().st_uid
    found = list[Path]()
    for folder, folders, files in os.walk(settings.data):
        folders[:] = [each for each in folders if Path(folder, each) != settings.downloads]
        for path in (Path(folder, each) for each in (*folders, *files)):
            with contextlib.suppress(FileNotFoundError):  # the relay is at work meanwhile
                seen = path.stat()
                if seen.st_mode & 0o077 or seen.st_uid not in (owner, 0):
                    found.append(path)
    return sorted(found)


def _open_secrets(settings: Settings, config: Path | None) -> list[Path]:
    """Return the operator's files that more can read than their owner and a group, or more write than their owner."""
    files = [Path(file) for file in (settings.tls_key, settings.turn_secret_file, settings.smtp_password_file) if file]
    if config is not None and make_url(settings.database).password:
        files.append(config)
    found = list[Path]()
    for file in files if os.name == "posix" else ():
        with contextlib.suppress(OSError):  # that they cannot be read is told by others
            if file.stat().st_mode & 0o026:
                found.append(file)
    return found


def check_disk(free: int) -> Finding:
    """Whether there is room."""
    saw = f"{free / 1_000_000:,.0f} MB free"
    if free < MIN_FREE_BYTES:
        return Finding("disk", saw, f"Make room: below {MIN_FREE_BYTES // 1_000_000} MB the database may stop.")
    return Finding("disk", saw)


async def check_database(url: str) -> Finding:
    """Whether the database opens and is of this version. An embedded one that is not there yet is no problem."""
    if url.startswith("sqlite") and not _is_there(Path(url.partition(":///")[2])):
        return Finding("database", "will be made at the first start")
    try:
        store = await open_store(url)
    except (DesksideError, OSError) as error:
        return Finding("database", str(error), "Nothing works without it. Look at the message, or put back a backup.")
    await store.close()
    return Finding("database", "opens, and is of this version")


def check_certificate(settings: Settings, now: datetime) -> Finding:
    """Whether the certificate belongs to its key and to our name, and how long it lasts."""
    name = "certificate"
    if not settings.tls_certificate:
        return Finding(name, "none: a proxy in front speaks HTTPS, or nobody does")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(settings.tls_certificate, settings.tls_key)
        leaf = x509.load_pem_x509_certificates(Path(settings.tls_certificate).read_bytes())[0]
    except (OSError, ValueError) as error:
        return Finding(
            name, f"cannot be used ({error})", "Check both files: the chain begins with your own certificate."
        )
    host = urlsplit(settings.url).hostname or ""
    if not _names(leaf, host):
        return Finding(name, f"is not for {host}", f"Get one for {host}, or change public_url.")
    days = (leaf.not_valid_after_utc - now).days
    if days < CERTIFICATE_DAYS or leaf.not_valid_before_utc > now:
        return Finding(name, f"is valid for {days} more days", "Renew it, then restart the relay.")
    return Finding(name, f"is for {host}, for {days} more days")


def check_turn(settings: Settings) -> Finding:
    """Whether TURN credentials can be made."""
    try:
        secret = read_turn_secret(settings)
    except DesksideError as error:
        return Finding("TURN", str(error), "Write coturn’s static-auth-secret into the file and let the relay read it.")
    return Finding("TURN", "configured" if secret else "none: who has no direct path uses the relay’s tunnel")


def check_https(settings: Settings) -> Finding:
    """Whether passwords and PINs travel in the clear."""
    host = urlsplit(settings.url).hostname or ""
    if settings.is_https or host in ("localhost", "127.0.0.1", "::1"):
        return Finding("HTTPS", settings.url)
    return Finding(
        "HTTPS", f"{settings.url} is not encrypted", "Set tls_certificate, or public_url to a proxy’s https://…"
    )


async def check_reachable(settings: Settings, http: aiohttp.ClientSession) -> Finding:
    """Whether people get an answer at the public address."""
    name = "public address"
    try:
        async with http.get(f"{settings.url}/health") as response:
            body = await response.json(content_type=None)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        remedy = "Start the relay; check DNS, firewall and the proxy’s target."
        return Finding(name, f"{settings.url} does not answer ({error or type(error).__name__})", remedy)
    if not isinstance(body, dict) or not isinstance(body.get("ok"), bool):
        return Finding(name, f"{settings.url} is something else", "Point the proxy, or public_url, at this relay.")
    if not body["ok"]:
        return Finding(name, "the relay is ill", "Look at the database’s finding above.")
    return Finding(name, f"{settings.url} answers")


async def check_clock(settings: Settings, http: aiohttp.ClientSession) -> Finding:
    """Whether this machine's clock agrees with the server that answers at the public address."""
    try:
        async with http.get(f"{settings.url}/health") as response:
            theirs = parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (aiohttp.ClientError, OSError, TimeoutError, KeyError, ValueError):
        return Finding("clock", "not compared: nobody answers at the public address")
    return judge_clock(time.time() - theirs)


def judge_clock(off: float) -> Finding:
    """Judge by how many seconds the clock is ahead."""
    if abs(off) > MAX_CLOCK_SECONDS:
        return Finding(
            "clock", f"{off:+.0f} s off", "Switch on time synchronisation: PINs and TURN expire by the clock."
        )
    return Finding("clock", "agrees with the public address")


async def check_socket(settings: Settings, http: aiohttp.ClientSession) -> Finding:
    """Whether a WebSocket comes through."""
    try:
        async with http.ws_connect(settings.url + CONSOLE_PATH):
            return Finding("WebSocket", "comes through")
    except aiohttp.WSServerHandshakeError as error:
        remedy = "Let the proxy pass the Upgrade and Connection headers on (in nginx: proxy_http_version 1.1)."
        return Finding("WebSocket", f"is answered with {error.status} instead of an upgrade", remedy)
    except (aiohttp.ClientError, OSError, TimeoutError):
        return Finding("WebSocket", "not tried: nobody answers at the public address")


async def check_proxy(settings: Settings, http: aiohttp.ClientSession) -> Finding:
    """Whether a proxy forwards to us that the settings do not list."""
    name = "proxy"
    try:
        asked = _whole_health(settings)
    except DesksideError as error:
        return Finding(name, str(error), "Mend the file, or leave metrics_token_file out.")
    if asked is None:
        return Finding(name, "not looked at: set metrics_listen or metrics_token_file, so that the relay tells")
    url, headers = asked
    try:
        async with http.get(url, headers=headers) as response:
            unlisted = (await response.json(content_type=None)).get("unlisted_proxies")
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError, AttributeError):
        return Finding(name, f"not looked at: {url} does not answer")
    if not isinstance(unlisted, list) or not unlisted:
        return Finding(name, "no unlisted one has been seen")
    seen = ", ".join(str(each) for each in unlisted)
    remedy = (
        "Only if that is your own reverse proxy: add its address to trusted_proxies, because until then all customers "
        "count as one. If you do not know it, leave it out: whoever is listed is believed about who is calling."
    )
    return Finding(name, f"{seen} forwards requests, or pretends to, and is not listed", remedy)


def _whole_health(settings: Settings) -> tuple[str, dict[str, str]] | None:
    """Return where the relay tells more than that it is alive, and what must be shown there. Raises SettingsError."""
    if settings.metrics_address is not None:
        host, port = settings.metrics_address
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (those listen everywhere)
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/health", {}
    token = read_token(settings)
    return None if token is None else (f"{settings.url}/health", {"Authorization": f"Bearer {token}"})


async def check_stun(settings: Settings) -> Finding:
    """Whether the STUN server answers by UDP under its public name."""
    if not settings.stun_port:
        return Finding("STUN", "switched off")
    host, port = stun_host(settings).strip("[]"), settings.stun_port
    try:
        answered = await _ask_stun(host, port)
    except OSError as error:
        answered = False
        host = f"{host} ({error.strerror or error})"
    if not answered:
        remedy = f"Open UDP port {port} in the firewall; without it fewer sessions find a direct path."
        return Finding("STUN", f"no answer from {host}:{port}", remedy)
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


def _names(certificate: x509.Certificate, host: str) -> bool:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    names = [name.lower() for name in found.get_values_for_type(x509.DNSName)]
    addresses = [str(address) for address in found.get_values_for_type(x509.IPAddress)]
    return host.lower() in names or f"*.{host.partition('.')[2]}".lower() in names or host in addresses


def _is_there(file: Path) -> bool:
    return file.exists()


def _existing(path: Path) -> Path:
    return path if path.exists() or path == path.parent else _existing(path.parent)
