"""F5: what the person here takes back holds in the thread in which they do so, however busy the engine is."""

import threading
from collections.abc import Callable

import pytest

from applet.app import EngineThread
from applet.session.stop_latch import EVERYTHING
from applet.session.ui_state import Intent, Leave, Revoke, Stop, UiState
from codec.session.path_manager import LinkKind
from codec.wire.access import Access
from tests.support.xvfb import virtual_display


@pytest.mark.parametrize(
    ("intent", "left"),
    [
        (Stop(by_key=False), frozenset[Access]()),
        (Leave(), frozenset[Access]()),
        (Revoke(Access.CONTROL), EVERYTHING - {Access.CONTROL}),
    ],
)
def test_a_stop_holds_while_the_loop_is_busy(
    intent: Intent, left: frozenset[Access], monkeypatch: pytest.MonkeyPatch
) -> None:
    with virtual_display() as display:
        monkeypatch.setenv("DISPLAY", display.name)
        engine = EngineThread(None, lambda _ui_state: None, lambda _news: None)
        engine.start()
        busy, go_on = threading.Event(), threading.Event()

        def hold() -> None:
            busy.set()
            go_on.wait()

        call_in(engine, hold)
        assert busy.wait(10)
        engine.latch.begin()
        engine.latch.open(EVERYTHING, engine.latch.mark())
        engine.intent(intent)
        assert {access for access in Access if engine.latch.passes(access)} == left
        go_on.set()
        engine.close()


def call_in(engine: EngineThread, happened: Callable[[], None]) -> None:
    """Have the engine's loop do this."""
    assert engine._loop is not None
    engine._loop.call_soon_threadsafe(happened)


@pytest.mark.finding("use-B1")
def test_a_technician_who_does_not_come_back_is_told_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("applet.session.engine.CHANGE_SECONDS", 0.0)
    monkeypatch.setattr("applet.session.engine.AWAY_SECONDS", 0.01)
    with virtual_display() as display:
        monkeypatch.setenv("DISPLAY", display.name)
        away, told = threading.Event(), list[UiState]()

        def show(ui_state: UiState) -> None:
            told.append(ui_state)
            if ui_state.away:
                away.set()

        engine = EngineThread(None, show, lambda _news: None)
        engine.start()
        call_in(engine, lambda: moved(engine, None))
        assert away.wait(10)
        call_in(engine, lambda: moved(engine, LinkKind.RELAYED))
        call_in(engine, away.clear)
        engine.close()
        assert [(each.online, each.away) for each in told[-3:]] == [(False, False), (False, True), (True, False)]


def moved(engine: EngineThread, kind: LinkKind | None) -> None:
    """The session travels another way, or has none."""
    assert engine._engine is not None
    engine._engine._moved(kind)
