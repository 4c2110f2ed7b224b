"""What of a customer's machine's words reaches the page, the recording, the clipboard and the history. Pure.

Nothing passes that was not asked for by this technician, permitted by their group, and said by the applet. The applet
holds itself to the same rules; this is for one that does not, since it runs on a stranger's computer.

- A permission counts while the applet says so in `granted`, and begins only while a question that offers it is open.
- The clipboard needs the technician's own switch too, which is off at first.
- Answers pass for questions that were asked, signatures for heads that were sent, pictures as picture_filter.py says.
- How often and how much is bounded, for each kind and for all together. What comes too often is left out where the next
  one replaces it; what would have to be kept, and all that is more than any session needs, ends the session.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from codec.token_bucket import Bucket, Rate
from codec.wire.messages import (
    Access,
    Answered,
    Ask,
    Asking,
    Bye,
    Chat,
    ChatState,
    ClipboardText,
    ClipboardTooLong,
    Computer,
    Displays,
    Granted,
    Notice,
    Picture,
    PointerAt,
    PointerShape,
    Refresh,
    Release,
    SessionMessage,
    Shown,
    SignedHead,
    SignHead,
    Stopped,
    Typing,
    Watch,
    Withdraw,
)
from codec.wire.permits import Function
from console.page.messages import Event
from console.session.picture_filter import PictureFilter, Ruling

MESSAGES = Rate(per_second=500, burst=6_000)
"""All that one applet says. Pictures and a pointer's places are 60 a second each; a lost line gives more at once."""
BYTES = Rate(per_second=250e6, burst=500e6)
"""As much as the fastest line that the pacing believes in (codec/picture/rate/pacing.py)."""
KEPT = Rate(per_second=4.0, burst=60.0)
"""Lines of the chat."""
MOST_OVERSTEPS = 3
"""So many permissions that nobody asked for are passed over; with one more the session ends."""
LATE_SECONDS = 10.0
"""A question that was withdrawn may still be answered so long: the answer was on its way."""
MOST_QUESTIONS = 16
MOST_HEADS = 64
_RATES: dict[type[SessionMessage], Rate] = {
    Typing: Rate(5, 20),
    ChatState: Rate(5, 20),
    Displays: Rate(5, 20),
    PointerShape: Rate(30, 60),
    PointerAt: Rate(100, 200),
    Notice: Rate(5, 30),
    ClipboardText: Rate(4, 20),
    ClipboardTooLong: Rate(4, 20),
    Granted: Rate(10, 40),
}
_FUNCTIONS = {
    Access.VIEW: Function.DESKTOP_VIEW,
    Access.CONTROL: Function.REMOTE_CONTROL,
    Access.CLIPBOARD: Function.CLIPBOARD,
    Access.RECORD: Function.RECORD,
}
_WITH_VIEW = frozenset({Access.VIEW, Access.CONTROL, Access.CLIPBOARD})
_NOTHING: frozenset[Access] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """What becomes of a message: `passed` is what everybody here hears, None is nothing."""

    passed: SessionMessage | None = None
    replies: tuple[SessionMessage, ...] = ()
    """What is said to the applet because of it."""
    ends: Event | None = None
    """Why the session ends."""


@dataclass
class _Questions:
    """The technician's questions, and what each of them offers the customer to allow."""

    open: dict[int, frozenset[Access]] = field(default_factory=dict)
    withdrawn: dict[int, tuple[frozenset[Access], float]] = field(default_factory=dict)

    def ask(self, number: int, offers: frozenset[Access]) -> None:
        self.open.pop(number, None)
        self.open[number] = offers
        while len(self.open) > MOST_QUESTIONS:
            del self.open[next(iter(self.open))]

    def withdraw(self, number: int, now: float) -> None:
        offers = self.open.pop(number, None)
        if offers is not None:
            self.withdrawn[number] = offers, now + LATE_SECONDS
            while len(self.withdrawn) > MOST_QUESTIONS:
                del self.withdrawn[next(iter(self.withdrawn))]

    def answered(self, number: int) -> bool:
        self.withdrawn.pop(number, None)
        return self.open.pop(number, None) is not None

    def offers(self, now: float) -> frozenset[Access]:
        self.withdrawn = {number: late for number, late in self.withdrawn.items() if late[1] > now}
        return _NOTHING.union(*self.open.values(), *(late[0] for late in self.withdrawn.values()))


class MessageFilter:
    """The filter of one session. `now` is in seconds of a steady clock."""

    def __init__(self, functions: Iterable[str], now: float) -> None:
        """`functions` are what the technician's group may do."""
        self.granted = _NOTHING
        """What holds: asked for, permitted and said."""
        self.shares_clipboard = False
        """The technician's own switch."""
        self._functions = frozenset(functions)
        self._messages = Bucket(MESSAGES, now)
        self._bytes = Bucket(BYTES, now)
        self._chat = Bucket(KEPT, now)
        self._rates = {kind: Bucket(rate, now) for kind, rate in _RATES.items()}
        self._oversteps = 0
        self._extra = _NOTHING
        """What the applet says and nobody asked for: it counts once, however often it is repeated."""
        self._released = _NOTHING
        """What was given back just now: the applet may say it once more before it hears of that."""
        self.pictures = PictureFilter(now)
        self._introduced = False
        self._heads = 0
        """Signatures that the recording waits for."""
        self._begin()

    @property
    def clipboard_flows(self) -> bool:
        """Whether texts are copied from one clipboard to the other now."""
        permitted = Function.CLIPBOARD in self._functions
        return self.shares_clipboard and Access.CLIPBOARD in self.granted and permitted

    def weigh(self, size: int, now: float) -> bool:
        """Count a message of so many bytes, before anything else is done with it. False ends the session."""
        return self._messages.take(1, now) and self._bytes.take(size, now)

    def permit(self, functions: Iterable[str]) -> bool:
        """The group's functions have changed. What was granted goes on, the clipboard does not: return if it ended."""
        self._functions = frozenset(functions)
        ends = Access.CLIPBOARD in self.granted and Function.CLIPBOARD not in self._functions
        if ends:
            self._take_back(Access.CLIPBOARD)
        return ends

    def start_over(self) -> None:
        """Another handshake: nothing that was asked or allowed before holds. What was counted stays counted."""
        self._begin()

    def share_clipboard(self, on: bool) -> None:
        """The technician turns the clipboard on or off."""
        self.shares_clipboard = on and Function.CLIPBOARD in self._functions

    def tick(self, now: float) -> tuple[SessionMessage, ...]:
        """Let time pass; return what is to be said to the applet. Call about once a second."""
        overdue = self.pictures.overdue(now)
        return () if overdue is None else (Refresh(overdue),)

    # ── what goes out ──────────────────────────────────────────────────────────────────────────────────────────────

    def may_say(self, message: SessionMessage, now: float) -> bool:
        """Take note of what is said to the applet; False keeps it here."""
        match message:
            case Ask():
                self._questions.ask(message.number, self._offered(message))
                self._may_stop = True
            case Withdraw(number):
                self._questions.withdraw(number, now)
                self._forget_clipboard()
            case Release(access):
                self._take_back(access)
            case Watch(display):
                self.pictures.watch(display if Access.VIEW in self.granted else None)
            case Refresh(display):
                self.pictures.refresh(display)
            case Shown(display, number):
                self.pictures.shown(display, number)
            case SignHead():
                self._heads = min(self._heads + 1, MOST_HEADS)
            case ClipboardText() | ClipboardTooLong():
                return self.clipboard_flows
        return True

    # ── what comes in ──────────────────────────────────────────────────────────────────────────────────────────────

    def admit(self, message: SessionMessage, now: float) -> Verdict:
        """Decide about a message of the applet."""
        match message:
            case Picture():
                return self._picture(message, now)
            case Granted(access):
                return self._grant(message, access, now) if self._is_seldom(message, now) else _FLOOD
            case Chat():
                return _verdict(message, self._chat_on) if self._chat.take(1, now) else _FLOOD
            case Asking(number):
                return _verdict(message, number in self._questions.open)
            case Answered(number):
                passes = self._questions.answered(number)
                self._forget_clipboard()
                return _verdict(message, passes)
            case Stopped():
                passes, self._may_stop = self._may_stop, False
                return _verdict(message, passes)
            case Computer():
                passes, self._introduced = not self._introduced, True
                return _verdict(message, passes)
            case SignedHead():
                passes, self._heads = self._heads > 0, max(0, self._heads - 1)
                return _verdict(message, passes)
            case Bye():
                return Verdict(message)
            case _:
                return self._state(message) if self._is_seldom(message, now) else _DROP

    def _state(self, message: SessionMessage) -> Verdict:
        """Decide about a message that the next of its kind replaces, once it is known not to come too often."""
        sees = Access.VIEW in self.granted
        match message:
            case Displays():
                return Verdict(self.pictures.arrange(message)) if sees else _DROP
            case PointerShape():
                return _verdict(message, sees)
            case PointerAt(display):
                return _verdict(message, sees and display in self.pictures.displays)
            case ClipboardText() | ClipboardTooLong():
                return _verdict(message, self.clipboard_flows)
            case ChatState(on):
                self._chat_on = on
                return Verdict(message)
            case Typing(on):
                return _verdict(message, self._chat_on or not on)
            case Notice():
                return Verdict(message)
            case _:
                return _DROP

    def _grant(self, message: Granted, said: frozenset[Access], now: float) -> Verdict:
        """Narrow what the applet says to what holds already and what an open question offers."""
        before = self.granted
        extra = said - before - self._questions.offers(now)
        self.granted = self._sensible(said - extra)
        self._may_stop |= bool(before)
        if Access.VIEW not in self.granted:
            self.pictures.darken()
        if Access.CLIPBOARD in before - self.granted:
            self.shares_clipboard = False
        replies = tuple(Release(access) for access in Access if access in extra - self._extra)
        self._oversteps += len(extra - self._extra - self._released)
        self._extra, self._released = extra, self._released & said
        if self._oversteps > MOST_OVERSTEPS:
            return Verdict(ends=Event.ENDED_OVERSTEPPED)
        return Verdict(message if self.granted == said else Granted(self.granted), replies)

    def _picture(self, picture: Picture, now: float) -> Verdict:
        if Access.VIEW not in self.granted:
            return _DROP
        match self.pictures.rule(picture, now):
            case Ruling.PASS:
                return Verdict(picture)
            case Ruling.DROP_AND_REFRESH:
                return Verdict(replies=(Refresh(picture.display),))
            case Ruling.FLOOD:
                return _FLOOD
        return _DROP

    def _begin(self) -> None:
        self.granted = _NOTHING
        self.shares_clipboard = False
        self.pictures.darken()
        self._questions = _Questions()
        self._extra = self._released = _NOTHING
        self._may_stop = False
        self._introduced = False
        self._chat_on = True
        self._heads = 0

    def _take_back(self, access: Access) -> None:
        released = _WITH_VIEW if access is Access.VIEW else frozenset({access})
        self._released |= self.granted & released
        self.granted -= released
        if Access.VIEW not in self.granted:
            self.pictures.darken()
        if Access.CLIPBOARD not in self.granted:
            self.shares_clipboard = False

    def _forget_clipboard(self) -> None:
        """The technician wanted the clipboard, and no question is open any more that could bring it."""
        waits = any(Access.CLIPBOARD in offers for offers in self._questions.open.values())
        if Access.CLIPBOARD not in self.granted and not waits:
            self.shares_clipboard = False

    def _offered(self, ask: Ask) -> frozenset[Access]:
        """Return what the customer's answer may allow: what the applet's consent offers, and no more than permitted."""
        offers = {ask.access}
        if ask.access is not Access.RECORD:
            offers |= {Access.CLIPBOARD}
        if ask.record:
            offers |= {Access.RECORD}
        permitted = {access for access in offers if _FUNCTIONS[access] in self._functions}
        if _FUNCTIONS[ask.access] not in self._functions:
            return _NOTHING
        return frozenset(permitted | ({Access.VIEW} if ask.access is not Access.RECORD else set()))

    @staticmethod
    def _sensible(access: frozenset[Access]) -> frozenset[Access]:
        """Control and clipboard mean nothing without view."""
        return access if Access.VIEW in access else access - _WITH_VIEW

    def _is_seldom(self, message: SessionMessage, now: float) -> bool:
        rate = self._rates.get(type(message))
        return rate is None or rate.take(1, now)


_DROP = Verdict()
_FLOOD = Verdict(ends=Event.ENDED_FLOOD)


def _verdict(message: SessionMessage, passes: bool) -> Verdict:
    return Verdict(message) if passes else _DROP
