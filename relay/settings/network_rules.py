"""Whether an address may come in, by a default and its exceptions (SEC-50 to SEC-56, SEC-63 to SEC-65)."""

import ipaddress
from collections.abc import Iterable


def allows(access: str, exceptions: Iterable[str], address: str) -> bool:
    """Say whether `address` may come in: `access` is "granted" or "denied", and the exceptions turn it round.

    An IPv4 address that arrives written as IPv6 counts as IPv4. What is no address never comes in.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    is_listed = any((mapped or parsed) in ipaddress.ip_network(network) for network in exceptions)
    return is_listed if access == "denied" else not is_listed
