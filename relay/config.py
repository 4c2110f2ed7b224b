"""Every setting of the relay, declared once: name, type, default, limits and help stand at the field.

Read from a TOML file and from the environment (`DESKSIDE_RELAY_` and the name in capitals; lists are separated by
commas). `docs/relay-settings.md` is written from this declaration (`deskside-relay settings --markdown`).
"""

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct, inspect

from codec.errors import DesksideError

ENVIRONMENT = "DESKSIDE_RELAY_"
Minutes = Annotated[int, Meta(ge=1, le=999)]
Seconds = Annotated[int, Meta(ge=1, le=3_600)]


class SettingsError(DesksideError):
    """The configuration cannot be used as it is; the text names the setting and what to change."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the operator can choose. Everything has a default that is safe on one machine."""

    listen: Annotated[str, Meta(description="Address and port that the relay listens on, for example 0.0.0.0:443.")] = (
        "127.0.0.1:8080"
    )
    public_url: Annotated[
        str,
        Meta(description="The address that people type, for example https://help.example. Empty: the listen address."),
    ] = ""
    data_dir: Annotated[
        str, Meta(description="Folder for the database, the key of this relay and its backups; made with mode 0700.")
    ] = "var/relay"
    database_url: Annotated[
        str, Meta(description="Database, for example postgresql+asyncpg://…. Empty: SQLite in the data folder.")
    ] = ""
    tls_certificate: Annotated[
        str, Meta(description="PEM file with the certificate chain, where the relay speaks HTTPS itself.")
    ] = ""
    tls_key: Annotated[str, Meta(description="PEM file with the private key of the certificate.")] = ""
    trusted_proxies: Annotated[
        list[str],
        Meta(description="Networks of the reverse proxies in front; only they are believed about who is calling."),
    ] = []
    max_connections: Annotated[
        int,
        Meta(
            ge=16,
            le=100_000,
            description="How many connections the relay holds at once; it raises its limit of open files for them as "
            "far as the system lets it.",
        ),
    ] = 8_192
    max_connections_per_address: Annotated[
        int,
        Meta(
            ge=8,
            le=100_000,
            description="How many of them from one address (IPv6: /64), or for one behind a listed proxy. "
            "Raise it where many technicians share an address.",
        ),
    ] = 1_024
    max_strangers_per_address: Annotated[
        int,
        Meta(
            ge=8,
            le=100_000,
            description="How many of those from callers who have not shown who they are: by PIN, link, cookie, token "
            "or key. Beyond it the one goes that has kept the relay waiting longest.",
        ),
    ] = 64
    head_seconds: Annotated[
        Seconds, Meta(description="How long a TLS handshake and the head of a request may take together.")
    ] = 10
    body_seconds: Annotated[
        Seconds,
        Meta(description="How long the body of a request may take; less for one that brings under 2 KiB a second."),
    ] = 120
    idle_seconds: Annotated[
        Seconds,
        Meta(description="How long a connection stays open between requests. Let it be longer than a proxy’s own."),
    ] = 75
    metrics_listen: Annotated[
        str,
        Meta(
            description="Address and port for /metrics and the whole /health, for example 127.0.0.1:9180; let only "
            "your monitoring reach it. Empty: none."
        ),
    ] = ""
    metrics_token_file: Annotated[
        str,
        Meta(
            description="File with a token that opens both on the public address too, as Authorization: Bearer. "
            "Empty: there, /health says only whether the relay is alive."
        ),
    ] = ""
    stun_port: Annotated[
        int, Meta(ge=0, le=65_535, description="UDP port of the built-in STUN server; 0 switches it off.")
    ] = 3478
    stun_host: Annotated[
        str, Meta(description="Name or address under which that port is reached. Empty: the host of public_url.")
    ] = ""
    ice_servers: Annotated[
        list[str], Meta(description="Further STUN servers, for example stun:stun.example:3478.")
    ] = []
    turn_urls: Annotated[
        list[str],
        Meta(
            description="coturn servers, for example turn:turn.example:3478?transport=udp. Keep them out of your own "
            "networks: give coturn a denied-peer-ip for each, and no-multicast-peers."
        ),
    ] = []
    turn_secret_file: Annotated[
        str, Meta(description="File with coturn’s static-auth-secret; credentials made from it expire.")
    ] = ""
    turn_credential_hours: Annotated[
        int,
        Meta(ge=1, le=24, description="How long a TURN credential, which is made for one session, opens new paths."),
    ] = 1
    downloads_dir: Annotated[
        str,
        Meta(
            description="Folder with the help programs that customers can download. Empty: the folder downloads in "
            "data_dir, and those that come with the relay."
        ),
    ] = ""
    pin_minutes: Annotated[Minutes, Meta(description="How long a PIN can be entered.")] = 15
    link_hours: Annotated[int, Meta(ge=1, le=720, description="How long a link can be opened.")] = 24
    connecting_minutes: Annotated[
        Minutes, Meta(description="How long a customer may take from entering the PIN to the running help program.")
    ] = 10
    waiting_minutes: Annotated[Minutes, Meta(description="How long a customer waits before the session is closed.")] = (
        30
    )
    absence_minutes: Annotated[
        Minutes,
        Meta(description="After how long without its customer a session is offline, without its technician timed out."),
    ] = 10
    sign_in_hours: Annotated[int, Meta(ge=1, le=720, description="How long a sign-in lasts without being used.")] = 12
    sign_in_event_days: Annotated[
        int, Meta(ge=1, le=3_650, description="How long attempts to sign in are remembered.")
    ] = 365
    smtp_host: Annotated[
        str, Meta(description="Mail server. Empty: mails are written to the folder outbox in data_dir.")
    ] = ""
    smtp_port: Annotated[int, Meta(ge=1, le=65_535, description="Port of the mail server.")] = 587
    smtp_security: Annotated[
        str, Meta(description="How the line to it is secured: starttls, tls, or none for one on this machine.")
    ] = "starttls"
    smtp_user: Annotated[str, Meta(description="Who signs in at the mail server. Empty: nobody does.")] = ""
    smtp_password_file: Annotated[str, Meta(description="File with the password of that user.")] = ""
    mail_from: Annotated[
        str, Meta(description="Sender of mails, for example deskside@help.example. Empty: deskside@ and the host.")
    ] = ""

    test_own_addresses: Annotated[
        bool,
        Meta(
            description="Whether administrators may have the relay test a recording location on its own computer or "
            "at a link-local address. Leave it off where these open something to whoever asks from here."
        ),
    ] = False
    test_networks: Annotated[
        list[str],
        Meta(
            description="Networks in which the relay may test recording locations for administrators, for example "
            "10.20.0.0/16. Empty: everywhere but on its own computer."
        ),
    ] = []

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Host and port of the metrics alone, None where there is none."""
        if not self.metrics_listen:
            return None
        host, _, port = self.metrics_listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def url(self) -> str:
        """The public address, without a slash at its end."""
        scheme = "https" if self.tls_certificate else "http"
        return (self.public_url or f"{scheme}://{self.listen}").rstrip("/")

    @property
    def is_https(self) -> bool:
        """Whether people reach the relay by HTTPS."""
        return self.url.startswith("https://")

    @property
    def data(self) -> Path:
        """The data folder."""
        return Path(self.data_dir)

    @property
    def downloads(self) -> Path:
        """The folder of the help programs."""
        return Path(self.downloads_dir) if self.downloads_dir else self.data / "downloads"

    @property
    def mail_sender(self) -> str:
        """Whom mails come from."""
        return self.mail_from or f"deskside@{urlsplit(self.url).hostname}"

    @property
    def database(self) -> str:
        """The database's URL as SQLAlchemy wants it."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.data / 'relay.sqlite3').absolute()}"


def read_settings(file: Path | None, environment: Mapping[str, str], overrides: Mapping[str, Any]) -> Settings:
    """Return the settings: those of `overrides` first, then the environment, then the file, then the defaults.

    Raises SettingsError.
    """
    values: dict[str, Any] = {}
    if file is not None:
        values |= _read_file(file)
    values |= _read_environment(environment)
    values |= {name: value for name, value in overrides.items() if value is not None}
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"A setting cannot be used: {error}. docs/relay-settings.md lists them all.") from None
    _check(settings)
    return settings


@dataclass(frozen=True)
class Described:
    """One setting as documentation shows it."""

    name: str
    type: str
    default: str
    help: str


def describe() -> list[Described]:
    """Return all settings in the order of their declaration."""
    struct = inspect.type_info(Settings)
    assert isinstance(struct, inspect.StructType), "Settings is a struct"  # noqa: S101
    return [_describe(field) for field in struct.fields]


def _describe(field: inspect.Field) -> Described:
    described, text = field.type, ""
    while isinstance(described, inspect.Metadata):
        text = text or (described.extra_json_schema or {}).get("description", "")
        described = described.type
    default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    names = {
        inspect.StrType: "text",
        inspect.IntType: "number",
        inspect.ListType: "list",
        inspect.BoolType: "true or false",
    }
    return Described(field.name, names[type(described)], _shown(default), text)


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return "–" if default in ("", []) else str(default)


def _read_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text())
    except OSError as error:
        raise SettingsError(f"{file} cannot be read ({error.strerror}). Check its name and its permissions.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not TOML: {error}.") from None


def _read_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    kinds = {described.name: described.type for described in describe()}
    values: dict[str, Any] = {}
    for key, value in environment.items():
        if not key.startswith(ENVIRONMENT):
            continue
        name = key.removeprefix(ENVIRONMENT).lower()
        if name not in kinds:
            raise SettingsError(f"{key} is no setting of the relay. docs/relay-settings.md lists them all.")
        is_list = kinds[name] == "list"
        values[name] = [part.strip() for part in value.split(",") if part.strip()] if is_list else value
    return values


def _check(settings: Settings) -> None:
    for name, listen in (("listen", settings.listen), ("metrics_listen", settings.metrics_listen or "here:0")):
        host, _, port = listen.rpartition(":")
        if not host or not (port.isascii() and port.isdecimal() and len(port) <= 5) or int(port) > 65_535:
            raise SettingsError(f"{name} = {listen!r}: write an address and a port, for example 127.0.0.1:8080.")
    address = urlsplit(settings.url)
    if address.scheme not in ("http", "https") or not address.hostname or address.path or address.query:
        raise SettingsError(f"public_url = {settings.public_url!r}: write https:// and a host name, nothing behind it.")
    if bool(settings.tls_certificate) != bool(settings.tls_key):
        raise SettingsError("tls_certificate and tls_key belong together: set both, or neither behind a proxy.")
    if settings.turn_urls and not settings.turn_secret_file:
        raise SettingsError("turn_urls needs turn_secret_file: the file with coturn’s static-auth-secret.")
    if settings.smtp_security not in ("starttls", "tls", "none"):
        raise SettingsError(f"smtp_security = {settings.smtp_security!r}: write starttls, tls or none.")
    if bool(settings.smtp_user) != bool(settings.smtp_password_file):
        raise SettingsError("smtp_user and smtp_password_file belong together: set both, or neither.")
    for name, listed in (("trusted_proxies", settings.trusted_proxies), ("test_networks", settings.test_networks)):
        for network in listed:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise SettingsError(f"{name}: {network!r} is no network, for example 10.0.0.0/8.") from None


def as_markdown() -> str:
    """Return the reference page of all settings."""
    rows = [f"| `{each.name}` | {each.type} | {each.default} | {each.help} |" for each in describe()]
    return "\n".join([_MARKDOWN_HEAD, *rows, ""])


_MARKDOWN_HEAD = f"""# Settings of the relay

Written from `relay/config.py` by `deskside-relay settings --markdown`; do not edit. In a TOML file given by
`--config FILE`, or in the environment as `{ENVIRONMENT}<NAME>` with lists separated by commas.

| setting | type | default | what it does |
|---|---|---|---|"""


def from_environment(file: Path | None, overrides: Mapping[str, Any]) -> Settings:
    """`read_settings` with this process's environment."""
    return read_settings(file, os.environ, overrides)
