"""Which STUN and TURN servers both ends of a session use. Pure, apart from reading the secret's file."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from codec.wire.api_types import IceServer
from relay.config.settings import Settings, SettingsError


def ice_servers(settings: Settings, turn_secret: str | None, session: int, now: datetime) -> list[IceServer]:
    """Return the servers for one session: our own STUN, those configured, TURN with credentials that expire."""
    servers = [IceServer(urls=[url]) for url in settings.ice_servers]
    servers[:0] = [IceServer(urls=[url]) for url in own_stun(settings)]
    if settings.turn_urls and turn_secret is not None:
        lifetime = timedelta(hours=settings.turn_credential_hours)
        username, credential = turn_credentials(turn_secret, f"session-{session}", now + lifetime)
        servers.append(IceServer(urls=settings.turn_urls, username=username, credential=credential))
    return servers


def own_stun(settings: Settings) -> list[str]:
    """Return the address of the built-in STUN server, nothing where the operator turned it off."""
    return [f"stun:{stun_host(settings)}:{settings.stun_port}"] if settings.stun_port else []


def turn_credentials(secret: str, name: str, until: datetime) -> tuple[str, str]:
    """Return user name and password that coturn takes until a moment, from its static-auth-secret.

    Source: draft-uberti-behave-turn-rest, as coturn's `use-auth-secret` has it.
    """
    username = f"{int(until.timestamp())}:{name}"
    mac = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(mac).decode()


def stun_host(settings: Settings) -> str:
    """Return the name under which the built-in STUN server is reached."""
    host = settings.stun_host or urlsplit(settings.url).hostname or ""
    return f"[{host}]" if ":" in host else host


def read_turn_secret(settings: Settings) -> str | None:
    """Return coturn's secret. Raises SettingsError when its file cannot be read or is empty."""
    if not settings.turn_secret_file:
        return None
    try:
        secret = Path(settings.turn_secret_file).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"turn_secret_file cannot be read: {error}.") from None
    if not secret:
        raise SettingsError(f"{settings.turn_secret_file} is empty: write coturn’s static-auth-secret into it.")
    return secret
