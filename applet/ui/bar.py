"""The bar above everything while the technician watches or controls: who it is, and a red button that ends it."""

import time
from collections.abc import Callable

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QMouseEvent, QPainterPath, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from applet.session.ui_state import Intent, Revoke, Stage, Stop, UiState
from applet.ui.style import icon, is_dark, look_again, set_role, tokens
from applet.ui.texts import clock_text
from applet.ui.texts import translate as _
from applet.ui.widgets import button, cut, explain, label, picture, shown_name
from codec.wire.access import Access

FROM_THE_EDGE = 8
RADIUS = 10
_FLAGS = Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.Tool


class Bar(QWidget):
    """Always on top while anything is allowed. It takes no focus, and can be dragged out of the way."""

    def __init__(self, intent: Callable[[Intent], None], open_chat: Callable[[], None]) -> None:
        super().__init__(None, _FLAGS)
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(_("Who is watching"))
        self._drag: QPoint | None = None
        self._was_dragged = False
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 7, 8, 7)
        row.setSpacing(12)
        self._light = picture()
        self._light.setObjectName("light")
        texts = QVBoxLayout()
        texts.setSpacing(0)
        self._what, self._how = label("", "strong"), label("", "small")
        for text in (self._what, self._how):
            text.setWordWrap(False)
            texts.addWidget(text)
        self._only_view = button(_("View only"), lambda: intent(Revoke(Access.CONTROL)))
        self._chat = QToolButton()
        self._chat.setIcon(icon("chat", tokens(is_dark())["text_2"]))
        self._chat.clicked.connect(lambda _checked: open_chat())
        self._chat.setFixedSize(34, 34)
        self._badge = label("", "badge")
        self._badge.setParent(self._chat)
        self._badge.setWordWrap(False)
        self._badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._badge.hide()
        self._stop = button(_("Stop"), lambda: None, "stop")
        self._stop.pressed.connect(lambda: intent(Stop(by_key=False)))  # when it goes down, not when it comes up again
        row.addWidget(self._light)
        row.addLayout(texts, 1)
        row.addWidget(self._only_view)
        row.addWidget(self._chat)
        row.addWidget(self._stop)
        for part in (self._only_view, self._chat, self._stop):
            part.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._ui_state = UiState()
        self._clock = QTimer(self)
        self._clock.setInterval(1_000)
        self._clock.timeout.connect(self._tell_how)

    def show_ui_state(self, ui_state: UiState, unread: int) -> None:
        """Show who does what; hide when nothing is allowed."""
        self._ui_state = ui_state
        may = ui_state.granted - {Access.RECORD}
        if ui_state.stage is not Stage.TOGETHER or not (may or ui_state.recording_since):
            self._clock.stop()
            self.hide()
            return
        name = {"technician": shown_name(ui_state.technician)}
        controls = Access.CONTROL in ui_state.granted
        what = _("%(technician)s controls your computer") if controls else _("%(technician)s sees your screen")
        if not ui_state.online:
            what = _("Not connected to %(technician)s")
        self._what.setText(what % name)
        self._show_recording()
        self._only_view.setVisible(controls)
        self._show_unread(unread)
        self.adjustSize()
        if not self.isVisible():
            self._was_dragged = False
            self.show()
        self._place()

    def _show_recording(self) -> None:
        """A red light, and a time that runs, say that it is recorded: the red light says nothing else.

        Without a connection there is nothing to record, so neither is shown.
        """
        records = self._ui_state.recording_since is not None and self._ui_state.online
        set_role(self._light, "records" if records else "" if self._ui_state.online else "waits")
        explain(self._light, _("Recording") if records else "")
        look_again(self._light)
        if records and not self._clock.isActive():
            self._clock.start()
        elif not records:
            self._clock.stop()
        self._tell_how()

    def _tell_how(self) -> None:
        ui_state = self._ui_state
        how = [
            _("Press Pause or Ctrl+Alt+Shift+S to stop") if ui_state.stop_key else _("Press Stop to end the session")
        ]
        if Access.CLIPBOARD in ui_state.granted:
            how.append(_("shared clipboard"))
        if not ui_state.online:
            how = [_("No one can see your screen") if ui_state.away else _("Restoring the connection")]
        elif ui_state.recording_since is not None:
            how.append(_("recording %s") % clock_text(time.time() - ui_state.recording_since))
        self._how.setText(" · ".join(how))
        self.adjustSize()
        self._place()

    def _show_unread(self, unread: int) -> None:
        name = _("Chat, %s new") % unread if unread else _("Chat")
        self._chat.setAccessibleName(name)
        explain(self._chat, name)
        self._badge.setVisible(unread > 0)
        self._badge.setText(str(min(unread, 99)))
        self._badge.adjustSize()
        self._badge.move(self._chat.width() - self._badge.width() - 1, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Round the corners, also where no compositor would blend them."""
        super().resizeEvent(event)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        self.setMask(cut(self, shape))

    def _place(self) -> None:
        """Be at the top, in the middle, until someone drags it elsewhere.

        Each time: Qt takes a window without a frame to be in the corner now and then, and resizes it there.
        """
        if self._was_dragged:
            return
        room = QGuiApplication.primaryScreen().availableGeometry()
        self.move(room.center().x() - self.width() // 2, room.top() + FROM_THE_EDGE)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Begin to drag."""
        self._drag = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Drag."""
        if self._drag is not None:
            self._was_dragged = True
            self.move(event.globalPosition().toPoint() - self._drag)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Stop dragging."""
        super().mouseReleaseEvent(event)
        self._drag = None
