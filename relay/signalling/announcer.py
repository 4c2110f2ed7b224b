"""Publishes what has happened, for those whom it concerns: a technician's consoles, a session's applet, this relay."""

import msgspec

from codec.wire.api_types import Code, TargetKind
from codec.wire.signals import CodeChanged, Missed, SessionChanged, SessionGone, StartSession, State, ToConsole, write
from relay.bus.base import ORGANISATION, Bus, Topic, TopicKind
from relay.organization.transactions import Outcome
from relay.sessions.moves import News
from relay.sessions.queues import Queue
from relay.sessions.rows import as_handed_over, handed_to, state_for_customer
from relay.signalling.concerned import Concerned, concerned_by


class OrganisationChanged(msgspec.Struct, frozen=True):
    """What those who are connected have to do with a change: whom it concerns, whom it shuts out and signs out.

    `signed_out` are people with the one sign-in of theirs that stays, if any.
    """

    people: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()
    everybody: bool = False
    shut_out: frozenset[int] = frozenset()
    signed_out: dict[int, int | None] = {}

    @property
    def concerned(self) -> Concerned:
        """Whose rights may be others now."""
        return Concerned(self.people, self.groups, self.everybody)


def changed_by(outcome: Outcome) -> OrganisationChanged:
    """Return what a change of the organisation means for those who are connected. Pure."""
    found = concerned_by(outcome.changes)
    return OrganisationChanged(found.people, found.groups, found.everybody, outcome.shut_out, dict(outcome.signed_out))


def read_changed(message: bytes) -> OrganisationChanged:
    """Return what was published. Raises msgspec.DecodeError."""
    return msgspec.json.decode(message, type=OrganisationChanged)


class Announcer:
    """Call it after what it tells of has been stored."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def session_changed(self, news: News) -> None:
        """Tell both sides how a session stands: who has it, those in whose queue it is or was, and its customer."""
        person, session = news.person, news.session
        for left in (news.left, news.outgoing_no_longer):
            if left is not None:
                gone = SessionGone(session.id, person, session.technician)
                self._bus.publish(topic_of(left), write(gone).encode())
        for queue in (news.outgoing, news.queue):
            if queue is not None:
                self._bus.publish(topic_of(queue), write(SessionChanged(session)).encode())
        if news.former is not None:
            self._tell(news.former, SessionChanged(as_handed_over(session, session.since)))
        if person is not None:
            self._tell(person, SessionChanged(session))
        where = session.leg, handed_to(session)
        state = State(state_for_customer(session), news.technician_present, session.technician, *where)
        self._bus.publish(Topic(TopicKind.SESSION, session.id), write(state).encode())

    def start_session(self, person: int, console: str, session: int) -> None:
        """Ask a technician's console to start a session."""
        self._tell(person, StartSession(session, console))

    def code_changed(self, person: int, code: Code) -> None:
        """Tell a technician's consoles how a code stands."""
        self._tell(person, CodeChanged(code))

    def missed(self, person: int, missed: Missed) -> None:
        """Tell a technician's consoles that someone was not let in."""
        self._tell(person, missed)

    def organisation_changed(self, outcome: Outcome) -> None:
        """Tell those who see to it that it holds for everybody who is connected."""
        self._bus.publish(ORGANISATION, msgspec.json.encode(changed_by(outcome)))

    def _tell(self, person: int, signal: ToConsole) -> None:
        self._bus.publish(Topic(TopicKind.PERSON, person), write(signal).encode())


def topic_of(queue: Queue) -> Topic:
    """Return what those follow who hear of a queue. Pure."""
    return Topic(_KINDS[queue.kind], queue.id)


_KINDS = {
    TargetKind.TECHNICIAN: TopicKind.PERSON,
    TargetKind.GROUP: TopicKind.GROUP,
    TargetKind.CHANNEL: TopicKind.CHANNEL,
}
