"""Which computers may be connected to: all of them by the technician, fewer by a relay that tests what others write."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable

from aiohttp.abc import AbstractResolver, ResolveResult

from codec.stores.face import StoreError

Reach = Callable[[str, int], Awaitable[list[str]]]
"""Gives the addresses under which a server is connected to, by name and port. Raises StoreError."""
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_OWN = frozenset(
    ipaddress.ip_address(each) for each in ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16")
)
"""Where clouds tell a machine its own secrets, beside the link-local addresses."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


async def anywhere(host: str, port: int) -> list[str]:
    """Return every address of a server."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise StoreError(
            f"{host} is not known here. Check the server's name and this computer's network.", retry=True
        ) from None
    return list(dict.fromkeys(str(address[0]) for *_rest, address in found))


async def elsewhere(host: str, port: int) -> list[str]:
    """Return the addresses of a server that is another computer: not this one, not what only this one may ask."""
    addresses = await anywhere(host, port)
    if any(is_own(address) for address in addresses):
        raise StoreError(
            f"{host} is the relay's own computer or network equipment, which is not tested from here. "
            "Test the location from a technician's console, or have the relay's operator allow it.",
            retry=False,
        )
    return addresses


def is_own(address: str) -> bool:
    """Whether an address leads to this computer itself or to what trusts it blindly. Pure."""
    try:
        return any(
            each.is_loopback or each.is_link_local or each.is_unspecified or each.is_multicast or each in _OWN
            for each in _meant(ipaddress.ip_address(address.partition("%")[0]))
        )
    except ValueError:
        return True


def _meant(address: _Address) -> list[_Address]:
    """Return the address and, where it carries one of the older kind, that one too."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    inside = [address.ipv4_mapped, address.sixtofour]
    if address in _NAT64 or int(address) >> 32 == 0:
        inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *(each for each in inside if each is not None)]


class Resolver(AbstractResolver):
    """What aiohttp asks for a server's addresses. It asks nobody about those that are written as numbers."""

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
