"""The page of a running session: what is allowed, the words, and the conversation."""

from collections.abc import Callable
from dataclasses import replace
from html import escape

from PySide6.QtCore import QDateTime, QLocale, QRect, Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from applet.session.ui_state import ChatLine, Intent, Say, Types, UiState
from applet.ui.style import set_role
from applet.ui.text_field import Field
from applet.ui.texts import access_text, attempt_text, kept_text, lost_text, note_text, recording_text, words_text
from applet.ui.texts import translate as _
from applet.ui.widgets import boxed, button, label, shown_name, shown_text
from codec.wire.messages import CHAT_CHARACTERS

TYPES_MILLISECONDS = 3_000
BUBBLE_SHARE = 0.84
ACROSS, ALONG = 30, 16
"""What a bubble's edge and padding take (style.py), and two pixels so that rounding never wraps a line."""


class ChatPage(QWidget):
    """Talks with the technician."""

    def __init__(self, intent: Callable[[Intent], None], end: Callable[[], None]) -> None:
        super().__init__()
        self._intent = intent
        self._last: ChatLine | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._top(end))
        self._log = _Log()
        column.addWidget(self._log, 1)
        self._types = label("", "hint")
        self._types.setContentsMargins(16, 4, 16, 0)
        column.addWidget(self._types)
        row = QHBoxLayout()
        row.setContentsMargins(12, 6, 12, 12)
        row.setSpacing(8)
        self._edit = Field()
        self._edit.setMaxLength(CHAT_CHARACTERS)
        self._edit.returnPressed.connect(self._say)
        self._edit.textEdited.connect(self._typing)
        row.addWidget(self._edit, 1)
        self._send = button(_("Send"), self._say, "primary")
        row.addWidget(self._send)
        column.addLayout(row)
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.timeout.connect(self._stopped_typing)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """See QWidget. What the customer types is what they want to say, never an answer to the button beside it."""
        super().showEvent(event)
        self._edit.setFocus()

    def show_ui_state(self, ui_state: UiState) -> None:
        """Show what is going on."""
        name = {"technician": shown_name(ui_state.technician)}
        self._title.setText(_("You are chatting with %(technician)s") % name)
        handed_over = replace(ui_state, handed_to=shown_name(ui_state.handed_to))
        self._allowed.setText(access_text(handed_over, shown_name(ui_state.technician)))
        self._recording.setVisible(ui_state.recording_since is not None and ui_state.online)
        self._kept.setVisible(ui_state.chat_kept)
        self._kept.setText(kept_text(shown_name(ui_state.organisation)))
        self._recording.setText("● " + recording_text(ui_state.recording_since, shown_name(ui_state.technician)))
        self._words.setVisible(bool(ui_state.words) and not ui_state.vouched)
        self._words.setText(words_text(ui_state, "-"))
        self._attempt.setVisible(ui_state.attempt > 1)
        self._attempt.setText(attempt_text(ui_state.attempt))
        self._offline.setVisible(not ui_state.online)
        note = note_text(ui_state, shown_name(ui_state.technician))
        self._note.setVisible(bool(note))
        self._note_text.setText(note)
        self._lost.setText(lost_text(ui_state))
        write, off = _("Write to %(technician)s") % name, _("The chat is off")
        self._edit.setPlaceholderText(write if ui_state.chat_on else off)
        self._edit.setEnabled(ui_state.chat_on)
        self._send.setEnabled(ui_state.chat_on)
        self._edit.setAccessibleName(self._edit.placeholderText())
        self._types.setText(_("%(technician)s is writing…") % name if ui_state.technician_types else "")
        for line in self._new(ui_state.chat):
            self._log.add(line, ui_state.technician)

    def clear(self) -> None:
        """Forget the conversation before the next one."""
        self._last = None
        self._log.clear()
        self._edit.clear()

    def write(self) -> None:
        """Let the person write."""
        self._edit.setFocus()

    def _top(self, end: Callable[[], None]) -> QVBoxLayout:
        top = QVBoxLayout()
        top.setContentsMargins(16, 4, 16, 12)
        top.setSpacing(4)
        self._title = label("", "title")
        self._allowed = label("", "quiet")
        self._kept = label("", "small")
        self._words = label("", "small")
        self._attempt = label("", "small")
        self._note, self._note_text = boxed("notice")
        self._offline, self._lost = boxed("notice")
        row = QHBoxLayout()
        row.addWidget(self._title, 1)
        row.addWidget(button(_("End session"), end), 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(row)
        self._recording = label("", "recording")
        for part in (self._allowed, self._kept, self._recording, self._words, self._attempt, self._offline, self._note):
            top.addWidget(part)
        return top

    def _new(self, chat: tuple[ChatLine, ...]) -> tuple[ChatLine, ...]:
        """Return the lines that are not in the log yet."""
        known = next((at for at in range(len(chat) - 1, -1, -1) if chat[at] is self._last), -1)
        if chat:
            self._last = chat[-1]
        return chat[known + 1 :]

    def _say(self) -> None:
        text = self._edit.text().strip()
        if text:
            self._intent(Say(text))
            self._edit.clear()
            self._stopped_typing()

    def _typing(self) -> None:
        if not self._silence.isActive():
            self._intent(Types(True))
        self._silence.start(TYPES_MILLISECONDS)

    def _stopped_typing(self) -> None:
        self._silence.stop()
        self._intent(Types(False))


class _Log(QScrollArea):
    """The lines, newest at the bottom."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(_("Conversation"))
        self.clear()
        self.verticalScrollBar().rangeChanged.connect(lambda _low, high: self.verticalScrollBar().setValue(high))

    def clear(self) -> None:
        """Begin with an empty log."""
        inner = QWidget()
        self._bubbles: dict[QLabel, str] = {}
        """Each with what is read on it."""
        set_role(inner, "log")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(16, 12, 16, 12)
        self._column.setSpacing(4)
        self._column.addStretch(1)
        self.setWidget(inner)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Fit every bubble again; first, as the area makes its inside no narrower than the widest of them."""
        for bubble, text in self._bubbles.items():
            self._fit(bubble, text)
        self._column.invalidate()
        self._column.activate()
        super().resizeEvent(event)

    def add(self, line: ChatLine, technician: str) -> None:
        """Add one line."""
        at = QLocale().toString(QDateTime.fromMSecsSinceEpoch(line.at).time(), QLocale.FormatType.ShortFormat)
        side = Qt.AlignmentFlag.AlignRight if line.mine else Qt.AlignmentFlag.AlignLeft
        when = label(at if line.mine else f"{shown_name(line.by or technician)} {at}", "hint")
        when.setAlignment(side)
        self._column.addWidget(when)
        row = QHBoxLayout()
        text = _breakable(shown_text(line.text))
        bubble = self._bubble(line, text)
        row.addWidget(bubble)
        row.insertStretch(0 if line.mine else 1, 1)
        self._column.addLayout(row)
        bubble.ensurePolished()
        self._fit(bubble, text)

    def _bubble(self, line: ChatLine, text: str) -> QLabel:
        bubble = label(text, "mine" if line.mine else "theirs")
        bubble.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if line.link:  # the browser opens it when it is chosen, by mouse or keyboard
            bubble.setTextFormat(Qt.TextFormat.RichText)
            bubble.setText(f'<a href="{escape(line.text)}">{escape(text)}</a>')
            bubble.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
            bubble.setOpenExternalLinks(True)
            bubble.setAccessibleName(line.text)
        self._bubbles[bubble] = text
        return bubble

    def _fit(self, bubble: QLabel, shown: str) -> None:
        """Make a bubble as wide as its text, up to its share of the window."""
        room = round(self.viewport().width() * BUBBLE_SHARE) - ACROSS
        lines = QRect(0, 0, room, 1 << 20)
        text = bubble.fontMetrics().boundingRect(lines, Qt.TextFlag.TextWordWrap, shown)
        bubble.setFixedSize(text.width() + ACROSS, text.height() + ALONG)


def _breakable(text: str, every: int = 30) -> str:
    """Let a word that is too long for the window break."""
    words = text.split(" ")
    return " ".join(
        word if len(word) <= every else "\u200b".join(word[at : at + every] for at in range(0, len(word), every))
        for word in words
    )
