"""Who is calling: the address behind listed proxies, and whether a browser's request comes from our own pages."""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from aiohttp import web

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(listed: Sequence[str]) -> tuple[Network, ...]:
    """Return the networks of the proxies that are believed."""
    return tuple(ipaddress.ip_network(each) for each in listed)


def client_address(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Return the caller's address: the peer's, or what listed proxies say in X-Forwarded-For.

    Read from the right: each entry was added by the proxy to its right, so the first that is no listed proxy is the
    caller, and whatever stands left of it is only what the caller claims.
    """
    address = peer
    for entry in reversed([entry.strip() for entry in forwarded.split(",")]):
        if not _is_in(address, trusted) or not _is_address(entry):
            break
        address = entry
    return address


def address_of(request: web.Request, trusted: Sequence[Network]) -> str:
    """`client_address` of a request."""
    return client_address(request.remote or "", request.headers.get("X-Forwarded-For", ""), trusted)


def is_own_origin(origin: str | None, own: str, host: str) -> bool:
    """Whether a request with this Origin header may act here: it has none (no browser), or it is our own page's.

    `own` is the relay's public URL, `host` the request's Host header.
    """
    if origin is None:
        return True
    named = urlsplit(origin)
    return bool(named.netloc) and (origin.rstrip("/") == own or (named.netloc == host and _is_loopback(host)))


def _is_loopback(host: str) -> bool:
    name = host.rpartition(":")[0] or host
    return name in ("localhost", "127.0.0.1", "[::1]")


def _is_in(address: str, trusted: Sequence[Network]) -> bool:
    return _is_address(address) and any(ipaddress.ip_address(address) in network for network in trusted)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
