"""Puts the applet together: the only file that knows all of its parts."""

import asyncio
import logging
import sys
import threading
import time
from collections.abc import Callable

from applet.input.base import Input, InputError, Listener, LocalInput
from applet.input.injected import InjectedEvents
from applet.screen.base import Watched, Watcher
from applet.screen.mss_screen import open_screen
from applet.session.engine import Engine
from applet.session.stop_latch import StopLatch
from applet.session.ui_state import Intent, Leave, Revoke, Stop, ToolNews, UiState
from applet.state_files import open_known_relays, open_wrong_secrets, state_folder
from applet.tools.base import Platform

JOIN_SECONDS = 5.0
_log = logging.getLogger(__name__)


class EngineThread:
    """Runs the engine's loop beside the window. `intent` may be called from any thread."""

    def __init__(self, relay: str | None, show: Callable[[UiState], None], tell: Callable[[ToolNews], None]) -> None:
        self._relay = relay
        self._show = show
        self._tell = tell
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._engine: Engine | None = None
        self.latch = StopLatch()
        """What may be done at this moment, for the window's thread too."""
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self.ended: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Start; return when intents are taken."""
        self._thread.start()
        self._ready.wait()

    def intent(self, intent: Intent) -> None:
        """Hand in an intent. What takes something back holds when this returns, whatever the engine is busy with."""
        match intent:
            case Stop(by_key=by_key):
                self.latch.stop(by_key=by_key)
            case Revoke(access=access):
                self.latch.stop(frozenset({access}))
            case Leave():
                self.latch.leave()
        if self._loop is None or self._engine is None:
            return
        try:
            self._loop.call_soon_threadsafe(self._engine.intent, intent)
        except RuntimeError:
            _log.info("%s came after the end", type(intent).__name__)

    def close(self) -> None:
        """End the session and the thread."""
        self.intent(Leave(quit=True))
        self._thread.join(JOIN_SECONDS)

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        finally:
            self._ready.set()
            self.ended()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._engine = make_engine(self._relay, self._show, self._tell, self.latch)
        self._ready.set()
        await self._engine.run()


def make_engine(
    relay: str | None, show: Callable[[UiState], None], tell: Callable[[ToolNews], None], latch: StopLatch
) -> Engine:
    """Return the engine for this computer."""
    injected = InjectedEvents(time.monotonic)
    platform = Platform(
        open_screen=open_screen,
        open_watcher=_watcher(),
        open_input=lambda may: _open_input(injected, may),
        open_listener=lambda hand: _open_listener(hand, injected),
    )
    kept = state_folder()
    wrong_secrets, relays = open_wrong_secrets(kept), open_known_relays(kept)
    return Engine(relay, show, tell, platform, latch, wrong_secrets, relays)


def _watcher() -> Callable[[Watched], Watcher] | None:
    if sys.platform != "linux":
        return None
    from applet.screen.x11_watcher import X11Watcher  # noqa: PLC0415  (python-xlib is for X11 only)

    return X11Watcher


def _open_input(ours: InjectedEvents, may: Callable[[], bool]) -> Input:
    if sys.platform == "linux":
        from applet.input.guard import Guard  # noqa: PLC0415  (python-xlib is for X11 only)
        from applet.input.x11_input import X11Input  # noqa: PLC0415  (the same)

        return X11Input(ours, may, Guard)
    from applet.input.pynput_input import PynputInput  # noqa: PLC0415  (pynput is for Windows and macOS only)

    return PynputInput(may)


def _open_listener(hand: LocalInput, ours: InjectedEvents) -> Listener:
    if sys.platform == "linux":
        from applet.input.x11_leftovers import tidy  # noqa: PLC0415  (python-xlib is for X11 only)
        from applet.input.x11_listener import X11Listener  # noqa: PLC0415  (the same)

        tidy()
        return X11Listener(hand, ours)
    raise InputError("the stop key is heard on X11 only, so far; the red button works everywhere")
