"""One table of all that has happened, each technician's part in a session, and the times that a session has taken."""

from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CLOCKS = {
    "connecting": "connecting_ms",
    "waiting": "waiting_ms",
    "active": "active_ms",
    "disconnected": "active_ms",
    "reconnecting": "reconnect_ms",
    "offline": "reconnect_ms",
}
OPEN = tuple(CLOCKS)


def upgrade() -> None:
    """Every event of a session becomes one of the new table. Legs and times follow from them."""
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("boot", sa.String(36), nullable=False),
        sa.Column("uptime_ms", sa.BigInteger, nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("actor_kind", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.Integer, nullable=True),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("actor_email", sa.String(254), nullable=False),
        sa.Column("session_id", sa.Integer, nullable=True),
        sa.Column("facts", sa.JSON, nullable=False),
    )
    op.create_table(
        "leg",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("session_id", sa.Integer, sa.ForeignKey("session.id", ondelete="CASCADE"), nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("group_id", sa.Integer, nullable=True),
        sa.Column("group_name", sa.String(256), nullable=False),
        sa.Column("began_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime, nullable=True),
        sa.Column("ended_as", sa.String(64), nullable=True),
    )
    op.add_column("session", sa.Column("since_boot", sa.String(36), nullable=False, server_default=""))
    op.add_column("session", sa.Column("since_uptime_ms", sa.BigInteger, nullable=False, server_default="0"))
    for name in dict.fromkeys(CLOCKS.values()):
        op.add_column("session", sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("session", sa.Column("leg_id", sa.Integer, nullable=True))
    _convert(op.get_bind())
    op.drop_table("session_event")
    op.create_index("ix_event_type_at", "event", ["type", "at"])
    op.create_index("ix_event_session_id", "event", ["session_id"])
    op.create_index("ix_leg_session_id", "leg", ["session_id"])
    op.create_index("ix_leg_person_id", "leg", ["person_id"])


def _convert(connection: sa.Connection) -> None:
    old, session, person, group = (
        _table(connection, name) for name in ("session_event", "session", "person", "technician_group")
    )
    technicians = {
        row.session: row
        for row in connection.execute(
            sa.select(
                session.c.id.label("session"),
                session.c.method,
                session.c.name.label("customer"),
                person.c.id,
                person.c.name,
                person.c.email,
                group.c.id.label("group"),
                group.c.name.label("group_name"),
            )
            .join(person, person.c.id == session.c.person_id)
            .outerjoin(group, group.c.id == person.c.technician_group_id)
        )
    }
    legs = _add_legs(connection, old, technicians)
    event = _table(connection, "event")
    for moves in _batches(connection, sa.select(old).order_by(old.c.id)):
        connection.execute(sa.insert(event), [row for move in moves for row in _events(move, technicians, legs)])
    _count_times(connection, old, session)


def _events(move: Any, technicians: dict[int, Any], legs: dict[int, tuple[int, datetime]]) -> list[dict[str, Any]]:
    """Return what is kept of a move: of a session's first one also that it was created."""
    technician, rows = technicians[move.session_id], []
    leg, began = legs.get(move.session_id, (None, move.at))
    is_by_technician = move.actor == "technician"
    row = {
        "at": move.at,
        "boot": "",
        "uptime_ms": 0,
        "actor_kind": move.actor,
        "actor_id": technician.id if is_by_technician else None,
        "actor_name": technician.name if is_by_technician else "",
        "actor_email": technician.email if is_by_technician else "",
        "session_id": move.session_id,
    }
    if move.old is None:
        created = {"method": technician.method, "name": technician.customer, "technician": _copy(technician)}
        rows.append({**row, "type": "session.created", "facts": created})
    facts = {"new": move.new, "old": move.old, "cause": "", "leg": leg if move.at >= began else None}
    rows.append({**row, "type": "session.state", "facts": facts})
    is_pick_up = move.at == began and move.new == "active"
    if leg is not None and (is_pick_up or move.new not in OPEN):
        part = {"leg": leg, "technician": _copy(technician), "action": "start", "state": ""}
        if move.new not in OPEN:
            part |= {"action": "end", "state": move.new}
        rows.append({**row, "type": "session.participant", "facts": part})
    return rows


def _copy(technician: Any) -> dict[str, Any]:
    return {
        "id": technician.id,
        "name": technician.name,
        "email": technician.email,
        "group": technician.group,
        "group_name": technician.group_name or "",
    }


def _add_legs(connection: sa.Connection, old: sa.Table, technicians: dict[int, Any]) -> dict[int, tuple[int, datetime]]:
    """A session that was picked up has one leg. Return each session's with the moment at which it began."""
    first = (
        sa.select(old.c.session_id, sa.func.min(old.c.at).label("began"))
        .where(old.c.new == "active")
        .group_by(old.c.session_id)
        .order_by(old.c.session_id)
    )
    final = {
        row.session_id: row
        for row in connection.execute(sa.select(old.c.session_id, old.c.at, old.c.new).where(old.c.new.not_in(OPEN)))
    }
    leg, session, legs = _table(connection, "leg"), _table(connection, "session"), {}
    for row in connection.execute(first).all():
        technician, end = technicians[row.session_id], final.get(row.session_id)
        added = connection.execute(
            sa.insert(leg).values(
                session_id=row.session_id,
                person_id=technician.id,
                name=technician.name,
                email=technician.email,
                group_id=technician.group,
                group_name=technician.group_name or "",
                began_at=row.began,
                ended_at=end and end.at,
                ended_as=end and end.new,
            )
        )
        (number,) = added.inserted_primary_key or (0,)  # every insert has one
        connection.execute(sa.update(session).where(session.c.id == row.session_id).values(leg_id=number))
        legs[row.session_id] = number, row.began
    return legs


def _count_times(connection: sa.Connection, old: sa.Table, session: sa.Table) -> None:
    """Add up how long each session was in each state, by the clock on the wall: nothing else was kept."""
    moves = connection.execute(sa.select(old).order_by(old.c.session_id, old.c.id)).all()
    for number, of_session in groupby(moves, lambda move: move.session_id):
        steps, times = list(of_session), dict.fromkeys(CLOCKS.values(), 0)
        for earlier, later in pairwise(steps):
            if earlier.new in CLOCKS:
                times[CLOCKS[earlier.new]] += max(round(1000 * (later.at - earlier.at).total_seconds()), 0)
        connection.execute(sa.update(session).where(session.c.id == number).values(**times))


def _batches(connection: sa.Connection, query: sa.Select[Any]) -> Any:
    rows = connection.execute(query).all()
    for at in range(0, len(rows), 1_000):
        yield rows[at : at + 1_000]


def _table(connection: sa.Connection, name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=connection)
