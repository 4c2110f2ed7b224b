"""Every kind of event, once: what is kept of it beside when it happened, by whom and in which session.

Names and groups are copied when an event is kept, so that what is renamed or moved later changes no report. The kinds
are EV-01 to 05 of the specification's list (reports.md 4.2).
"""

from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct


class ActorKind(StrEnum):
    """Who an event is due to."""

    CUSTOMER = "customer"
    TECHNICIAN = "technician"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """Who did it, as they were called at that moment."""

    kind: ActorKind
    id: int | None = None
    name: str = ""
    email: str = ""


class Technician(Struct, frozen=True, kw_only=True):
    """A technician as they were at that moment. The group is missing for one who is in none."""

    id: int
    name: str
    email: str
    group: int | None = None
    group_name: str = ""


class Created(Struct, frozen=True, kw_only=True, tag_field="type", tag="session.created"):
    """A customer came: there is a session (EV-01). `technician` made the code, or they came through a channel."""

    method: str
    name: str
    technician: Technician | None = None
    channel: int | None = None
    channel_name: str = ""


class ClientInfo(Struct, frozen=True, kw_only=True, tag_field="type", tag="session.client_info"):
    """What the customer takes part with has said what it is (EV-05)."""

    kind: str
    computer: str
    system: str


class Moved(Struct, frozen=True, kw_only=True, tag_field="type", tag="session.state"):
    """A session came into a state (EV-02). `old` is missing for its first one.

    `cause` is empty for what is older than causes.
    """

    new: str
    old: str | None = None
    cause: str = ""
    leg: int | None = None


class Participation(StrEnum):
    """Whether someone's part begins or ends."""

    START = "start"
    END = "end"


class Participant(Struct, frozen=True, kw_only=True, tag_field="type", tag="session.participant"):
    """A technician's part in a session began, or ended in this state (EV-03)."""

    leg: int
    technician: Technician
    action: Participation
    state: str = ""


class TransferPhase(StrEnum):
    """What happens in a hand-over."""

    REQUESTED = "requested"
    COMPLETED = "completed"


class Transferred(Struct, frozen=True, kw_only=True, tag_field="type", tag="session.transfer"):
    """A session was handed over, or that came to its outcome (EV-04): `by` whom, and which technician had it.

    `former` is missing where none had, and in what is older than hand-overs by others. Without `by` the rule of a
    channel did it, that of `source`.
    `kind`, `target` and `to` say whom it was for: a technician, group or channel. A technician's group comes with them.
    `ended_by` is who picked it up or declined it.
    """

    transfer: int
    phase: TransferPhase
    by: Technician | None
    former: Technician | None = None
    kind: str
    target: int
    source: int | None = None
    to: str
    group: int | None = None
    group_name: str = ""
    comment: str = ""
    outcome: str = ""
    ended_by: str = ""


Kind = Created | ClientInfo | Moved | Participant | Transferred
