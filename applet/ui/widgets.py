"""The few widgets that all windows are made of.

Every label, button and tooltip is made here, and none of them reads its text as markup, mnemonics or directions:
what others call themselves or write is shown as they wrote it.
"""

from collections.abc import Callable
from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QBitmap, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from applet.session.hosts import shown_host
from applet.ui.style import is_dark, mark, pixmap, set_role, tokens
from applet.ui.texts import translate as _
from codec.host.safe_text import for_terminal, lines_for_terminal

MAX_NAME = 44
LEFT_TO_RIGHT_ISOLATE, FIRST_ISOLATE, POP_ISOLATE = "\u2066", "\u2068", "\u2069"
_MARKS_OF_DIRECTION = dict.fromkeys(map(ord, "\u200e\u200f\u061c"))


def shown_name(name: str) -> str:
    """Return a name as it may appear inside a sentence.

    It is cut where it is too long, what steers a terminal or turns text around is written out, and it cannot turn the
    sentence around it.
    """
    name = for_terminal(" ".join(name.split()))
    cut = name if len(name) <= MAX_NAME else f"{name[: MAX_NAME - 1]}…"
    return f"{FIRST_ISOLATE}{cut}{POP_ISOLATE}"


def shown_text(text: str) -> str:
    """Return what a person wrote: its own lines, without what turns text around. Marks of direction are left out."""
    return lines_for_terminal(text.translate(_MARKS_OF_DIRECTION).replace("\t", "    "))


def shown_address(relay: str | None) -> str:
    """Return the host of a relay, which may break after each dot and always reads from left to right."""
    return "" if relay is None else f"{LEFT_TO_RIGHT_ISOLATE}{shown_host(relay)}{POP_ISOLATE}".replace(".", ".\u200b")


def label(text: str = "", role: str = "") -> QLabel:
    """Return text that wraps; never read as markup."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(True)
    if role:
        set_role(made, role)
    return made


def picture(shown: QPixmap | None = None) -> QLabel:
    """Return a label without text, for a picture or a colour."""
    made = label()
    made.setWordWrap(False)
    if shown is not None:
        made.setPixmap(shown)
    return made


def button(text: str, pressed: Callable[[], None], role: str = "") -> QPushButton:
    """Return a button that Enter presses only when it has the focus."""
    made = QPushButton()
    write_on(made, text)
    made.setAutoDefault(False)
    made.clicked.connect(lambda _checked: pressed())
    if role:
        set_role(made, role)
    return made


def tick(text: str) -> QCheckBox:
    """Return a box to tick."""
    made = QCheckBox()
    write_on(made, text)
    return made


def write_on(made: QAbstractButton, text: str) -> None:
    """Write on a button; an & is an &, not the mark of a mnemonic."""
    made.setText(text.replace("&", "&&"))


def explain(widget: QWidget, text: str) -> None:
    """Give a widget a tooltip. Qt guesses whether one is markup, so it gets markup in which everything is escaped."""
    widget.setToolTip(f"<span>{escape(text)}</span>" if text else "")


def rule() -> QFrame:
    """Return a hairline."""
    made = QFrame()
    set_role(made, "rule")
    made.setFixedHeight(1)
    return made


def boxed(role: str) -> tuple[QFrame, QLabel]:
    """Return a coloured box with a sentence in it, hidden at first."""
    frame = QFrame()
    set_role(frame, role)
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(12, 9, 12, 9)
    sentence = label()
    layout.addWidget(sentence)
    frame.hide()
    return frame, sentence


class PageHeading(QWidget):
    """The top of each window: which host this is, and what it calls itself. Only the host is proven."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 8)
        row.setSpacing(10)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        self._host, self._name = label("Deskside", "host"), label("", "small")
        texts.addWidget(self._host)
        texts.addWidget(self._name)
        row.addWidget(picture(mark(26)), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        self._name.hide()

    def show_relay(self, relay: str | None, organisation: str) -> None:
        """Show with whom the program speaks."""
        self._host.setText(shown_address(relay) or "Deskside")
        self._name.setText(_("They call themselves %(organisation)s") % {"organisation": shown_name(organisation)})
        self._name.setVisible(bool(organisation))


class Choice(QPushButton):
    """A big button: an icon, what it does, and what that means."""

    def __init__(self, pressed: Callable[[], None]) -> None:
        super().__init__()
        set_role(self, "choice")
        self.setAutoDefault(False)
        self.clicked.connect(lambda _checked: pressed())
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 11)
        row.setSpacing(14)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        self._icon, self._title, self._meaning = picture(), label("", "strong"), label("", "small")
        texts.addWidget(self._title)
        texts.addWidget(self._meaning)
        row.addWidget(self._icon)
        row.addLayout(texts, 1)
        for part in (self._icon, self._title, self._meaning):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def say(self, icon: str, title: str, meaning: str) -> None:
        """Show what this answer is."""
        self._icon.setPixmap(pixmap(icon, tokens(is_dark())["text_2"]))
        self._title.setText(title)
        self._meaning.setText(meaning)
        self.setAccessibleName(title)
        self.setAccessibleDescription(meaning)

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Room for both lines."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def hasHeightForWidth(self) -> bool:  # noqa: N802  (Qt's name)
        """The meaning may wrap."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802  (Qt's name)
        """The height that the wrapped text needs."""
        layout = self.layout()
        return layout.heightForWidth(width) if layout is not None else super().heightForWidth(width)


def cut(widget: QWidget, shape: QPainterPath) -> QBitmap:
    """Return the mask that leaves this of a widget: not every desktop blends windows, and a region is coarse."""
    mask = QBitmap(widget.size())
    mask.fill(Qt.GlobalColor.color0)
    painter = QPainter(mask)
    painter.fillPath(shape, Qt.GlobalColor.color1)
    painter.end()
    return mask
