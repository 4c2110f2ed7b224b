"""How many files this process may hold open, and how many connections that carries."""

import logging
from contextlib import suppress
from pathlib import Path

try:
    import resource
except ImportError:  # Windows, whose sockets are not counted this way
    resource = None  # type: ignore[assignment]

RESERVE = 128
"""Kept for the database, the log, mail, and whatever is open for a moment."""
EACH = 2
"""What a connection can hold: its socket, and the file that is sent on it."""
_log = logging.getLogger(__name__)


def connections_possible(limit: int, wanted: int) -> int:
    """Return how many connections a process may take that can hold `limit` files. Pure."""
    return max(1, min(wanted, (limit - min(RESERVE, limit // 4)) // EACH))


def carried_by(limit: int, wanted: int) -> tuple[int, int]:
    """Return how many connections of those wanted fit, and the limit that all of them need. Pure."""
    return connections_possible(limit, wanted), EACH * wanted + RESERVE


def limit_of(process: int | None) -> int | None:
    """Return how many files a process may open, or where none is named one of ours; None where that is not limited."""
    if resource is None:
        return None
    with suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{process}/limits").read_text(encoding="ascii").splitlines() if process else ():
            if line.startswith("Max open files"):
                return int(line.split()[3])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return None if hard == resource.RLIM_INFINITY else hard


def room_for(wanted: int) -> int:
    """Raise this process's limit of open files as far as it must and may be; return how many connections fit."""
    if resource is None:
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = EACH * wanted + RESERVE
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        except (OSError, ValueError):
            soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    fits = wanted if soft == resource.RLIM_INFINITY else connections_possible(soft, wanted)
    if fits < wanted:
        _log.warning(
            "the system lets this process open %d files, which carries %d connections of the %d in max_connections; "
            "raise its limit (LimitNOFILE=%d in the systemd unit, ulimit -n elsewhere)",
            soft, fits, wanted, needed,
        )  # fmt: skip
    return fits
