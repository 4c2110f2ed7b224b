"""Offers that this file opens the links of the relay's page from now on, and takes it back."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from applet.install.link_handler import LinkHandler
from applet.ui.texts import translate as _
from applet.ui.widgets import button, label, write_on


class LinkOffer(QWidget):
    """Hidden where there is nothing to offer. Nothing is changed before the customer presses."""

    def __init__(self, handler: LinkHandler | None) -> None:
        super().__init__()
        self._handler = handler
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._says = label("", "hint")
        self._change = button("", self._changed)
        row.addWidget(self._says, 1)
        row.addWidget(self._change)
        self.look()

    def look(self) -> None:
        """Show how it is."""
        self.setVisible(self._handler is not None)
        if self._handler is None:
            return
        if self._handler.is_ours():
            self._says.setText(_("Next time, the help page can open this program."))
            write_on(self._change, _("Undo"))
        else:
            self._says.setText(_("Let the help page open this program next time?"))
            write_on(self._change, _("Allow"))

    def _changed(self) -> None:
        handler = self._handler
        if handler is None:
            return
        try:
            if handler.is_ours():
                handler.give_up()
            else:
                handler.take()
        except OSError as error:
            self._says.setText(_("That could not be changed: %(why)s") % {"why": error})
            return
        self.look()
