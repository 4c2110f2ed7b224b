"""Every setting of the relay, declared once: name, type, default, limits, example and help are at the field.

`config_sources` reads them from a TOML file, the environment and the command line; `config_texts` writes the reference
`docs/relay-settings.md`, an example file and what holds.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints
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
        Meta(
            description="The address that people use, for example https://help.example. If empty, the listen address.",
            examples=["https://help.example"],
        ),
    ] = ""
    data_dir: Annotated[
        str, Meta(description="Folder for the database, the relay’s key and its backups. Created with mode 0700.")
    ] = "var/relay"
    database_url: Annotated[
        str,
        Meta(
            description="Database URL, for example postgresql+asyncpg://…. If empty, SQLite in the data folder.",
            examples=["postgresql+asyncpg://deskside@/deskside?host=/var/run/postgresql"],
        ),
    ] = ""
    redis_url: Annotated[
        str,
        Meta(
            description="Redis that several relays on one PostgreSQL share, for example redis://10.0.0.4:6379/0. "
            "If empty, this relay is the only one on its database.",
            examples=["redis://10.0.0.4:6379/0"],
        ),
    ] = ""
    peer_url: Annotated[
        str,
        Meta(
            description="Address at which the other relays reach this one, for example http://10.0.0.2:8080. If empty, "
            "the listen address.",
            examples=["http://10.0.0.2:8080"],
        ),
    ] = ""
    tls_certificate: Annotated[
        str,
        Meta(
            description="PEM file with the certificate chain. Set it if the relay serves HTTPS without a proxy.",
            examples=["/etc/deskside/fullchain.pem"],
        ),
    ] = ""
    tls_key: Annotated[
        str,
        Meta(description="PEM file with the private key of the certificate.", examples=["/etc/deskside/privkey.pem"]),
    ] = ""
    trusted_proxies: Annotated[
        list[str],
        Meta(
            description="Networks of your reverse proxies. Client addresses are accepted only from them.",
            examples=[["127.0.0.1", "10.0.0.0/8"]],
        ),
    ] = []
    max_connections: Annotated[
        int,
        Meta(
            ge=16,
            le=100_000,
            description="Maximum number of simultaneous connections. The relay raises its limit of open files to "
            "match, as far as the system allows.",
        ),
    ] = 8_192
    max_connections_per_address: Annotated[
        int,
        Meta(
            ge=8,
            le=100_000,
            description="Maximum number of connections per address (IPv6: /64), also behind a listed proxy. "
            "Raise it if many technicians share an address.",
        ),
    ] = 1_024
    max_strangers_per_address: Annotated[
        int,
        Meta(
            ge=8,
            le=100_000,
            description="Maximum number of connections per address without a PIN, link, cookie, token or key. "
            "When there are more, the one that has kept the relay waiting longest is closed.",
        ),
    ] = 64
    head_seconds: Annotated[
        Seconds, Meta(description="Time limit for the TLS handshake and the request headers together.")
    ] = 10
    body_seconds: Annotated[
        Seconds,
        Meta(description="Time limit for a request body. Shorter for bodies slower than 2 KiB per second."),
    ] = 120
    idle_seconds: Annotated[
        Seconds,
        Meta(description="How long a connection stays open between requests. Use a longer time than your proxy."),
    ] = 75
    metrics_listen: Annotated[
        str,
        Meta(
            description="Address and port for /metrics and the full /health, for example 127.0.0.1:9180. Allow "
            "access only from your monitoring. If empty, off.",
            examples=["127.0.0.1:9180"],
        ),
    ] = ""
    metrics_token_file: Annotated[
        str,
        Meta(
            description="File with a token that gives access to both on the public address, as Authorization: "
            "Bearer. If empty, /health there says only whether the relay is alive.",
            examples=["/etc/deskside/metrics-token"],
        ),
    ] = ""
    stun_port: Annotated[
        int, Meta(ge=0, le=65_535, description="UDP port of the built-in STUN server. 0 turns it off.")
    ] = 3478
    stun_host: Annotated[
        str,
        Meta(
            description="Name or address at which that port can be reached. If empty, the host of public_url.",
            examples=["help.example"],
        ),
    ] = ""
    ice_servers: Annotated[
        list[str],
        Meta(
            description="More STUN servers, for example stun:stun.example:3478.",
            examples=[["stun:stun.example:3478"]],
        ),
    ] = []
    turn_urls: Annotated[
        list[str],
        Meta(
            description="coturn servers, for example turn:turn.example:3478?transport=udp. Block access to your own "
            "networks in coturn, with a denied-peer-ip for each and no-multicast-peers.",
            examples=[["turn:turn.example:3478?transport=udp"]],
        ),
    ] = []
    turn_secret_file: Annotated[
        str,
        Meta(
            description="File with coturn’s static-auth-secret. Credentials created from it expire.",
            examples=["/etc/deskside/turn-secret"],
        ),
    ] = ""
    turn_credential_hours: Annotated[
        int,
        Meta(ge=1, le=24, description="Validity of TURN credentials. Each is created for one session."),
    ] = 1
    downloads_dir: Annotated[
        str,
        Meta(
            description="Folder with the help programs that customers can download. If empty, the folder downloads "
            "in data_dir and the programs that come with the relay.",
            examples=["/srv/deskside/downloads"],
        ),
    ] = ""
    downloads_keys: Annotated[
        list[str],
        Meta(
            description="Public keys (minisign) of those who make your help programs. If there are any, only programs "
            "with a signature by one of them are offered, besides those that come with the relay.",
            examples=[["RWSTH7uN4U2ivo+ttBfCYGxBHGgfdTBl1TJpWiUOvgof+dGwg6a2Vv8Y"]],
        ),
    ] = []
    pin_minutes: Annotated[Minutes, Meta(description="How long a PIN can be entered, unless the group chose.")] = 15
    link_hours: Annotated[
        int, Meta(ge=1, le=720, description="How long a link can be opened, unless the group chose.")
    ] = 24
    connecting_minutes: Annotated[
        Minutes,
        Meta(
            description="How long a customer has to start the help program after entering the PIN, unless the channel "
            "or group chose."
        ),
    ] = 10
    waiting_minutes: Annotated[
        Minutes,
        Meta(description="How long a customer can wait before the session ends, unless the channel or group chose."),
    ] = 30
    absence_minutes: Annotated[
        Minutes,
        Meta(
            description="How long a customer or technician can be absent before their session is offline or times out."
        ),
    ] = 10
    sign_in_hours: Annotated[int, Meta(ge=1, le=720, description="How long an unused sign-in lasts.")] = 12
    sign_in_event_days: Annotated[int, Meta(ge=1, le=3_650, description="How long sign-in attempts are stored.")] = 365
    smtp_host: Annotated[
        str,
        Meta(
            description="Mail server. If empty, e-mails are written to the folder outbox in data_dir.",
            examples=["smtp.example"],
        ),
    ] = ""
    smtp_port: Annotated[int, Meta(ge=1, le=65_535, description="Port of the mail server.")] = 587
    smtp_security: Annotated[
        Literal["starttls", "tls", "none"],
        Meta(description="How that connection is secured: starttls, tls, or none for a server on this computer."),
    ] = "starttls"
    smtp_user: Annotated[
        str, Meta(description="User name for the mail server. If empty, no sign-in.", examples=["deskside"])
    ] = ""
    smtp_password_file: Annotated[
        str, Meta(description="File with the password of that user.", examples=["/etc/deskside/smtp-password"])
    ] = ""
    mail_from: Annotated[
        str,
        Meta(
            description="Sender of e-mails, for example deskside@help.example. If empty, deskside@ and the host.",
            examples=["deskside@help.example"],
        ),
    ] = ""
    alerts_from: Annotated[
        str,
        Meta(
            description="Sender of the e-mails that tell technicians of waiting customers. If empty, as mail_from.",
            examples=["alerts@help.example"],
        ),
    ] = ""
    sms_url: Annotated[
        str,
        Meta(
            description="Address of a text message gateway that takes HTTP requests. If empty, no text messages.",
            examples=["https://gateway.example/messages"],
        ),
    ] = ""
    sms_method: Annotated[
        Literal["POST", "PUT", "GET"],
        Meta(description="Method of those requests. GET has the form of sms_body in its address."),
    ] = "POST"
    sms_format: Annotated[
        Literal["json", "form"], Meta(description="What sms_body is: JSON, or a form as in an address (to=…&text=…).")
    ] = "json"
    sms_body: Annotated[
        str,
        Meta(
            description="What is sent. {number} is replaced by the telephone number, {text} by the message; both are "
            "encoded as the format needs."
        ),
    ] = '{"to": "{number}", "text": "{text}"}'
    sms_headers: Annotated[
        list[str],
        Meta(
            description="Headers of those requests. {secret} is replaced by the content of sms_secret_file; without "
            "that file such a header is left out."
        ),
    ] = msgspec.field(default_factory=lambda: ["Authorization: Bearer {secret}"])
    sms_secret_file: Annotated[
        str, Meta(description="File with the gateway’s key.", examples=["/etc/deskside/sms-secret"])
    ] = ""
    sms_countries: Annotated[
        list[str],
        Meta(
            description="Country codes to which text messages may go, for example +31. If empty, to all.",
            examples=[["+31", "+32"]],
        ),
    ] = []
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="Lowest level of events in the log. Reloaded on SIGHUP."),
    ] = "info"
    log_format: Annotated[
        Literal["text", "json"],
        Meta(description="Format of the log on standard error: text, or one JSON object per line."),
    ] = "text"

    test_own_addresses: Annotated[
        bool,
        Meta(
            description="Whether administrators can let the relay test recording locations on its own computer or at "
            "link-local addresses. Leave it off if services there trust requests from this computer."
        ),
    ] = False
    test_networks: Annotated[
        list[str],
        Meta(
            description="Networks in which administrators can let the relay test recording locations, for example "
            "10.20.0.0/16. If empty, everywhere except on its own computer.",
            examples=[["10.20.0.0/16"]],
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
    def is_one_of_several(self) -> bool:
        """Whether other relays may share the database."""
        return bool(self.redis_url)

    @property
    def address_for_peers(self) -> str:
        """Where the other relays reach this one, without a slash at its end."""
        scheme = "https" if self.tls_certificate else "http"
        return (self.peer_url or f"{scheme}://{self.listen}").rstrip("/")

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
    def alerts_sender(self) -> str:
        """Whom mails to technicians about waiting customers come from."""
        return self.alerts_from or self.mail_sender

    @property
    def database(self) -> str:
        """The database's URL as SQLAlchemy wants it."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.data / 'relay.sqlite3').absolute()}"


@dataclass(frozen=True)
class Described:
    """One setting as people meet it: `kind` in a word, `example` a value that it could have, limits of a number."""

    name: str
    kind: str
    default: Any
    example: Any
    help: str
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()


def describe() -> list[Described]:
    """Return all settings in the order of their declaration."""
    struct = inspect.type_info(Settings)
    assert isinstance(struct, inspect.StructType), "Settings is a struct"  # noqa: S101
    return [_describe(field) for field in struct.fields]


def _describe(field: inspect.Field) -> Described:
    described, meta = field.type, dict[str, Any]()
    while isinstance(described, inspect.Metadata):
        meta = (described.extra_json_schema or {}) | meta
        described = described.type
    default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    examples = meta.get("examples") or [default]
    least = most = None
    if isinstance(described, inspect.IntType):
        least, most = described.ge, described.le
    choices = get_args(get_type_hints(Settings)[field.name]) if isinstance(described, inspect.LiteralType) else ()
    about = meta.get("description", "")
    return Described(field.name, _KINDS[type(described)], default, examples[0], about, least, most, choices)


_KINDS: dict[type, str] = {
    inspect.StrType: "text",
    inspect.IntType: "number",
    inspect.ListType: "list",
    inspect.BoolType: "true or false",
    inspect.LiteralType: "choice",
}
