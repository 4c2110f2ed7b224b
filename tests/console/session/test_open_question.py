"""A question that waits while the customer's side loses its key: it is asked again, once, and only while it is open."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from codec.session.handshake import Agreement, How
from codec.wire.access import FUNCTIONS, Access
from codec.wire.api_types import RecordingRules, Session, SessionState
from codec.wire.messages import Answered, Ask, Asking, Granted, Message, Stopped, Withdraw, pack, unpack
from codec.wire.session_types import SessionType
from console.page.messages import ChatLine, Event
from console.recording.recordings import Recordings
from console.session.open_session import LENS_QUESTION, Audience, OpenSession
from tests.support.waiting import eventually

NOW = datetime(2026, 11, 30, tzinfo=UTC)
NUMBER = 40
FORCED = RecordingRules(forced=True)
APART = RecordingRules(forced=True, consent=True, go_on_without=True)


class Customer:
    """The customer's side, in place of a peer: what is said to it, and what it says."""

    connection: object | None = None

    def __init__(self, session: OpenSession) -> None:
        self.said: list[Message] = []
        self._session = session

    def send(self, message: Message) -> None:
        """See Peer."""
        self.said.append(message)
        if isinstance(message, Ask):
            self.says(Asking(message.number))

    def says(self, *messages: Message) -> None:
        """Say this to the console."""
        for message in messages:
            self._session.heard(message, pack(message))

    def says_yes(self, *access: Access) -> None:
        """Allow this, in answer to the latest question."""
        self.says(Granted(frozenset(access)), Answered(self.questions[-1].number, True))

    def loads_again(self) -> None:
        """Lose the key, and agree on another one. Nothing is said yet."""
        self.said.clear()
        self.connection = object()  # there was a key, so that this is no first handshake
        self._session.restarted()
        self.connection = None
        self._session.agreed(Agreement(b"", How.SECRET, ()))

    @property
    def questions(self) -> list[Ask]:
        """What was asked since the key was agreed."""
        return [message for message in self.said if isinstance(message, Ask)]


class Case:
    """One session, with what its pages hear."""

    def __init__(self, folder: Path, rules: RecordingRules, session_type: SessionType) -> None:
        self.pages: list[Message] = []
        self.lines: list[Event] = []
        session = Session(
            id=7,
            state=SessionState.ACTIVE,
            name="Hélène",
            made_at=NOW,
            since=NOW,
            means=["view", "control", "clipboard", "camera", "chat"],
            session_type=session_type,
        )
        audience = Audience(
            lambda _session, data: self.pages.append(unpack(data)), lambda _session, told: self._note(told)
        )
        self.recordings = Recordings(folder, rules=rules)
        functions = FUNCTIONS.values()
        self.session = OpenSession(
            session,
            1,
            audience,
            self.recordings,
            lambda _signal: None,
            functions,
            NOW,
            lambda: True,
            lambda _line, _keeps: None,
        )
        self.customer = Customer(self.session)
        self.session.peer = self.customer  # type: ignore[assignment]  # a scripted peer
        self.session.picked_up()
        self.session.agreed(Agreement(b"", How.SECRET, ()))

    def _note(self, told: Any) -> None:
        if isinstance(told, ChatLine) and told.event is not None:
            self.lines.append(told.event)

    @property
    def waits(self) -> bool:
        """Whether a page that asked goes on showing that it waits (console/ui/src/state/openSession.ts)."""
        number: int | None = NUMBER
        for message in self.pages:
            match message:
                case Asking():
                    number = message.number
                case Answered() if message.number == number:
                    number = None
                case Stopped():
                    number = None
        return number is not None

    async def asks(self, access: Access, count: int = 1) -> None:
        """Ask, and wait until so much was asked of the customer."""
        self.session.page_asked(Ask(NUMBER, access))
        await self.asked(count)

    async def asked(self, count: int = 1) -> None:
        """Wait until so much was asked of the customer since the latest key."""
        await eventually(lambda: len(self.customer.questions) >= count)


def case(folder: Path, rules: RecordingRules | None = None, session_type: SessionType = SessionType.STANDARD) -> Case:
    """A session that has just been connected."""
    return Case(folder, rules or RecordingRules(), session_type)


async def nothing_is_checked() -> None:
    """Wait until no question waits for whether it can be recorded."""
    await eventually(lambda: asyncio.all_tasks() == {asyncio.current_task()})


def allowing(access: Access) -> frozenset[Access]:
    """Return what a yes to this gives."""
    return frozenset({access} if access is Access.RECORD else {access, Access.VIEW})


@pytest.mark.parametrize("access", [Access.VIEW, Access.CONTROL, Access.CAMERA, Access.RECORD])
async def test_an_open_question_is_asked_again_with_its_number_and_can_be_answered(
    tmp_path: Path, access: Access
) -> None:
    here = case(tmp_path)
    await here.asks(access)
    for _ in range(2):
        here.customer.loads_again()
        assert here.customer.questions == [Ask(NUMBER, access)]
        assert here.waits
    here.customer.says_yes(*allowing(access))
    assert here.session.snapshot.granted == allowing(access)
    assert not here.waits
    here.customer.loads_again()
    assert here.customer.questions == []
    here.session.end(Event.ENDED_BY_TECHNICIAN)


@pytest.mark.parametrize("answer", ["no", "withdrawn", "stopped", "page gone"])
@pytest.mark.parametrize("rules", [RecordingRules(), FORCED], ids=["free", "recorded"])
async def test_a_question_that_is_settled_is_not_asked_again(
    tmp_path: Path, answer: str, rules: RecordingRules
) -> None:
    here = case(tmp_path, rules)
    await here.asks(Access.VIEW)
    number = here.customer.questions[-1].number
    match answer:
        case "no":
            here.customer.says(Answered(number, False))
        case "withdrawn":
            here.session.page_asked(Withdraw(number))
        case "stopped":
            here.customer.says(Answered(number, False), Stopped(by_key=False))
        case "page gone":
            here.session.let_go()
    here.customer.loads_again()
    await nothing_is_checked()
    assert here.customer.questions == []


async def test_a_question_that_was_stopped_before_it_went_out_is_not_asked_again(tmp_path: Path) -> None:
    here = case(tmp_path, FORCED)
    await here.asks(Access.RECORD)
    here.customer.says_yes(Access.RECORD)
    here.session.page_asked(Ask(NUMBER, Access.VIEW))
    here.customer.says(Granted(frozenset()), Stopped(by_key=False))
    here.customer.loads_again()
    await nothing_is_checked()
    assert here.customer.questions == []


async def test_a_question_whose_page_goes_while_the_customer_is_away_is_not_asked_again(tmp_path: Path) -> None:
    here = case(tmp_path)
    await here.asks(Access.VIEW)
    here.session.snapshot.forget()  # as after a key that was agreed, until the customer sees the question
    here.session.let_go()
    assert Withdraw(NUMBER) in here.customer.said
    here.customer.loads_again()
    assert here.customer.questions == []


@pytest.mark.parametrize("rules", [FORCED, APART], ids=["named", "apart"])
async def test_what_a_rule_for_recordings_holds_back_is_asked_again_from_the_beginning(
    tmp_path: Path, rules: RecordingRules
) -> None:
    here = case(tmp_path, rules)
    await here.asks(Access.VIEW)
    first = here.customer.questions
    assert first[0].number == NUMBER + 1
    here.customer.loads_again()
    await here.asked()
    assert here.customer.questions == first
    assert here.waits
    if rules is FORCED:
        here.customer.says_yes(Access.VIEW, Access.RECORD)
    else:
        here.customer.says_yes(Access.RECORD)
        assert here.customer.questions == [*first, Ask(NUMBER, Access.VIEW)]
        here.customer.loads_again()  # the yes to the recording is gone with the key
        await here.asked()
        assert here.customer.questions == first
        here.customer.says_yes(Access.RECORD)
        here.customer.says_yes(Access.VIEW, Access.RECORD)
    assert here.session.snapshot.granted == {Access.VIEW, Access.RECORD}
    assert not here.waits
    here.session.end(Event.ENDED_BY_TECHNICIAN)
    await here.session.recording.settled()


@pytest.mark.parametrize("rules", [RecordingRules(), FORCED], ids=["free", "recorded"])
async def test_what_may_no_longer_be_asked_is_settled(tmp_path: Path, rules: RecordingRules) -> None:
    here = case(tmp_path, rules)
    await here.asks(Access.VIEW)
    here.session.permit([])
    here.customer.loads_again()
    assert here.customer.questions == []
    assert not here.waits
    assert Answered(NUMBER, allowed=False, permitted=False) in here.pages
    assert Event.NOT_PERMITTED in here.lines
    here.session.permit(FUNCTIONS.values())
    here.customer.loads_again()
    assert here.customer.questions == []


async def test_what_can_no_longer_be_recorded_is_settled(tmp_path: Path) -> None:
    here = case(tmp_path, FORCED)
    await here.asks(Access.VIEW)
    here.recordings.rules = RecordingRules(forced=True, location="ftp:/nonsense")
    here.customer.loads_again()
    await eventually(lambda: Event.RECORDING_NEEDED in here.lines)
    assert here.customer.questions == []
    assert not here.waits


async def test_a_lens_session_asks_for_the_camera_again_while_the_customer_has_not_answered(tmp_path: Path) -> None:
    here = case(tmp_path, session_type=SessionType.LENS)
    assert here.customer.questions == [Ask(LENS_QUESTION, Access.CAMERA)]
    here.customer.loads_again()
    assert here.customer.questions == [Ask(LENS_QUESTION, Access.CAMERA)]
    here.customer.says(Answered(LENS_QUESTION, False))
    here.customer.loads_again()
    assert here.customer.questions == []
