"""The dot of a technician who points: a small window that takes neither focus nor clicks."""

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from applet.tools.pointing import CannotPoint, PointedAt
from applet.ui.tools.base import Part, Windows
from applet.ui.widgets import cut, shown_name
from codec.wire.messages import Cause
from codec.wire.tools import ToolName

OVERLAYS = ("xcb", "windows", "cocoa")
"""Qt's names of the platforms on which a program may place a window over those of others."""
DOT, RING, GAP, PADDING = 22, 3, 6, 8
COLOR = QColor("#D92D20")
NAME_CHARACTERS = 40
FADE_MILLISECONDS, FADE_STEPS = 40, 8
_FLAGS = (
    Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.Tool
    | Qt.WindowType.WindowTransparentForInput
    | Qt.WindowType.WindowDoesNotAcceptFocus
    | Qt.WindowType.BypassWindowManagerHint
)


class PointingPart(Part):
    """See Part."""

    tool = ToolName.POINTING

    def __init__(self, windows: Windows) -> None:
        super().__init__(windows)
        self._dot = Dot() if QGuiApplication.platformName() in OVERLAYS else None

    def take(self, news: PointedAt) -> None:
        """See Part."""
        if self._dot is None:
            if news.at is not None:
                self.windows.intend(CannotPoint(Cause.NO_OVERLAY))
        elif news.at is None:
            self._dot.fade()
        else:
            self._dot.point(news.at, shown_name(news.technician))

    def window(self) -> QWidget | None:
        """See Part."""
        return self._dot

    def close(self) -> None:
        """See Part."""
        if self._dot is not None:
            self._dot.vanish()


class Dot(QWidget):
    """The dot and a name beside it. Its shape is cut out, because not every desktop blends windows.

    It is part of the screen, so the technician sees it in the picture, and a recording shows it too.
    """

    def __init__(self) -> None:
        super().__init__(None, _FLAGS)
        self.setObjectName("pointing")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.ensurePolished()  # the name is measured in the program's own font, also before it is shown
        self._name = ""
        self._is_left = False
        self._faded = 0
        self._fading = QTimer(self)
        self._fading.setInterval(FADE_MILLISECONDS)
        self._fading.timeout.connect(self._fade)

    def point(self, at: tuple[int, int], name: str) -> None:
        """Show this pixel of the desktop."""
        place = logical(at)
        screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
        name = name if len(name) <= NAME_CHARACTERS else f"{name[: NAME_CHARACTERS - 1]}…"
        width = DOT + GAP + self._label(name).width()
        is_left = place.x() - DOT // 2 + width > screen.geometry().right()
        if (name, is_left) != (self._name, self._is_left) or self._faded or not self.isVisible():
            self._fading.stop()
            self._name, self._is_left, self._faded = name, is_left, 0
            self.setWindowTitle(name)
            self.resize(width, max(DOT, self._label(name).height()))
            self._look_again()
        self.move(place - self._dot().center())
        if not self.isVisible():
            self.show()
            self.raise_()

    def fade(self) -> None:
        """Let it become small, and go."""
        if self.isVisible() and not self._fading.isActive():
            self._fading.start()

    def vanish(self) -> None:
        """Take it away at once."""
        self._fading.stop()
        self._faded = 0
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Paint the dot with its ring, and the name beside it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), COLOR)
        painter.fillRect(self._dot(), Qt.GlobalColor.white)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(COLOR)
        painter.drawEllipse(self._shrunk().adjusted(RING, RING, -RING, -RING))
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(self._pill(), Qt.AlignmentFlag.AlignCenter, self._name)
        painter.end()

    def _fade(self) -> None:
        self._faded += 1
        if self._faded >= FADE_STEPS:
            self.vanish()
        else:
            self._look_again()

    def _look_again(self) -> None:
        """Cut the window to its shape. While it fades, only the dot is left."""
        shape = QPainterPath()
        shape.addEllipse(QRectF(self._shrunk()))
        if not self._faded and self._name:
            shape.addRoundedRect(QRectF(self._pill()), self._pill().height() / 2, self._pill().height() / 2)
        self.setMask(cut(self, shape))
        self.setWindowOpacity(1 - self._faded / FADE_STEPS)
        self.update()

    def _dot(self) -> QRect:
        left = self.width() - DOT if self._is_left else 0
        return QRect(left, (self.height() - DOT) // 2, DOT, DOT)

    def _shrunk(self) -> QRect:
        by = self._faded * DOT // (2 * FADE_STEPS)
        return self._dot().adjusted(by, by, -by, -by)

    def _pill(self) -> QRect:
        label = self._label(self._name)
        return QRect(0 if self._is_left else DOT + GAP, (self.height() - label.height()) // 2, *label.size().toTuple())

    def _label(self, name: str) -> QRect:
        metrics = self.fontMetrics()
        return QRect(0, 0, metrics.horizontalAdvance(name) + 2 * PADDING, metrics.height() + PADDING)


def logical(at: tuple[int, int]) -> QPoint:
    """Return where Qt has a pixel of the desktop: it scales each screen from its own corner."""
    for screen in QGuiApplication.screens():
        corner, ratio = screen.geometry().topLeft(), screen.devicePixelRatio()
        whole = QRect(corner, screen.size() * ratio)
        if whole.contains(QPoint(*at)):
            return corner + QPoint(int((at[0] - corner.x()) / ratio), int((at[1] - corner.y()) / ratio))
    return QPoint(*at)
