import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QPushButton

from applet.ui.app import Links, make_application
from applet.ui.link_offer import LinkOffer


class Kept:
    """A handler that remembers, or fails."""

    def __init__(self) -> None:
        self.ours = False
        self.fails = False

    def is_ours(self) -> bool:
        return self.ours

    def take(self) -> None:
        if self.fails:
            raise OSError("the disk is full")
        self.ours = True

    def give_up(self) -> None:
        self.ours = False


def test_nothing_is_changed_before_the_customer_allows_it_and_it_is_taken_back() -> None:
    make_application()
    kept = Kept()
    offer = LinkOffer(kept)
    change = offer.findChild(QPushButton)
    assert change is not None
    assert not kept.ours
    kept.fails = True
    change.click()
    assert not kept.ours
    assert "the disk is full" in offer._says.text()
    kept.fails = False
    change.click()
    assert kept.ours
    assert change.text() == "Undo"
    change.click()
    assert not kept.ours
    assert not LinkOffer(None).isVisibleTo(None)


def test_a_link_that_macos_opens_is_heard() -> None:
    application = make_application()
    heard: list[str] = []
    links = Links(application, heard.append)
    link = "deskside://open?relay=https%3A%2F%2Fhelp.example&pin=482133"
    for each in (link, "https://help.example/"):
        QCoreApplication.sendEvent(application, QFileOpenEvent(QUrl(each)))
    application.removeEventFilter(links)
    assert heard == [link, ""], "any other only brings the window to the front"
