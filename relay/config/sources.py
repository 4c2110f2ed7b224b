"""Where the relay's settings come from: a TOML file, the environment, the command line. Wrong ones are named."""

import difflib
import ipaddress
import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

import msgspec

from relay.config.settings import ENVIRONMENT, Described, Settings, SettingsError, describe

SYSTEM_CONFIG = Path("/etc/deskside/relay.toml")
"""The settings of an installed relay; used where nothing else is said."""
DEFAULT = "default"
_OPTIONS = {"listen": "--listen", "data_dir": "--data", "log_level": "--log-level", "log_format": "--log-format"}
_TYPES = get_type_hints(Settings, include_extras=True)


@dataclass(frozen=True)
class Loaded:
    """The settings that hold, the file that was read, and where each setting comes from."""

    settings: Settings
    file: Path | None = None
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """Which relay these settings speak of, for messages."""
        config = f", settings in {self.file}" if self.file else ""
        return f"{self.settings.data.absolute()}{config}"


def choose_file(given: Path | None, overrides: Mapping[str, Any], environment: Mapping[str, str]) -> Path | None:
    """Return the file to read: the one given, else that of the installed relay, unless another data folder is named.

    Raises SettingsError when that one is there and we may not read it.
    """
    if given is not None or overrides.get("data_dir") or f"{ENVIRONMENT}DATA_DIR" in environment:
        return given
    try:
        is_there = SYSTEM_CONFIG.exists()
    except PermissionError:
        is_there = True
    if not is_there:
        return None
    if not os.access(SYSTEM_CONFIG, os.R_OK):
        raise SettingsError(
            f"{SYSTEM_CONFIG} is for the relay’s own user. Run this as that user (sudo -u deskside …), "
            "or name another relay by --config or --data."
        )
    return SYSTEM_CONFIG


def load_settings(given: Path | None, overrides: Mapping[str, Any], environment: Mapping[str, str]) -> Loaded:
    """Return the settings that hold: `overrides` go before the environment, then the file, then the defaults.

    Raises SettingsError.
    """
    file = choose_file(given, overrides, environment)
    return _load(file, environment, overrides)


def read_settings(file: Path | None, environment: Mapping[str, str], overrides: Mapping[str, Any]) -> Settings:
    """Return the settings of exactly this file, environment and overrides. Raises SettingsError."""
    return _load(file, environment, overrides).settings


def _load(file: Path | None, environment: Mapping[str, str], overrides: Mapping[str, Any]) -> Loaded:
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    if file is not None:
        text = _read_file(file)
        found = _parse(file, text)
        values |= found
        sources |= {name: _line_of(file, text, name) for name in found}
    from_environment = _read_environment(environment)
    values |= from_environment
    sources |= {name: f"environment {ENVIRONMENT}{name.upper()}" for name in from_environment}
    for name, value in overrides.items():
        if value is not None:
            values[name], sources[name] = value, f"command line {_OPTIONS.get(name, name)}"
    settings = Settings(**{name: _converted(name, value, sources) for name, value in values.items()})
    _check(settings, sources)
    everything = {each.name: sources.get(each.name, DEFAULT) for each in describe()}
    return Loaded(settings, file, everything)


def _converted(name: str, value: Any, sources: Mapping[str, str]) -> Any:
    described = {each.name: each for each in describe()}.get(name)
    if described is None:
        near = difflib.get_close_matches(name, _TYPES, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        if isinstance(value, dict):
            hint = " Write settings without [sections]."
        raise SettingsError(
            f"{sources[name]}: {name} is not a setting.{hint} `deskside-relay settings` lists them all."
        )
    try:
        return msgspec.convert(value, _TYPES[name], strict=False)
    except msgspec.ValidationError:
        raise SettingsError(
            f"{sources[name]}: {name} must be {_wanted(described)}, for example {name} = {toml(described.example)}"
        ) from None


def _wanted(described: Described) -> str:
    match described.kind:
        case "number" if described.least is not None and described.most is not None:
            return f"a whole number from {described.least} to {described.most}"
        case "number":
            return "a whole number"
        case "list":
            return "a list of texts"
        case "choice":
            return f"one of {', '.join(toml(each) for each in described.choices)}"
        case "text":
            return "a text in quotes"
        case kind:
            return kind


def toml(value: Any) -> str:
    """Return a setting's value as TOML writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _line_of(file: Path, text: str, name: str) -> str:
    pattern = re.compile(rf"""^\s*\[*\s*["']?{re.escape(name)}["']?\s*[=.\]]""", re.MULTILINE)
    found = pattern.search(text)
    return f"{file}, line {text.count(chr(10), 0, found.end()) + 1}" if found else str(file)


def _read_file(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{file} cannot be read ({error.strerror}). Check its name and its permissions.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is not text in UTF-8. Save it as UTF-8.") from None


def _parse(file: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not TOML: {error}.") from None


def _read_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    kinds = {described.name: described.kind for described in describe()}
    values: dict[str, Any] = {}
    for key, value in environment.items():
        if not key.startswith(ENVIRONMENT):
            continue
        name = key.removeprefix(ENVIRONMENT).lower()
        if name not in kinds:
            raise SettingsError(
                f"environment: {key} is not a setting of the relay. `deskside-relay settings` lists them all."
            )
        is_list = kinds[name] == "list"
        values[name] = [part.strip() for part in value.split(",") if part.strip()] if is_list else value
    return values


def _check(settings: Settings, sources: Mapping[str, str]) -> None:
    """Raise SettingsError for what each value is by itself, but not to be used."""

    def wrong(name: str, text: str) -> SettingsError:
        source = sources.get(name)
        return SettingsError(f"{source}: {text}" if source else text)

    for name, listen in (("listen", settings.listen), ("metrics_listen", settings.metrics_listen or "here:0")):
        host, _, port = listen.rpartition(":")
        if not host or not (port.isascii() and port.isdecimal() and len(port) <= 5) or int(port) > 65_535:
            raise wrong(name, f"{name} = {listen!r}: write an address and a port, for example 127.0.0.1:8080.")
    address = urlsplit(settings.url)
    if "@" in address.netloc:  # it may be a password, so it is not repeated; everybody is shown this address
        raise wrong("public_url", "public_url: write https:// and a host name, without a user name and password.")
    if address.scheme not in ("http", "https") or not address.hostname or address.path or address.query:
        raise wrong(
            "public_url", f"public_url = {settings.public_url!r}: write https:// and a host name, nothing behind it."
        )
    _check_several(settings, wrong)
    if bool(settings.tls_certificate) != bool(settings.tls_key):
        given = "tls_certificate" if settings.tls_certificate else "tls_key"
        raise wrong(given, "tls_certificate and tls_key belong together: set both, or neither behind a proxy.")
    if settings.turn_urls and not settings.turn_secret_file:
        raise wrong("turn_urls", "turn_urls needs turn_secret_file: the file with coturn’s static-auth-secret.")
    if bool(settings.smtp_user) != bool(settings.smtp_password_file):
        given = "smtp_user" if settings.smtp_user else "smtp_password_file"
        raise wrong(given, "smtp_user and smtp_password_file belong together: set both, or neither.")
    for name, listed in (("trusted_proxies", settings.trusted_proxies), ("test_networks", settings.test_networks)):
        for network in listed:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise wrong(name, f"{name}: {network!r} is not a network, for example 10.0.0.0/8.") from None


def _check_several(settings: Settings, wrong: Callable[[str, str], SettingsError]) -> None:
    """Raise SettingsError for what several relays need and do not have. An address of Redis is not repeated."""
    if settings.peer_url:
        address = urlsplit(settings.peer_url.rstrip("/"))
        if "@" in address.netloc or address.scheme not in ("http", "https") or not address.hostname or address.path:
            raise wrong("peer_url", "peer_url: write http:// or https:// and a host name with its port, nothing more.")
    if not settings.is_one_of_several:
        return
    if urlsplit(settings.redis_url).scheme not in ("redis", "rediss", "unix"):
        raise wrong("redis_url", "redis_url: write an address like redis://10.0.0.4:6379/0.")
    if not settings.database_url.startswith("postgresql"):
        raise wrong(
            "redis_url",
            "redis_url is for several relays on one PostgreSQL. SQLite is a file that one relay has for itself: set "
            "database_url, or remove redis_url.",
        )
    if not settings.peer_url and settings.address[0] in ("0.0.0.0", "::"):  # noqa: S104  (those are everywhere)
        raise wrong(
            "redis_url",
            f"redis_url needs peer_url, because listen = {settings.listen!r} does not say at which address the other "
            "relays reach this one. Set peer_url, for example http://10.0.0.2:8080.",
        )
