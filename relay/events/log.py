"""Keeps events, in the transaction of what they tell of: both are kept, or neither. Reads them in their order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from relay.events.kinds import Actor, ActorKind, Kind
from relay.events.model import EventRow
from relay.events.moment import Moment
from relay.secret import new_secret
from relay.tasks.sweep import elapsed

BOOT_LENGTH = 36
_BOOT_FILE = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Event:
    """One thing that happened."""

    moment: Moment
    actor: Actor
    what: Kind


class EventLog:
    """Adds to the events. `boot` names this start of the machine, `elapsed` counts the seconds since then."""

    def __init__(self, boot: str, elapsed: Callable[[], float] = elapsed) -> None:
        self._boot = boot
        self._elapsed = elapsed

    def moment(self, now: datetime) -> Moment:
        """Return the present moment, at which the clock on the wall says `now`."""
        return Moment(now, self._boot, round(1000 * self._elapsed()))

    def add(
        self, transaction: AsyncSession, moment: Moment, actor: Actor, what: Kind, session: int | None = None
    ) -> None:
        """Keep an event with the transaction."""
        facts = msgspec.to_builtins(what)
        transaction.add(
            EventRow(
                at=moment.at,
                boot=moment.boot,
                uptime_ms=moment.uptime_ms,
                type=facts.pop("type"),
                actor_kind=actor.kind,
                actor_id=actor.id,
                actor_name=actor.name,
                actor_email=actor.email,
                session_id=session,
                facts=facts,
            )
        )


async def of_session(transaction: AsyncSession, session: int) -> Sequence[Event]:
    """Return what happened in a session, in its order."""
    rows = await transaction.scalars(select(EventRow).where(EventRow.session_id == session).order_by(EventRow.id))
    return [_event(row) for row in rows]


def this_boot() -> str:
    """Return the name of this start of the machine; where it has none, a name of this start of the relay."""
    try:
        return _BOOT_FILE.read_text().strip()[:BOOT_LENGTH]
    except OSError:
        return new_secret()[:BOOT_LENGTH]


def _event(row: EventRow) -> Event:
    moment = Moment(row.at, row.boot, row.uptime_ms)
    actor = Actor(ActorKind(row.actor_kind), row.actor_id, row.actor_name, row.actor_email)
    return Event(moment, actor, msgspec.convert({"type": row.type, **row.facts}, Kind))
