"""What an organisation has chosen for a channel, as the values that hold say it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from codec.wire.signals import Refusal
from relay.channels.hours import Holiday, WorkingHours
from relay.channels.rules import NotAdmittedError
from relay.settings.inheritance import Held, Origin

RUN_TYPE = "applet.run_type"
START, END, ZONE, DAYS = HOURS = (
    "availability.start",
    "availability.end",
    "availability.time_zone",
    "availability.days",
)
HOLIDAYS = "availability.holidays"
CLOSED_POLICY, CLOSED_PAGE = "availability.closed_policy", "availability.closed_page"
OPEN_POLICY, OPEN_PAGE = "availability.open_policy", "availability.open_page"
FIELDS = "channel_fields.fields"
KEYS = (RUN_TYPE, *HOURS, HOLIDAYS, CLOSED_POLICY, CLOSED_PAGE, OPEN_POLICY, OPEN_PAGE, FIELDS)
REFUSE = "refuse"


@dataclass(frozen=True)
class Chosen:
    """What holds for a channel. A page is empty where customers wait; else they are taken to it."""

    run_type: str
    hours: WorkingHours
    tells_hours: bool
    """Whether its hours were chosen: customers are not told defaults."""
    closed_page: str = ""
    open_page: str = ""
    fields: tuple[Mapping[str, Any], ...] = ()
    """What customers fill in first, as a table of settings has it."""

    def check_admits(self, now: datetime, *, is_anyone_there: bool) -> None:
        """Raise NotAdmittedError where no customer is to wait now (SESS-102)."""
        if not self.hours.covers(now):
            if self.closed_page:
                raise NotAdmittedError(Refusal.CLOSED, page=self.closed_page)
        elif not is_anyone_there and self.open_page:
            raise NotAdmittedError(Refusal.NO_ONE_THERE, page=self.open_page)

    def opens(self, now: datetime) -> datetime | None:
        """Return when someone is there again, for customers who wait outside working hours; else None."""
        if not self.tells_hours or self.hours.covers(now):
            return None
        return self.hours.next_opening(now)


def chosen_by(held: Mapping[str, Held]) -> Chosen:
    """Return what values that hold mean."""
    value: dict[str, Any] = {key: each.value for key, each in held.items()}
    hours = WorkingHours(
        time.fromisoformat(value[START]),
        time.fromisoformat(value[END]),
        ZoneInfo(value[ZONE]),
        frozenset(value[DAYS]),
        tuple(Holiday(date.fromisoformat(row["date"]), row["repeats"] == "yearly") for row in value[HOLIDAYS]),
    )
    return Chosen(
        value[RUN_TYPE],
        hours,
        any(held[key].source is not Origin.DEFAULT for key in HOURS),
        value[CLOSED_PAGE] if value[CLOSED_POLICY] == REFUSE else "",
        value[OPEN_PAGE] if value[OPEN_POLICY] == REFUSE else "",
        tuple(value[FIELDS]),
    )
