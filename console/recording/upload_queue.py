"""What may be sent now, with which credentials, and what follows from a try that failed. Pure.

Times are seconds of a steady clock, chances lie between 0 and 1; both are arguments.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from msgspec import structs

from codec.stores.base import CredentialsNeededError, StoreError
from codec.stores.locations import BadLocationError, Location, read_location
from codec.wire.api_types import RecordingRules
from console.recording.confirmed_locations import NOBODY, Account, Order, pin_of
from console.recording.ledger import EntryState, LedgerEntry
from console.recording.messages import Upload, UploadState

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5.0, 900.0
MOST_DONE = 20
"""So many that were sent stay in sight."""
BUSY_KBIT_PER_SECOND = 64.0
QUIET_SECONDS = 10.0
"""An upload begins when sessions have brought less than that for so long, and stops as soon as they bring more."""
NO_LOCATION = "Your group names no place for recordings now, so this one stays on this computer."
NOTE_DAMAGED = (
    "What this computer had noted about this recording was damaged, so where it was to go is not known. "
    "“Try again” sends it to where recordings of your group go now."
)
UNCONFIRMED = "You have not confirmed that recordings may go there, so this one stays on this computer."
FILES_GONE = "Its files are no longer on this computer."


class NotConfirmedError(StoreError):
    """The technician of this computer has not said yes to this place."""

    def __init__(self) -> None:
        super().__init__(UNCONFIRMED, retry=False)


def pause_after(tries: int, chance: float) -> float:
    """Return how long to wait after so many failed tries in a row: twice as long each time, spread by a quarter."""
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(tries - 1, 20)) * (0.75 + chance / 2)


@dataclass
class _Pause:
    tries: int
    until: float
    reason: str


@dataclass(repr=False)
class _Credentials:
    user: str
    password: str


@dataclass(repr=False)
class UploadQueue:
    """Everything that waits. Locations that rest or ask for credentials hold back all recordings that go there.

    `confirmed` says whether the technician said yes to a place: `location_of` gives none away without.
    """

    confirmed: Callable[[Order], bool]
    entries: dict[str, LedgerEntry] = field(default_factory=dict)
    rules: RecordingRules | None = None
    """Those of the technician who is signed in; None while nobody is, and then nothing is sent."""
    account: Account = NOBODY
    _pauses: dict[str, _Pause] = field(default_factory=dict)
    _asking: dict[str, str] = field(default_factory=dict)
    _given: dict[str, _Credentials] = field(default_factory=dict)

    def next(self, now: float) -> LedgerEntry | None:
        """Return what may be sent now: what was recorded first, of those whose location neither rests nor asks."""
        if self.rules is None:
            return None
        waiting = (entry for entry in self.entries.values() if entry.state is EntryState.WAITING)
        waiting = (entry for entry in waiting if self.confirmed(self.order_of(entry)))
        ready = (
            each
            for each in waiting
            if each.location not in self._asking
            and (each.location not in self._pauses or self._pauses[each.location].until <= now)
        )
        return min(ready, key=lambda entry: (entry.began, entry.id), default=None)

    def wakes_in(self, now: float) -> float | None:
        """Return in how many seconds the first location has rested enough, None when none rests."""
        return min((pause.until - now for pause in self._pauses.values() if pause.until > now), default=None)

    def order_of(self, entry: LedgerEntry) -> Order:
        """Return what the technician must have said yes to, so that a recording may be sent."""
        account = Account(entry.relay, entry.account) if entry.relay else self.account
        rules = self._rules_for(entry)
        return Order(account, entry.location, entry.user if rules is None else rules.user)

    def location_of(self, entry: LedgerEntry) -> Location:
        """Return where a recording goes, with the credentials that are known for it.

        Raises BadLocationError, and NotConfirmedError where it may not go there.
        """
        place = self._place_of(entry)
        if not self.confirmed(self.order_of(entry)):
            raise NotConfirmedError
        return place

    def _place_of(self, entry: LedgerEntry) -> Location:
        given, rules = self._given.get(entry.location), self._rules_for(entry)
        if given is not None:
            return read_location(entry.location, given.user, given.password)
        if rules is not None:
            return read_location(entry.location, rules.user, rules.password)
        return read_location(entry.location, entry.user)

    def _rules_for(self, entry: LedgerEntry) -> RecordingRules | None:
        """Return the rules of now where they are about this recording's place: their credentials are for it."""
        rules = self.rules
        return rules if rules is not None and rules.location == entry.location and self._is_mine(entry) else None

    def _is_mine(self, entry: LedgerEntry) -> bool:
        """Whether a recording was made for the account that is signed in; earlier versions noted none."""
        return not entry.relay or Account(entry.relay, entry.account) == self.account

    def unconfirmed(self) -> dict[str, Order]:
        """Return the places that are waited for, by their ids: first where recordings go now."""
        orders = []
        if self.rules is not None and self.rules.location:
            orders.append(Order(self.account, self.rules.location, self.rules.user))
        orders += [self.order_of(entry) for entry in self.entries.values() if entry.state is EntryState.WAITING]
        found = dict[str, Order]()
        for order in orders:
            with suppress(BadLocationError):
                if not self.confirmed(order):
                    found.setdefault(pin_of(order).id, order)
        return found

    def failed(
        self, entry: LedgerEntry, error: StoreError | BadLocationError, now: float, chance: float
    ) -> LedgerEntry:
        """A try has failed: return the recording as it stands now."""
        place = entry.location
        if isinstance(error, NotConfirmedError):
            return entry
        if isinstance(error, CredentialsNeededError):
            self._asking[place] = str(error)
            return entry
        if isinstance(error, StoreError) and error.retry:
            tries = self._pauses[place].tries + 1 if place in self._pauses else 1
            self._pauses[place] = _Pause(tries, now + pause_after(tries, chance), str(error))
            return entry
        return structs.replace(entry, state=EntryState.FAILED, reason=str(error))

    def succeeded(self, entry: LedgerEntry) -> None:
        """The location works."""
        self._pauses.pop(entry.location, None)

    def retry(self, number: str) -> list[LedgerEntry]:
        """Somebody wants it tried again: return what waits again, all that failed at the same location.

        What failed and goes elsewhere by the rules of now, goes there.
        """
        wanted = self.entries.get(number)
        if wanted is None:
            return []
        self._pauses.pop(wanted.location, None)
        failed = [
            entry
            for entry in self.entries.values()
            if entry.location == wanted.location and entry.state is EntryState.FAILED
        ]
        return [self._again(self._redirected(entry)) for entry in failed]

    def give(self, number: str, user: str, password: str) -> None:
        """Somebody has entered credentials, good for everything that goes to the same location."""
        entry = self.entries.get(number)
        if entry is not None:
            self._given[entry.location] = _Credentials(user, password)
            self._asking.pop(entry.location, None)
            self._pauses.pop(entry.location, None)

    def follow(self, rules: RecordingRules | None, account: Account = NOBODY) -> None:
        """Somebody has signed in, or out: what was entered for the one is not for the other."""
        if rules is None or account != self.account:
            self._given.clear()
        if rules is None or (rules, account) != (self.rules, self.account):
            self._asking.clear()
        self.rules, self.account = rules, account

    def shown(self, uploading: str, sent: Mapping[str, int], done: list[str]) -> list[Upload]:
        """Return what a page shows. `sent` is what the running try has confirmed, `done` what is to stay in sight."""
        wanted = [
            entry
            for entry in self.entries.values()
            if entry.state in (EntryState.WAITING, EntryState.FAILED) or entry.id in done[-MOST_DONE:]
        ]
        return [
            self._upload(entry, uploading, sent) for entry in sorted(wanted, key=lambda each: (each.began, each.id))
        ]

    def _upload(self, entry: LedgerEntry, uploading: str, sent: Mapping[str, int]) -> Upload:
        state, reason, place = UploadState.WAITING, entry.reason, ""
        if entry.state is EntryState.SENT:
            state = UploadState.DONE
        elif entry.state is EntryState.FAILED:
            state = UploadState.FAILED
        elif entry.id == uploading:
            state = UploadState.UPLOADING
        elif place := self._unconfirmed_place(entry):
            state, reason = UploadState.UNCONFIRMED, UNCONFIRMED
        elif entry.location in self._asking:
            state, reason = UploadState.ASKING, self._asking[entry.location]
        elif entry.location in self._pauses:
            reason = self._pauses[entry.location].reason
        try:
            shown = self._place_of(entry).shown
        except BadLocationError:
            shown = ""
        size = entry.size
        there = min(size, max(entry.confirmed, sent.get(entry.id, 0)))
        return Upload(entry.id, entry.name, entry.session, size, there, state, reason, shown, place)

    def _unconfirmed_place(self, entry: LedgerEntry) -> str:
        """Return the id of the place that a recording waits for, empty where it waits for none."""
        order = self.order_of(entry)
        try:
            return "" if self.confirmed(order) else pin_of(order).id
        except BadLocationError:
            return ""

    @staticmethod
    def _again(entry: LedgerEntry) -> LedgerEntry:
        if not entry.location:
            return structs.replace(entry, reason=NO_LOCATION)
        return structs.replace(entry, state=EntryState.WAITING, reason="")

    def _redirected(self, entry: LedgerEntry) -> LedgerEntry:
        rules = self.rules
        if rules is None or not rules.location or rules.location == entry.location or not self._is_mine(entry):
            return entry
        own = {"relay": self.account.relay, "account": self.account.name}
        return structs.replace(entry, location=rules.location, user=rules.user, sent=(), **own)


class Quiet:
    """Whether sessions leave the line to uploads (REC-25)."""

    def __init__(self) -> None:
        self._before: tuple[float, int] | None = None
        self._busy_until = 0.0

    def heard(self, now: float, received_bytes: int) -> bool:
        """All open sessions have received so many bytes by now. Return whether the line is quiet."""
        if self._before is not None:
            at, before = self._before
            bits = max(0, received_bytes - before) * 8
            if bits > BUSY_KBIT_PER_SECOND * 1000 * max(now - at, 0.001):
                self._busy_until = now + QUIET_SECONDS
        self._before = (now, received_bytes)
        return now >= self._busy_until
