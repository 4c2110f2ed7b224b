"""Which pictures of a customer's machine are shown, recorded or even looked into. Pure.

Only those of the display that is watched, in the size that was announced for it, and no whole ones beyond what was
asked for. What a packet says it will become is held against what really arrived: a few bytes may stand for a whole
screen now and then, but not again and again (`WORK`). A picture that does not pass takes those with it that build on
it; a whole one is asked for, at most once a second, so that an honest applet's picture goes on.
"""

from collections import OrderedDict
from enum import Enum, auto

from codec.picture.geometry import Grid
from codec.picture.packet import BadPacketError, PacketHeader, parse_header
from codec.token_bucket import Bucket, Rate
from codec.wire.messages import Display, Displays, Picture

UNASKED_KEYS = Rate(per_second=1.0, burst=2.0)
"""Whole pictures that nobody asked for: an applet sends one when a monitor changes."""
MOST_ASKED = 4
"""So many questions for a whole picture count at once."""
WORK = Rate(per_second=200e6, burst=500e6)
"""Bytes that pictures become: what is decompressed, and what a whole one wipes. The largest takes 235 MB."""
WORTH = 50
"""Each byte that really arrived may become so many more: a hundred times is what text and windows compress by."""
PICTURES = Rate(per_second=120.0, burst=600.0)
"""The applet sends sixty a second at most."""
MOST_WAITING_BYTES = 48 << 20
"""Pictures that no page has shown yet. The applet waits for `shown` when as much is under way as the line holds."""
MOST_WAITING = 600
REFRESH_SECONDS = 1.0
_PIXEL_BYTES = 4


class Ruling(Enum):
    """What becomes of a picture."""

    PASS = auto()
    DROP = auto()
    DROP_AND_REFRESH = auto()
    """Nothing is shown any more until a whole picture comes: ask for one."""
    FLOOD = auto()
    """More is sent than is taken: this applet keeps no rule."""


class PictureFilter:
    """The pictures of one session. `now` is in seconds of a steady clock."""

    def __init__(self, now: float) -> None:
        self.displays: dict[int, Display] = {}
        """What was announced, by number."""
        self.watched: int | None = None
        self._whole: tuple[int, int, int] | None = None
        """Display, width and height of the whole picture that others build on."""
        self._is_covered = False
        """Whether a film is over planes: what shows them again is painted as a whole."""
        self._asked = 0
        self._unasked = Bucket(UNASKED_KEYS, now)
        self._work = Bucket(WORK, now)
        self._pictures = Bucket(PICTURES, now)
        self._refreshed = now - REFRESH_SECONDS
        self._lost = False
        """Pictures were passed over, and no whole one has come since."""
        self._waiting: OrderedDict[int, int] = OrderedDict()
        self._waiting_bytes = 0

    def arrange(self, announced: Displays) -> Displays:
        """Take what is announced; return it without what is no display: too large, or with a number that is taken."""
        before = self.displays
        self.displays = {}
        for display in announced.displays:
            if display.id not in self.displays and _is_possible(display):
                self.displays[display.id] = display
        if any(display != before.get(number) for number, display in self.displays.items()):
            self._ask()  # a monitor that changed begins with a whole picture
        kept = list(self.displays.values())
        return announced if len(kept) == len(announced.displays) else Displays(kept)

    def darken(self) -> None:
        """Nothing may be seen any more; displays must be announced again."""
        self.displays = {}
        self.watch(None)

    def watch(self, display: int | None) -> None:
        """The technician watches this display from now on, or none."""
        self.watched = display
        self._asked = 0
        self._begin()
        if display is None:
            self._whole, self._lost = None, False
        else:
            self._ask()

    def refresh(self, display: int) -> None:
        """A whole picture has been asked for."""
        if display == self.watched:
            self._ask()
            self._begin()

    def shown(self, display: int, number: int) -> None:
        """A page shows this picture, so all before it are done with."""
        if display != self.watched or number not in self._waiting:
            return
        while self._waiting:
            oldest, size = self._waiting.popitem(last=False)
            self._waiting_bytes -= size
            if oldest == number:
                return

    def rule(self, picture: Picture, now: float) -> Ruling:
        """Decide about a picture. After DROP_AND_REFRESH call `refresh` with what is asked for."""
        display = self.displays.get(picture.display)
        if display is None or picture.display != self.watched:
            return Ruling.DROP
        if not self._pictures.take(1, now):
            return self._lose(now)
        try:
            head = parse_header(picture.packet)
        except BadPacketError:
            return self._lose(now)
        size = (picture.display, head.grid.width, head.grid.height)
        if (head.grid.width, head.grid.height) != (display.width, display.height):
            return self._lose(now)
        if not head.key and self._whole != size:
            return self._lose(now)
        self._work.add(WORTH * len(picture.packet))
        work = _work_of(head, self._is_covered)
        if (head.key and not self._may_begin(now)) or not self._work.take(work, now):
            return self._lose(now)
        self._whole, self._lost = size, False
        self._is_covered = head.planes is not None and not head.shows_planes
        return self._keep(picture)

    def overdue(self, now: float) -> int | None:
        """Return the display of which a whole picture must be asked for (again): the applet waits for `shown`."""
        if not self._lost or self.watched is None or now - self._refreshed < REFRESH_SECONDS:
            return None
        self._refreshed = now
        return self.watched

    def _keep(self, picture: Picture) -> Ruling:
        size = len(picture.packet)
        if self._waiting and (self._waiting_bytes + size > MOST_WAITING_BYTES or len(self._waiting) >= MOST_WAITING):
            return Ruling.FLOOD
        self._waiting_bytes += size - self._waiting.pop(picture.number, 0)
        self._waiting[picture.number] = size
        return Ruling.PASS

    def _may_begin(self, now: float) -> bool:
        if self._asked > 0:
            self._asked -= 1
            return True
        return self._unasked.take(1, now)

    def _ask(self) -> None:
        self._asked = min(self._asked + 1, MOST_ASKED)

    def _begin(self) -> None:
        """What is under way belongs to what was before."""
        self._waiting.clear()
        self._waiting_bytes = 0

    def _lose(self, now: float) -> Ruling:
        self._whole, self._lost = None, True
        if now - self._refreshed < REFRESH_SECONDS:
            return Ruling.DROP
        self._refreshed = now
        return Ruling.DROP_AND_REFRESH


def _is_possible(display: Display) -> bool:
    try:
        Grid(display.width, display.height)
    except ValueError:
        return False
    return True


def _work_of(head: PacketHeader, is_covered: bool) -> int:
    """Return how many bytes a picture becomes; a film's decoder writes each pixel of its rectangle."""
    is_whole = head.key or (is_covered and head.shows_planes)
    whole = head.grid.width * head.grid.height if is_whole else 0
    film = 0 if head.video is None else head.video.width * head.video.height
    return head.raw_bytes + _PIXEL_BYTES * (whole + film)
