"""What the customer allows. Pure, and the only place where a permission comes into being.

Everything privileged asks `allows` first. A permission begins with the customer's own answer to a question that was on
the screen, and ends when the customer or the technician takes it back, when everything is stopped, or when another
console begins anew. Silence is no: an open question allows nothing.
"""

from dataclasses import dataclass

from codec.messages import Access, Answered, Asking, Granted, SessionMessage, Stopped

_NEEDS_VIEW = frozenset({Access.CONTROL, Access.CLIPBOARD})


@dataclass(frozen=True)
class Question:
    """What the customer is asked now. `offers` may all be allowed in the answer; clipboard has a tick of its own."""

    number: int
    access: Access
    offers: frozenset[Access]


class Consent:
    """The permissions of one session. Methods return what must be said to the technician, in this order."""

    def __init__(self) -> None:
        self.granted: frozenset[Access] = frozenset()
        self.question: Question | None = None

    def allows(self, access: Access) -> bool:
        """Whether this is allowed now."""
        return access in self.granted

    def ask(self, number: int, access: Access) -> list[SessionMessage]:
        """The technician asks for something."""
        if access in self.granted:
            return [Answered(number, True)]
        replaced = [] if self.question is None else [Answered(self.question.number, False)]
        self.question = Question(number, access, _offers(access) - self.granted)
        return [*replaced, Asking(number)]

    def answer(self, number: int, allowed: frozenset[Access]) -> list[SessionMessage]:
        """The customer answers the question with this number; an empty set is no. Other numbers mean nothing."""
        question = self.question
        if question is None or question.number != number:
            return []
        self.question = None
        before = self.granted
        self.granted = _sensible(before | (allowed & question.offers))
        answered = Answered(number, question.access in self.granted)
        return [*self._changed(before), answered]

    def withdraw(self, number: int) -> list[SessionMessage]:
        """The technician no longer needs the answer."""
        if self.question is not None and self.question.number == number:
            self.question = None
        return []

    def release(self, access: Access) -> list[SessionMessage]:
        """The technician, or the customer, takes one permission back; without view nothing else holds either."""
        before = self.granted
        self.granted = _sensible(before - {access})
        return self._changed(before)

    def stop(self, by_key: bool) -> list[SessionMessage]:
        """The customer takes everything back at once."""
        refused = [] if self.question is None else [Answered(self.question.number, False)]
        had = bool(self.granted)
        self.granted, self.question = frozenset(), None
        return [Granted(frozenset()), *refused, Stopped(by_key)] if had or refused else []

    def begin_anew(self) -> None:
        """Another console is there: nothing that was allowed before holds."""
        self.granted, self.question = frozenset(), None

    def _changed(self, before: frozenset[Access]) -> list[SessionMessage]:
        return [] if self.granted == before else [Granted(self.granted)]


def _offers(access: Access) -> frozenset[Access]:
    if access is Access.CLIPBOARD:
        return frozenset({Access.VIEW, Access.CLIPBOARD})
    if access is Access.CONTROL:
        return frozenset(Access)
    return frozenset({Access.VIEW, Access.CLIPBOARD})


def _sensible(access: frozenset[Access]) -> frozenset[Access]:
    """Control and clipboard mean nothing without view."""
    return access if Access.VIEW in access else access - _NEEDS_VIEW
