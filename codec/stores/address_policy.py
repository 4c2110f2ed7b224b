"""Which computers may be connected to: all of them by the technician, fewer by a relay that tests what others write."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

from aiohappyeyeballs import start_connection
from aiohttp.abc import AbstractResolver, ResolveResult

from codec.stores.base import StoreError

Reach = Callable[[str, int], Awaitable[list[str]]]
"""Gives the addresses under which a server is connected to, by name and port. Raises StoreError."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_OWN = frozenset(
    ipaddress.ip_address(each) for each in ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16")
)
"""Where clouds tell a machine its own secrets, beside the link-local addresses."""
_IN_THE_LAST_BITS = tuple(
    ipaddress.IPv6Network(each) for each in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")
)
"""IPv4-compatible, -mapped and -translated addresses, and the well-known prefix of NAT64 (RFC 6052)."""
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
"""What a network translates by itself (RFC 8215); the prefix can be longer than this."""
_ISATAP = 0x5EFE
NEXT_ADDRESS_SECONDS = 0.25
"""After so long without an answer the next address is tried beside the one before."""


async def anywhere(host: str, port: int) -> list[str]:
    """Return every address of a server. Raises StoreError where it has none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise StoreError(f"{host} was not found. Check the server's name and the network.", retry=True) from None
    return list(dict.fromkeys(str(address[0]) for *_rest, address in found))


def elsewhere(*, own_names: Sequence[str] = (), only: Sequence[Network] = ()) -> Reach:
    """Return what reaches other computers: not this one, nor what only this one may ask.

    `own_names` are names of this computer whose addresses it may not know as its own, such as that of a public address
    which a router translates. Where `only` lists networks, no other ones are reached. What is returned
    raises StoreError for an address that may not be reached.
    """

    async def reach(host: str, port: int) -> list[str]:
        addresses = await anywhere(host, port)
        known = {address for name in own_names for address in await _addresses(name)}
        if any(is_own(address) or address in known for address in addresses):
            raise StoreError(
                f"{host} is the relay's own computer or network equipment, which is not tested from here. "
                "Test the location from a technician's console, or have the relay's operator allow it.",
                retry=False,
            )
        if only and not all(is_listed(address, only) for address in addresses):
            raise StoreError(
                f"{host} is in none of the networks that are tested from here. "
                "Test the location from a technician's console, or have the relay's operator list its network.",
                retry=False,
            )
        return addresses

    return reach


async def _addresses(name: str) -> list[str]:
    try:
        return await anywhere(name, 0)
    except StoreError:
        return []


async def connected(reach: Reach, host: str, port: int, seconds: float) -> socket.socket:
    """Return a connection to the first address of a server that answers (Happy Eyeballs, RFC 8305). It does not block.

    `seconds` is for all addresses together. Raises StoreError, OSError, TimeoutError.
    """
    ways = [
        (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where)
        for address in await reach(host, port)
        for where in [(address, port, 0, 0) if ":" in address else (address, port)]
    ]
    async with asyncio.timeout(seconds):
        return await start_connection(ways, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, interleave=1)


def is_here(address: _Address) -> bool:
    """Whether an address is one of this computer's. It asks the system and sends nothing.

    Only those can be bound to; where the system lets programs bind to any (net.ipv4.ip_nonlocal_bind), an address is
    ours when we would speak to it from itself.
    """
    if not _can_bind(address):
        return False
    return not _can_bind(_NOT_OURS[address.version]) or _source(address) == str(address)


_NOT_OURS = {4: ipaddress.ip_address("192.0.2.1"), 6: ipaddress.ip_address("2001:db8::1")}
"""Addresses of documentation, which no computer has."""


def _can_bind(address: _Address) -> bool:
    try:
        with _probe(address) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return True


def _source(address: _Address) -> str:
    """Return the address from which this computer would speak to one, without saying anything."""
    try:
        with _probe(address) as probe:
            probe.connect((str(address), 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""


def _probe(address: _Address) -> socket.socket:
    return socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_DGRAM)


def is_own(address: str, is_here: Callable[[_Address], bool] = is_here) -> bool:
    """Whether an address leads to this computer itself or to what trusts it blindly.

    Pure but for `is_here`, which says whether an address is one of this computer's interfaces.
    """
    try:
        meant = _meant(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return True
    return any(
        each.is_loopback
        or each.is_link_local
        or each.is_unspecified
        or each.is_multicast
        or each in _OWN
        or is_here(each)
        for each in meant
    )


def is_listed(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address is in one of these networks, and whatever it carries of the older kind is too. Pure."""
    try:
        first, *inside = _meant(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    # An address that is only another way to write an IPv4 address is listed by that one.
    reached = inside if inside and first in _IN_THE_LAST_BITS[1] else [first, *inside]
    return all(any(each in network for network in networks) for each in reached)


def _meant(address: _Address) -> list[_Address]:
    """Return the address and, where it carries others of the older kind, those too."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    bits = int(address)
    inside = [address.sixtofour, *(address.teredo or ())]
    is_isatap = bits >> 32 & 0xFFFF == _ISATAP and bits >> 48 & 0xFDFF == 0
    if is_isatap or any(address in network for network in _IN_THE_LAST_BITS):
        inside.append(ipaddress.IPv4Address(bits & 0xFFFFFFFF))
    if address in _LOCAL_NAT64:
        inside += [ipaddress.IPv4Address(each) for each in _translated(bits)]
    return [address, *(each for each in inside if each is not None)]


def _translated(bits: int) -> list[int]:
    """Return the IPv4 addresses that an address carries behind a prefix of 48, 56, 64 or 96 bits (RFC 6052, 2.2).

    Bits 64 to 71 are left out of them.
    """
    around = bits >> 64 << 56 | bits & ((1 << 56) - 1)
    return [*(around >> 120 - prefix - 32 & 0xFFFFFFFF for prefix in (48, 56, 64)), bits & 0xFFFFFFFF]


class Resolver(AbstractResolver):
    """What aiohttp asks for a server's addresses. Those that are written as numbers are not asked about."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host. Raises StoreError."""
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in await self._reach(host, port)
            if family in (socket.AF_UNSPEC, socket.AF_INET6 if ":" in address else socket.AF_INET)
        ]

    async def close(self) -> None:
        """Nothing is held."""
