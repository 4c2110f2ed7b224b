"""Checks of the doctor where several relays share a database: Redis, and whether all of them are alike."""

from collections import Counter
from collections.abc import Sequence

import aiohttp
from sqlalchemy.exc import SQLAlchemyError

from codec import __version__
from codec.errors import DesksideError
from relay.bus.redis_bus import answer_seconds
from relay.cluster.membership import CLOCK_SECONDS, Peer, clock_ahead, there
from relay.cluster.own import Own, own_of
from relay.config.reference import masked
from relay.config.settings import Settings
from relay.monitoring.findings import Finding, not_made
from relay.store.database import open_store

SLOW_SECONDS = 0.1
ALONE = "not set: this relay is the only one on its database"


async def check_redis(settings: Settings) -> Finding:
    """Whether Redis answers, and how fast."""
    name = "Redis"
    if not settings.is_one_of_several:
        return not_made(name, ALONE)
    try:
        seconds = await answer_seconds(settings.redis_url)
    except DesksideError as error:
        return Finding(name, str(error), "No relay starts without it. Those that run cannot tell one another anything.")
    saw = f"{masked(settings.redis_url)} answers in {1000 * seconds:.1f} ms"
    if seconds > SLOW_SECONDS:
        return Finding(name, saw, "Run Redis near the relays: each waits for it before a console opens.")
    return Finding(name, saw)


async def check_relays(settings: Settings, http: aiohttp.ClientSession) -> list[Finding]:
    """Whether the relays on this database reach one another, and have the same keys, version and time."""
    names = "relays", "relays’ clocks"
    if not settings.is_one_of_several:
        return [not_made(name, ALONE) for name in names]
    try:
        store = await open_store(settings.database, upgrade=False)
    except (DesksideError, OSError):
        return [not_made(name, "the database cannot be opened") for name in names]
    try:
        peers, ahead = await there(store), await clock_ahead(store)
    except (DesksideError, SQLAlchemyError):
        return [not_made(name, "the database does not answer") for name in names]
    finally:
        await store.close()
    unreached = [peer.own.address for peer in peers if not await _answers(http, peer.own.address)]
    return [judge_relays(_own(settings), peers, unreached), judge_clocks(ahead, peers)]


def judge_relays(own: Own | None, peers: Sequence[Peer], unreached: Sequence[str]) -> Finding:
    """Judge who is there. `own` is what ours tells of itself, None where it has no keys yet. Pure."""
    name = "relays"
    if not peers:
        return not_made(name, "none runs on this database")
    addresses = Counter(peer.own.address for peer in peers)
    if twice := [address for address, count in addresses.items() if count > 1]:
        return Finding(
            name,
            f"{' and '.join(twice)} is given by more than one relay",
            "Give each its own peer_url, at which the others reach it. After a relay was killed, wait 10 seconds.",
        )
    if unreached:
        return Finding(
            name,
            f"{', '.join(unreached)} does not answer",
            "Open its port to the other relays, or correct its peer_url. Sessions whose two ends are at different "
            "relays have no tunnel until then.",
        )
    if own is not None and (other := [peer.own.address for peer in peers if peer.own.fingerprint != own.fingerprint]):
        return Finding(
            name,
            f"{', '.join(other)} has other keys than this one",
            "Copy key and permit-key from its data folder to that of this relay.",
        )
    if len(versions := sorted({peer.own.version for peer in peers} | {__version__})) > 1:
        return Finding(
            name, f"they are of different versions: {', '.join(versions)}", "Upgrade all of them to the newest one."
        )
    listed = ", ".join(peer.own.address for peer in peers)
    return Finding(name, f"{len(peers)} on this database, with the same keys and version: {listed}")


def judge_clocks(ahead: float, peers: Sequence[Peer]) -> Finding:
    """Judge by how many seconds this computer's clock, and those of the relays, are ahead of the database's. Pure."""
    clocks = {"this computer": ahead} | {peer.own.address: peer.clock_ahead_seconds for peer in peers}
    name, most = "relays’ clocks", max(clocks, key=lambda each: abs(clocks[each]))
    saw = f"at most {abs(clocks[most]):.1f} s from the database’s ({most})"
    if abs(clocks[most]) > CLOCK_SECONDS / 10:
        remedy = (
            "Turn on time synchronisation on every computer, that of the database included. A relay whose clock is "
            f"{CLOCK_SECONDS:.0f} s from it lets no time pass: nothing expires there."
        )
        return Finding(name, saw, remedy)
    return Finding(name, saw)


def _own(settings: Settings) -> Own | None:
    if not all((settings.data / key).is_file() for key in ("key", "permit-key")):
        return None  # the doctor makes nothing
    try:
        return own_of(settings)
    except DesksideError:
        return None  # another check says so


async def _answers(http: aiohttp.ClientSession, address: str) -> bool:
    try:
        async with http.get(f"{address}/health") as response:
            return response.status == 200
    except (aiohttp.ClientError, OSError, TimeoutError):
        return False
