"""Which user of this computer is at the other end of a connection to its loopback address."""

import socket
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_MAPPED = bytes(10) + b"\xff\xff"
Address = tuple[str, int]


def peer_is(user: int, ours: Address, theirs: Address, tables: Iterable[Path] = TABLES) -> bool:
    """Whether the other end of an IPv4 connection within this computer is a program of `user`.

    Where the system has no such tables (only Linux has), nobody can tell: then it is True.
    """
    if sys.platform != "linux":
        return True
    lines = list[str]()
    for table in tables:
        try:
            lines += table.read_text("ascii").splitlines()
        except OSError:  # IPv6 may be off; without any table nobody can tell
            continue
    return not lines or owner(lines, theirs, ours) == user


def owner(lines: Iterable[str], local: Address, remote: Address) -> int | None:
    """Return the user of the socket between two addresses, by the lines of /proc/net/tcp and tcp6; None without one.

    Source: proc(5) and Documentation/networking/proc_net_tcp.rst of Linux. Addresses are words in the computer's own
    order of bytes. A socket that nobody holds any more has no inode, and no user that would mean anything.
    """
    wanted = set(_pairs(local, remote))
    for line in lines:
        cells = line.split()
        if len(cells) > 9 and (cells[1], cells[2]) in wanted and cells[9] != "0":
            return int(cells[7])
    return None


def _pairs(local: Address, remote: Address) -> Iterator[tuple[str, str]]:
    yield _shown(local, b""), _shown(remote, b"")
    yield _shown(local, _MAPPED), _shown(remote, _MAPPED)


def _shown(address: Address, before: bytes) -> str:
    packed = before + socket.inet_aton(address[0])
    words = struct.unpack(f"={len(packed) // 4}I", packed)
    return "".join(f"{word:08X}" for word in words) + f":{address[1]:04X}"
