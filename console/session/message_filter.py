"""What of a customer's machine's words reaches the page, the recording, the clipboard and the history. Pure.

Nothing passes that was not asked for by this technician, permitted by their group, and said by the applet. The applet
holds itself to the same rules; this is for one that does not, since it runs on a stranger's computer.

- A permission counts while the applet says so in `granted`, and begins only while a question that offers it is open.
- Answers pass for questions that were asked. What is a tool's passes by the tool's own rules besides (console/tools).
- How often and how much is bounded, for each kind and for all together. What comes too often is left out where the next
  one replaces it; what would have to be kept, and all that is more than any session needs, ends the session.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from codec.token_bucket import Bucket, Rate
from codec.wire.access import FUNCTIONS, Access, may_ask
from codec.wire.messages import (
    FROM_APPLET,
    Answered,
    Ask,
    Asking,
    Computer,
    Granted,
    Message,
    Release,
    Stopped,
    Withdraw,
)
from codec.wire.tools import ToolName
from console.page.messages import Event
from console.tools import TOOLS
from console.tools.base import DROP, FLOOD, Rules, Verdict, verdict

MESSAGES = Rate(per_second=500, burst=6_000)
"""All that one applet says. Pictures and a pointer's places are 60 a second each; a lost line gives more at once."""
BYTES = Rate(per_second=250e6, burst=500e6)
"""As much as the fastest line that the pacing believes in (codec/picture/rate/pacing.py)."""
MOST_OVERSTEPS = 3
"""So many permissions that nobody asked for are passed over; with one more the session ends."""
LATE_SECONDS = 10.0
"""A question that was withdrawn may still be answered so long: the answer was on its way."""
MOST_QUESTIONS = 16
_WITH_VIEW = frozenset({Access.VIEW, Access.CONTROL, Access.CLIPBOARD, Access.CAMERA})
_NOTHING: frozenset[Access] = frozenset()


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
        self.functions = frozenset(functions)
        self._messages = Bucket(MESSAGES, now)
        self._bytes = Bucket(BYTES, now)
        limited = {kind: kind.declared.at_most for kind in FROM_APPLET}
        self._rates = {kind: Bucket(rate, now) for kind, rate in limited.items() if rate is not None}
        self._oversteps = 0
        self._extra = _NOTHING
        """What the applet says and nobody asked for: it counts once, however often it is repeated."""
        self._released = _NOTHING
        """What was given back just now: the applet may say it once more before it hears of that."""
        self._introduced = False
        self.rules: dict[ToolName, Rules] = {tool.name: tool.rules_type(self, now) for tool in TOOLS}
        """The rules of each tool."""
        self._begin()

    def weigh(self, size: int, now: float) -> bool:
        """Count a message of so many bytes, before anything else is done with it. False ends the session."""
        return self._messages.take(1, now) and self._bytes.take(size, now)

    def permit(self, functions: Iterable[str]) -> tuple[Release, ...]:
        """The group's functions have changed. What was granted goes on, but for what a tool ends without its function.

        Return what is to be said to the applet of that.
        """
        self.functions = frozenset(functions)
        bound = {rules.ends_without for rules in self.rules.values()} & self.granted
        ends = sorted(access for access in bound if access is not None and access not in may_ask(self.functions))
        for access in ends:
            self._take_back(access)
        return tuple(map(Release, ends))

    def start_over(self) -> None:
        """Another handshake: nothing that was asked or allowed before holds. What was counted stays counted."""
        self._begin()

    def tick(self, now: float) -> tuple[Message, ...]:
        """Let time pass; return what is to be said to the applet. Call about once a second."""
        return tuple(message for rules in self.rules.values() for message in rules.tick(now))

    # ── what goes out ──────────────────────────────────────────────────────────────────────────────────────────────

    def may_say(self, message: Message, now: float) -> bool:
        """Take note of what is said to the applet; False keeps it here."""
        match message:
            case Ask():
                self._questions.ask(message.number, self._offered(message))
                self._may_stop = True
            case Withdraw(number):
                self._questions.withdraw(number, now)
                self._settled()
            case Release(access):
                self._take_back(access)
        tool = message.declared.tool
        return tool is None or (self._has_what_it_needs(message) and self.rules[tool].may_say(message, now))

    # ── what comes in ──────────────────────────────────────────────────────────────────────────────────────────────

    def admit(self, message: Message, now: float) -> Verdict:
        """Decide about a message of the applet."""
        declared = message.declared
        if not self._is_seldom(message, now):
            return FLOOD if declared.counts else DROP
        if not self._has_what_it_needs(message):
            return DROP
        if declared.tool is not None:
            return self.rules[declared.tool].admit(message, now)
        match message:
            case Granted(access):
                return self._grant(message, access, now)
            case Asking(number):
                return verdict(message, number in self._questions.open)
            case Answered(number):
                passes = self._questions.answered(number)
                self._settled()
                return verdict(message, passes)
            case Stopped():
                passes, self._may_stop = self._may_stop, False
                return verdict(message, passes)
            case Computer():
                passes, self._introduced = not self._introduced, True
                return verdict(message, passes)
        return Verdict(message)

    def _grant(self, message: Granted, said: frozenset[Access], now: float) -> Verdict:
        """Narrow what the applet says to what holds already and what an open question offers."""
        before = self.granted
        extra = said - before - self._questions.offers(now)
        self.granted = self._sensible(said - extra)
        self._may_stop |= bool(before)
        self._tell_tools(before)
        replies = tuple(Release(access) for access in Access if access in extra - self._extra)
        self._oversteps += len(extra - self._extra - self._released)
        self._extra, self._released = extra, self._released & said
        if self._oversteps > MOST_OVERSTEPS:
            return Verdict(ends=Event.ENDED_OVERSTEPPED)
        return Verdict(message if self.granted == said else Granted(self.granted), replies)

    def _begin(self) -> None:
        self.granted = _NOTHING
        for rules in self.rules.values():
            rules.start_over()
        self._questions = _Questions()
        self._extra = self._released = _NOTHING
        self._may_stop = False
        self._introduced = False

    def _take_back(self, access: Access) -> None:
        released = _WITH_VIEW if access is Access.VIEW else frozenset({access})
        before = self.granted
        self._released |= before & released
        self.granted -= released
        self._tell_tools(before)

    def _tell_tools(self, before: frozenset[Access]) -> None:
        for rules in self.rules.values():
            rules.granted(before)

    def _settled(self) -> None:
        """A question is no longer open."""
        waits = _NOTHING.union(*self._questions.open.values())
        for rules in self.rules.values():
            rules.settled(waits)

    def _has_what_it_needs(self, message: Message) -> bool:
        """Whether customer and group permit what a message needs."""
        needs, function = message.declared.needs, message.declared.function
        return (needs is None or needs in self.granted) and (function is None or function in self.functions)

    def _offered(self, ask: Ask) -> frozenset[Access]:
        """Return what the customer's answer may allow: what the applet's consent offers, and no more than permitted."""
        offers = {ask.access}
        if ask.access not in (Access.RECORD, Access.CAMERA):
            offers |= {Access.CLIPBOARD}
        if ask.record:
            offers |= {Access.RECORD}
        permitted = {access for access in offers if FUNCTIONS[access] in self.functions}
        if FUNCTIONS[ask.access] not in self.functions:
            return _NOTHING
        return frozenset(permitted | ({Access.VIEW} if ask.access is not Access.RECORD else set()))

    @staticmethod
    def _sensible(access: frozenset[Access]) -> frozenset[Access]:
        """Control, clipboard and camera mean nothing without view."""
        return access if Access.VIEW in access else access - _WITH_VIEW

    def _is_seldom(self, message: Message, now: float) -> bool:
        rate = self._rates.get(type(message))
        return rate is None or rate.take(1, now)
