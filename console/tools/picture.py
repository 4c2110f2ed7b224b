"""The picture of the customer's screen."""

from codec.wire import messages
from codec.wire.access import Access
from codec.wire.messages import Displays, Message, PointerAt, Refresh, Shown, Stats, Watch
from codec.wire.tools import ToolName
from console.session.picture_filter import PictureFilter, Ruling
from console.tools.base import DROP, FLOOD, Holds, Rules, Tool, Verdict, verdict


class PictureRules(Rules):
    """See console/session/picture_filter.py, which decides about pictures."""

    def __init__(self, holds: Holds, now: float) -> None:
        super().__init__(holds, now)
        self._filter = PictureFilter(now)

    def admit(self, message: Message, now: float) -> Verdict:
        """See Rules."""
        match message:
            case messages.Picture():
                return self._picture(message, now)
            case Displays():
                return Verdict(self._filter.arrange(message))
            case PointerAt(display):
                return verdict(message, display in self._filter.displays)
        return Verdict(message)

    def may_say(self, message: Message, now: float) -> bool:
        """See Rules."""
        match message:
            case Watch(display):
                self._filter.watch(display)
            case Refresh(display):
                self._filter.refresh(display)
            case Shown(display, number):
                self._filter.shown(display, number)
        return True

    def granted(self, before: frozenset[Access]) -> None:
        """See Rules."""
        if Access.VIEW not in self.holds.granted:
            self._filter.darken()

    def start_over(self) -> None:
        """See Rules."""
        self._filter.darken()

    def tick(self, now: float) -> tuple[Message, ...]:
        """See Rules."""
        overdue = self._filter.overdue(now)
        return () if overdue is None else (Refresh(overdue),)

    def _picture(self, picture: messages.Picture, now: float) -> Verdict:
        match self._filter.rule(picture, now):
            case Ruling.PASS:
                return Verdict(picture)
            case Ruling.DROP_AND_REFRESH:
                return Verdict(replies=(Refresh(picture.display),))
            case Ruling.FLOOD:
                return FLOOD
        return DROP


class PictureTool(Tool):
    """Switches the picture off that nobody looks at."""

    name = ToolName.PICTURE
    rules_type = PictureRules

    def hear(self, message: Message) -> bool:
        """See Tool. What the applet measures is told with everything else that is known of the connection."""
        return not isinstance(message, Stats)

    def page_left(self, watched: bool) -> None:
        """See Tool."""
        if not watched:
            self.host.ask(Watch(None))
