"""What a group that demands recordings makes of a technician's questions. Pure.

Nothing is seen before the customer has agreed to the recording, or the group lets its technicians go on without. One
question names both. Only where the group demands a consent for recordings and may go on without it, the recording is a
question of its own, which comes first: there a no to it alone means something. The customer's no takes nothing else
away: the session goes on, with what needs no recording (EDGE-21, EDGE-22).
"""

from dataclasses import dataclass, field

from msgspec import structs

from codec.wire.access import Access
from codec.wire.api_types import RecordingRules
from codec.wire.messages import Answered, Ask, Release, SessionMessage, Withdraw
from console.page.messages import Event

_SEES = (Access.VIEW, Access.CONTROL, Access.CAMERA)
_NUMBERS = 1 << 32


@dataclass(frozen=True)
class Outcome:
    """What is said to the applet and to the pages, and what the log says."""

    send: list[SessionMessage] = field(default_factory=list)
    pages: list[SessionMessage] = field(default_factory=list)
    notes: list[tuple[Event, str]] = field(default_factory=list)


class RecordingPolicy:
    """The rules of one session, and the question that waits for the answer about the recording."""

    def __init__(self) -> None:
        self._held: Ask | None = None
        self._named = False

    @staticmethod
    def needs(ask: Ask, rules: RecordingRules) -> bool:
        """Whether what is asked for may depend on a recording."""
        return rules.forced and ask.access in _SEES

    def ask(self, ask: Ask, rules: RecordingRules, granted: frozenset[Access], problem: str) -> Outcome:
        """The technician asks for something. `problem` says why nothing can be recorded here, empty if it can."""
        if not self.needs(ask, rules):
            return Outcome([ask])
        if problem and rules.go_on_without:
            return Outcome([ask], notes=[(Event.RECORDING_FAILED, problem)])
        if problem:
            refused: list[SessionMessage] = [Answered(ask.number, False)]
            return Outcome(pages=refused, notes=[(Event.RECORDING_FAILED, problem), (Event.RECORDING_NEEDED, "")])
        if Access.RECORD in granted:
            return Outcome([ask])
        self._held, self._named = ask, not (rules.consent and rules.go_on_without)
        if self._named:
            return Outcome([Ask(number_for_recording(ask.number), ask.access, record=True)])
        return Outcome([Ask(number_for_recording(ask.number), Access.RECORD)])

    def answered(self, answer: Answered, rules: RecordingRules, granted: frozenset[Access]) -> Outcome:
        """The customer has answered a question; the one that waited for this answer goes out, or is settled by it.

        `granted` is what holds since that answer.
        """
        held = self._held
        if held is None or answer.number != number_for_recording(held.number):
            return Outcome()
        self._held = None
        settled = structs.replace(answer, number=held.number)
        if Access.RECORD in granted:
            return Outcome(pages=[settled]) if self._named else Outcome([held])
        if rules.go_on_without:
            return Outcome([held])
        return Outcome(pages=[settled], notes=[(Event.RECORDING_NEEDED, "")])

    def withdraw(self, message: Withdraw) -> Withdraw:
        """The technician no longer needs the answer: return which question that takes back."""
        held = self._held
        if held is None or message.number not in (held.number, number_for_recording(held.number)):
            return message
        self._held = None
        return Withdraw(number_for_recording(held.number))

    def forget(self) -> None:
        """Everything was stopped, or another console began."""
        self._held = None


def must_end(rules: RecordingRules, granted: frozenset[Access], failed: bool) -> list[SessionMessage]:
    """Return what ends seeing and controlling where that may not go on unrecorded (REC-11, REC-12)."""
    unrecorded = Access.VIEW in granted and (failed or Access.RECORD not in granted)
    return [Release(Access.VIEW)] if rules.forced and not rules.go_on_without and unrecorded else []


def number_for_recording(number: int) -> int:
    """Return the number of the question about the recording that goes before the question with this number."""
    return (number + 1) % _NUMBERS
