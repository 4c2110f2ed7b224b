"""Tells the relay whether the technician is here, and the pages what it says of colleagues and of those who wait."""

import time
from collections.abc import Callable

from codec.wire.group_settings import GroupSettings
from codec.wire.signals import Attention, Technicians, TimeLimits, ToConsole
from console.page import messages as said
from console.page.open_pages import Page, Pages
from console.session.attendance import Attendance


class Attending:
    """`say` tells the relay something, or is not called while `is_online` is false."""

    def __init__(self, pages: Pages, say: Callable[[Attention], None], is_online: Callable[[], bool]) -> None:
        self._pages = pages
        self._say = say
        self._is_online = is_online
        self._attendance = Attendance(time.monotonic())
        self._settings: GroupSettings | None = None
        self._told: dict[type, Technicians | TimeLimits] = {}
        """What the relay said last, for pages that come later."""

    def page_opened(self, page: Page) -> None:
        """A page is there: tell it who is."""
        self._attendance.page_opened(time.monotonic())
        for told in self._told.values():
            page.tell(told)

    def page_closed(self) -> None:
        """A page is gone."""
        self._attendance.page_closed(time.monotonic())

    def page_said(self, message: said.FromPage) -> None:
        """A page says something; what has nothing to do with this is passed over."""
        match message:
            case said.Used():
                self._attendance.used(time.monotonic())
                self.tell()
            case said.ChooseStatus(status):
                self._attendance.chose(status, time.monotonic())
                self.tell()
            case _ if self._settings is None:
                self._attendance.used(time.monotonic())  # who signs in is there, however long no one was

    def heard(self, signal: ToConsole) -> None:
        """The relay says something; what has nothing to do with this is passed over."""
        if isinstance(signal, Technicians | TimeLimits):
            self._told[type(signal)] = signal
            self._pages.tell_all(signal)

    def signed_in(self, settings: GroupSettings) -> None:
        """The relay has told everything on a new line, and knows nothing of this console yet."""
        self._settings = settings
        self._attendance.forget_told()
        self.tell()

    def follow(self, settings: GroupSettings) -> None:
        """This is what holds for the group from now on."""
        self._settings = settings
        self.tell()

    def signed_out(self) -> None:
        """No one is signed in."""
        self._settings = None
        self._told.clear()
        self._attendance.begin_again(time.monotonic())

    def tell(self) -> None:
        """Tell the relay what it does not know."""
        if self._settings is None or not self._is_online():
            return
        news = self._attendance.news(time.monotonic(), self._settings.console_away_after)
        if news is not None:
            self._say(news)

    @property
    def must_sign_out(self) -> bool:
        """Whether no page was used for so long that the sign-in ends (TECH-09)."""
        limit = 0 if self._settings is None else self._settings.console_sign_out_after
        return self._attendance.is_unused(time.monotonic(), limit)
