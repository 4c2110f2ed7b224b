"""What the customer allows. Pure, and the only place where a permission comes into being.

Everything privileged asks `allows` first. A permission begins with the customer's own answer to a question that was on
the screen, and ends when the customer or the technician takes it back, when everything is stopped, or when another
console begins anew. Silence is no: an open question allows nothing. To record is a question of its own: no other one
offers it, and its no takes nothing else away (PERM-12b, EDGE-21). Where the organisation does not demand consent for
recordings, the customer is told instead of asked.
"""

from dataclasses import dataclass

from codec.messages import Access, Answered, Asking, Granted, SessionMessage, Stopped

_NEEDS_VIEW = frozenset({Access.CONTROL, Access.CLIPBOARD})


@dataclass(frozen=True)
class Question:
    """What the customer is asked now. `offers` may all be allowed in the answer; clipboard has a tick of its own.

    `serial` is this program's own count of questions: an answer names it, and no console can choose it.
    """

    serial: int
    access: Access
    offers: frozenset[Access]


class Consent:
    """The permissions of one session. Methods return what must be said to the technician, in this order."""

    def __init__(self) -> None:
        self.granted: frozenset[Access] = frozenset()
        self.question: Question | None = None
        self._permitted: frozenset[Access] = frozenset()
        self._tells_recording = False
        self._serial = 0
        self._number = 0
        """What the console calls the open question. Only for telling it; numbers may come twice."""

    def permit(self, access: frozenset[Access], tells_recording: bool = False) -> None:
        """Let the technician ask for these from now on, as his organisation does. What was granted goes on.

        With `tells_recording` he records without a question.
        """
        self._permitted = access
        self._tells_recording = tells_recording

    def allows(self, access: Access) -> bool:
        """Whether this is allowed now."""
        return access in self.granted

    def ask(self, number: int, access: Access) -> list[SessionMessage]:
        """The technician asks for something. Repeating the open question's number changes nothing on the screen."""
        if self.question is not None and self._number == number:
            return []
        if access in self.granted:
            return [Answered(number, True)]
        if not self._may_ask(access):
            return [Answered(number, False, permitted=False)]
        if access is Access.RECORD and self._tells_recording:
            self.granted |= {Access.RECORD}
            return [Granted(self.granted), Answered(number, True)]
        replaced = [] if self.question is None else [Answered(self._number, False)]
        self._serial, self._number = self._serial + 1, number
        self.question = Question(self._serial, access, self._offered(access) - self.granted)
        return [*replaced, Asking(number)]

    def answer(self, serial: int, allowed: frozenset[Access]) -> list[SessionMessage]:
        """The customer answers the question with this serial; an empty set is no. Other serials mean nothing."""
        question = self.question
        if question is None or question.serial != serial:
            return []
        self.question = None
        before = self.granted
        self.granted = self._sensible(before | (allowed & question.offers))
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

    def stop(self, by_key: bool) -> list[SessionMessage]:
        """The customer takes everything back at once."""
        refused = [] if self.question is None else [Answered(self._number, False)]
        had = bool(self.granted)
        self.granted, self.question = frozenset(), None
        return [Granted(frozenset()), *refused, Stopped(by_key)] if had or refused else []

    def begin_anew(self) -> None:
        """Another console is there: nothing that was allowed before holds."""
        self.granted, self.question = frozenset(), None

    def _changed(self, before: frozenset[Access]) -> list[SessionMessage]:
        return [] if self.granted == before else [Granted(self.granted)]

    def _may_ask(self, access: Access) -> bool:
        """Whether the organisation lets its technician ask. A clipboard brings no sight along that he may not have."""
        if access is Access.CLIPBOARD and not {Access.VIEW} & (self._permitted | self.granted):
            return False
        return access in self._permitted

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
