"""The few widgets that all windows are made of."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from applet.window.style import mark, pixmap, set_role

MAX_NAME = 44
FIRST_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def shown_name(name: str) -> str:
    """Return a name as it may stand inside a sentence: cut where it is too long, and kept from turning text around."""
    name = " ".join(name.split())
    cut = name if len(name) <= MAX_NAME else f"{name[: MAX_NAME - 1]}…"
    return f"{FIRST_ISOLATE}{cut}{POP_ISOLATE}"


def label(text: str = "", role: str = "") -> QLabel:
    """Return text that wraps; never read as markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    if role:
        set_role(made, role)
    return made


def button(text: str, pressed: Callable[[], None], role: str = "") -> QPushButton:
    """Return a button that Enter presses only when it has the focus."""
    made = QPushButton(text)
    made.setAutoDefault(False)
    made.clicked.connect(lambda _checked: pressed())
    if role:
        set_role(made, role)
    return made


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


class Head(QWidget):
    """The top of each window: whose help this is."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 8)
        row.setSpacing(10)
        sign = QLabel()
        sign.setPixmap(mark(26))
        self._name = label("Deskside", "organisation")
        row.addWidget(sign)
        row.addWidget(self._name, 1)

    def show_organisation(self, name: str) -> None:
        """Show whose help this is."""
        self._name.setText(shown_name(name) if name else "Deskside")


class Choice(QPushButton):
    """A big button: an icon, what it does, and what that means."""

    def __init__(self, icon: str, title: str, meaning: str, colour: str, pressed: Callable[[], None]) -> None:
        super().__init__()
        set_role(self, "choice")
        self.setAutoDefault(False)
        self.setAccessibleName(title)
        self.setAccessibleDescription(meaning)
        self.clicked.connect(lambda _checked: pressed())
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 11)
        row.setSpacing(14)
        sign = QLabel()
        sign.setPixmap(pixmap(icon, colour))
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(label(title, "strong"))
        texts.addWidget(label(meaning, "small"))
        row.addWidget(sign)
        row.addLayout(texts, 1)
        for part in self.findChildren(QLabel):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

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
