"""Who is calling: the address behind listed proxies, and whether a browser's request comes from our own pages."""

import ipaddress
import re
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from aiohttp import web

FORWARDED = "X-Forwarded-For"
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
AddressOf = Callable[[web.Request], str]
_WITH_PORT = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<four>[0-9.]+))(?::[0-9]{1,5})?")


def networks(listed: Sequence[str]) -> tuple[Network, ...]:
    """Return the networks of the proxies that are believed."""
    return tuple(ipaddress.ip_network(each) for each in listed)


def read_address(text: str) -> Address | None:
    """Return an address as proxies and sockets write it, None for anything else. Pure.

    A port, brackets and an IPv6 zone are left out; an IPv4 address inside an IPv6 one is that IPv4 address, so that
    one computer has one address in every list and limit.
    """
    found = _WITH_PORT.fullmatch(text.strip())
    try:
        address = ipaddress.ip_address(found["six"] or found["four"] if found else text.strip().partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def client_address(peer: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """Return the caller's address: the peer's, or what listed proxies say in X-Forwarded-For. Pure.

    `forwarded` has every line of the header, in order: some proxies append to the line that came, others add one of
    their own behind it, and both mean one list (RFC 9110, 5.3). It is read from the right. Each entry was added by the
    proxy to its right, so the first that is no listed proxy is the caller, and what is left of it is only what the
    caller claims. An entry that is no address ends the walk too: its proxy is then the last one known.
    """
    address = read_address(peer)
    if address is None:
        return peer
    for entry in reversed(",".join(forwarded).split(",")):
        said = read_address(entry)
        if said is None or not is_in(address, trusted):
            break
        address = said
    return str(address)


class Clients:
    """Says who makes a request: one object for sign-in, limits, networks of staff and the audit trail."""

    def __init__(self, trusted: Sequence[Network]) -> None:
        self._trusted = trusted
        self.unlisted_proxies: set[str] = set()
        """Addresses in private networks that send X-Forwarded-For and are not listed: a proxy, or a person there."""

    def address(self, request: web.Request) -> str:
        """Return the caller's address."""
        peer, forwarded = request.remote or "", request.headers.getall(FORWARDED, [])
        if forwarded and len(self.unlisted_proxies) < _MOST_NOTED:
            self._note(read_address(peer))
        return client_address(peer, forwarded, self._trusted)

    def is_proxy(self, peer: str) -> bool:
        """Whether this is a listed proxy, which has many callers behind it."""
        address = read_address(peer)
        return address is not None and is_in(address, self._trusted)

    def _note(self, peer: Address | None) -> None:
        """Strangers send what they like, and must not make the operator trust them: only our own network counts."""
        if peer is not None and peer.is_private and not is_in(peer, self._trusted):
            self.unlisted_proxies.add(str(peer))


_MOST_NOTED = 8


def is_own_origin(origin: str | None, own: str, host: str) -> bool:
    """Whether a request with this Origin header may act here: it has none (no browser), or it is our own page's.

    `own` is the relay's public URL, `host` the request's Host header.
    """
    if origin is None:
        return True
    try:
        named = urlsplit(origin)
    except ValueError:
        return False
    return bool(named.netloc) and (origin.rstrip("/") == own or (named.netloc == host and _is_loopback(host)))


def is_in(address: Address, listed: Sequence[Network]) -> bool:
    """Whether an address is in one of these networks."""
    return any(address in network for network in listed)


def _is_loopback(host: str) -> bool:
    name = host.rpartition(":")[0] or host
    return name in ("localhost", "127.0.0.1", "[::1]")
