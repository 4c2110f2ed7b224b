"""What the customer allows. Pure, and the only place where a permission comes into being.

Everything privileged asks `allows` first. A permission begins with the customer's own answer to a question that was on
the screen, and ends when the customer or the technician takes it back, when everything is stopped, or when another
console begins again. Silence is no: an open question allows nothing. Nothing is recorded that the customer was not
asked about, whatever the relay says. Where the organisation demands a consent of its own, to record is a question of
its own: no other one offers it, and its no takes nothing else away (PERM-12b, EDGE-21). Elsewhere, and where nothing
may be seen unrecorded at all, the technician may name it in the question for the screen, whose one answer then covers
both.
"""

from dataclasses import dataclass

from codec.wire.access import Access
from codec.wire.messages import Answered, Asking, Granted, SessionMessage, Stopped

DEAF_MILLISECONDS = 1_000
"""A key or click that was meant for another window, or for the question that was here before, must not answer this one.

Browsers wait half a second to a second before a prompt can be answered; here a caller chooses the moment, so it is all
of that.
"""
_NEEDS_VIEW = frozenset({Access.CONTROL, Access.CLIPBOARD})
_SEES = frozenset({Access.VIEW, Access.CONTROL})
POSSIBLE = frozenset(Access) - {Access.CAMERA}
"""What this program can give at all."""


@dataclass(frozen=True)
class Question:
    """What the customer is asked now. `offers` may all be allowed in the answer; clipboard has a tick of its own.

    `serial` is this program's own count of questions: an answer names it, and no console can choose it.
    """

    serial: int
    access: Access
    offers: frozenset[Access]
    recorded: bool = False
    """Whether an answer that was given before lets what is seen be recorded."""

    @property
    def records(self) -> bool:
        """Whether it must say that what is seen is recorded."""
        return self.recorded or Access.RECORD in self.offers

    @property
    def is_one_answer(self) -> bool:
        """Whether seeing and recording are allowed together or not at all."""
        return Access.RECORD in self.offers and self.access is not Access.RECORD


class Consent:
    """The permissions of one session. Methods return what must be said to the technician, in this order."""

    def __init__(self) -> None:
        self.granted: frozenset[Access] = frozenset()
        self.question: Question | None = None
        self.has_recorded = False
        """Whether this console was ever allowed to record, so that what it recorded may be vouched for."""
        self._permitted: frozenset[Access] = frozenset()
        self._records_apart = True
        self._serial = 0
        self._number = 0
        """What the console calls the open question. Only for telling it; numbers may come twice."""

    def permit(self, access: frozenset[Access], records_apart: bool = True) -> None:
        """Let the technician ask for these from now on, as their organisation does. What was granted goes on.

        Without `records_apart` the question for the screen may name the recording too.
        """
        self._permitted = access & POSSIBLE
        self._records_apart = records_apart

    def allows(self, access: Access) -> bool:
        """Whether this is allowed now."""
        return access in self.granted

    def ask(self, number: int, access: Access, record: bool = False) -> list[SessionMessage]:
        """The technician asks for something; with `record` also to record what is seen.

        Repeating the open question's number changes nothing on the screen.
        """
        if self.question is not None and self._number == number:
            return []
        record = record and Access.RECORD not in self.granted
        if access in self.granted and record:
            access, record = Access.RECORD, False  # only the recording is new, so that is what the question says
        if access in self.granted:
            return [Answered(number, True)]
        if not self._may_ask(access) or (record and not self._may_name_recording(access)):
            return [Answered(number, False, permitted=False)]
        replaced = [] if self.question is None else [Answered(self._number, False)]
        self._serial, self._number = self._serial + 1, number
        offers = self._offered(access) | ({Access.RECORD} if record else set())
        self.question = Question(self._serial, access, offers - self.granted, Access.RECORD in self.granted)
        return [*replaced, Asking(number)]

    def answer(self, serial: int, allowed: frozenset[Access]) -> list[SessionMessage]:
        """The customer answers the question with this serial; an empty set is no. Other serials mean nothing."""
        question = self.question
        if question is None or question.serial != serial:
            return []
        self.question = None
        before, allowed = self.granted, allowed & question.offers
        if question.is_one_answer and not (Access.RECORD in allowed and allowed & _SEES):
            allowed = frozenset()
        self.granted = self._sensible(before | allowed)
        if question.is_one_answer and Access.VIEW not in self.granted:
            self.granted = before  # the recording was allowed for what is not shown after all
        self.has_recorded = self.has_recorded or Access.RECORD in self.granted
        answered = Answered(self._number, question.access in self.granted)
        return [*self._changed(before), answered]

    def withdraw(self, number: int) -> list[SessionMessage]:
        """The technician no longer needs the answer."""
        if self.question is not None and self._number == number:
            self.question = None
        return []

    def release(self, access: Access) -> list[SessionMessage]:
        """The technician, or the customer, takes one permission back; without view nothing else holds either."""
        before = self.granted
        self.granted = self._sensible(before - {access})
        return self._changed(before)

    def interrupt(self) -> list[SessionMessage]:
        """The session is on hold, or handed over: nothing is allowed any more, and no question is open."""
        refused = [] if self.question is None else [Answered(self._number, False)]
        before, self.granted, self.question = self.granted, frozenset(), None
        return [*self._changed(before), *refused]

    def stop(self, by_key: bool) -> list[SessionMessage]:
        """The customer takes everything back at once."""
        refused = [] if self.question is None else [Answered(self._number, False)]
        had = bool(self.granted)
        self.granted, self.question = frozenset(), None
        return [Granted(frozenset()), *refused, Stopped(by_key)] if had or refused else []

    def start_over(self) -> None:
        """Another console is there: nothing that was allowed before holds."""
        self.granted, self.question, self.has_recorded = frozenset(), None, False

    def _changed(self, before: frozenset[Access]) -> list[SessionMessage]:
        return [] if self.granted == before else [Granted(self.granted)]

    def _may_ask(self, access: Access) -> bool:
        """Whether the organisation lets its technician ask. A clipboard brings no sight along that he may not have."""
        if access is Access.CLIPBOARD and not {Access.VIEW} & (self._permitted | self.granted):
            return False
        return access in self._permitted

    def _may_name_recording(self, access: Access) -> bool:
        """Whether a question for this may say that what is seen is recorded too."""
        return access in _SEES and Access.RECORD in self._permitted and not self._records_apart

    def _offered(self, access: Access) -> frozenset[Access]:
        """Return what a question offers: to control, or to share a clipboard, one has to see."""
        if access is Access.RECORD:
            return frozenset({Access.RECORD})
        offers = {access, Access.VIEW}
        if Access.CLIPBOARD in self._permitted:
            offers.add(Access.CLIPBOARD)
        return frozenset(offers)

    def _sensible(self, access: frozenset[Access]) -> frozenset[Access]:
        """Control and clipboard mean nothing without view, and view alone is a permission of its own (PERM-04)."""
        if Access.VIEW not in access:
            return access - _NEEDS_VIEW
        only_view = Access.CONTROL not in access and Access.VIEW not in self._permitted
        begins = Access.VIEW not in self.granted or Access.CONTROL in self.granted
        return access & {Access.RECORD} if only_view and begins else access
