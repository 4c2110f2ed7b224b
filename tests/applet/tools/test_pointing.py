"""Where a technician points: as often as a screen can show it, only where there is a display, and not for long."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from applet.session.ui_state import ToolNews, UiState
from applet.tools import pointing
from applet.tools.pointing import CannotPoint, PointedAt, PointingTool, pixel_of
from codec.wire.access import Access
from codec.wire.messages import POSITIONS, Cause, Display, Message, Notice, Point, Trouble
from tests.support.waiting import eventually

LEFT, RIGHT = Display(1, "left", -1920, 0, 1920, 1080), Display(0, "right", 0, 100, 800, 600)
SEES = frozenset({Access.VIEW})


@dataclass
class Host:
    """What the tool says to both sides."""

    told: list[ToolNews] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    is_asking: bool = False
    displays: list[Display] = field(default_factory=lambda: [LEFT, RIGHT])
    ui_state: UiState = field(default_factory=lambda: UiState(technician="Anna"))

    def __post_init__(self) -> None:
        self.tell = self.told.append
        self.send = self.sent.append

    def tool(self) -> PointingTool:
        host: Any = self
        return PointingTool(host)

    async def hears(self, news: PointedAt) -> None:
        await eventually(lambda: self.told[-1:] == [news])


def test_a_place_is_the_very_pixel_of_its_display() -> None:
    assert pixel_of(Point(0, 0, 0), [LEFT, RIGHT]) == (0, 100)
    assert pixel_of(Point(0, POSITIONS - 1, POSITIONS - 1), [LEFT, RIGHT]) == (799, 699)
    assert pixel_of(Point(1, POSITIONS // 2, POSITIONS // 2), [LEFT, RIGHT]) == (-960, 540)
    assert pixel_of(Point(7, 0, 0), [LEFT, RIGHT]) is None


async def test_a_million_places_are_shown_as_often_as_a_screen_can() -> None:
    host = Host()
    tool = host.tool()
    begun = asyncio.get_running_loop().time()
    for number in range(1_000):
        for _ in range(1_000):
            tool.take(Point(0, number, 0))
        await asyncio.sleep(0)
    took = asyncio.get_running_loop().time() - begun
    await host.hears(PointedAt((999 * 800 // POSITIONS, 100), "Anna"))
    assert len(host.told) <= took / pointing.SHOW_SECONDS + 2


@pytest.mark.parametrize(
    "ends",
    [
        lambda tool, _host: tool.take(Point(0, 0, 0, on=False)),
        lambda tool, _host: tool.take(Point(7, 0, 0)),
        lambda tool, _host: tool.allow(frozenset()),
        lambda tool, _host: tool.asked(),
        lambda tool, _host: tool.lost(),
        lambda tool, _host: tool.end(),
    ],
    ids=["off", "display gone", "not allowed", "a question", "line lost", "over"],
)
async def test_the_dot_goes_at_once(ends: Callable[[PointingTool, Host], None]) -> None:
    host = Host()
    tool = host.tool()
    tool.allow(SEES)
    tool.take(Point(0, 0, 0))
    await host.hears(PointedAt((0, 100), "Anna"))
    tool.take(Point(0, 99, 99))
    ends(tool, host)
    assert host.told[-1] == PointedAt(None, "Anna")
    told = len(host.told)
    await asyncio.sleep(2 * pointing.SHOW_SECONDS)
    assert len(host.told) == told, "what was said before is not shown after it"


async def test_nothing_points_at_the_answers_to_a_question() -> None:
    host = Host(is_asking=True)
    tool = host.tool()
    tool.take(Point(0, 0, 0))
    await asyncio.sleep(2 * pointing.SHOW_SECONDS)
    assert host.told == []


async def test_it_goes_after_a_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pointing, "SILENT_SECONDS", 0.05)
    host = Host()
    host.tool().take(Point(0, 0, 0))
    await host.hears(PointedAt((0, 100), "Anna"))
    await host.hears(PointedAt(None, "Anna"))


@pytest.mark.parametrize("cause", [Cause.NO_OVERLAY, Cause.NO_WINDOW])
async def test_the_technician_hears_why_there_is_no_dot_for_as_long_as_there_is_none(
    cause: Cause, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was taken back after ten seconds, as if it had passed, and the next try failed again."""
    host = Host()
    tool = host.tool()
    tool.take(Point(0, 0, 0))
    await host.hears(PointedAt((0, 100), "Anna"))
    timers: list[object] = []
    monkeypatch.setattr(asyncio.get_running_loop(), "call_later", lambda *given: timers.append(given))
    for _ in range(3):
        tool.unseen() if cause is Cause.NO_WINDOW else tool.intend(CannotPoint(cause))
        tool.take(Point(0, 1, 1))
    why = Notice(Trouble.CANNOT_POINT, on=True, cause=cause, lasting=True)
    assert (host.sent, timers) == ([why], []), "nothing takes it back"
    tool.end()
    assert host.sent[1:] == [Notice(Trouble.CANNOT_POINT, on=False)]
