"""The relay as a process: from its start, through reloads, to its end."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from datetime import timedelta

from codec import __version__
from codec.errors import DesksideError
from codec.host.loaded import freeze_loaded
from codec.host.terminal import say_whole
from relay.accounts.service import Accounts
from relay.accounts.setup_token import SetupToken
from relay.app import running
from relay.config.settings import Settings, describe
from relay.config.sources import Loaded
from relay.credentials.password_hashing import Passwords
from relay.host.systemd import READY, tell_service_manager
from relay.logs.events import RELOADED, STARTED, STOPPED, tell
from relay.maintenance.restore import is_staged
from relay.store.database import Store, open_store
from relay.web.certificate import Certificate

_RELOADED = {"log_level", "log_format"}
"""What takes effect without a restart, beside the content of the certificate's files."""
LOOK_SECONDS = 2.0
"""So often it looks whether a backup waits."""
_log = logging.getLogger(__name__)


async def serve(loaded: Loaded, load: Callable[[], Loaded], apply: Callable[[Settings], None]) -> int:
    """Run the relay until it is told to end; return the exit code.

    On SIGHUP `load` reads the settings again, and `apply` puts those into effect that can be. When a backup waits to be
    put back, it begins again with that. Raises DesksideError and OSError where it cannot start.
    """
    loop, stop, reload = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, reload.set)
    began = loop.time()
    while not stop.is_set():
        async with running(loaded.settings) as certificate:
            await _begin(loaded)
            while not stop.is_set() and not is_staged(loaded.settings.data):
                await _first_of(stop, reload, seconds=LOOK_SECONDS)
                if reload.is_set():
                    reload.clear()
                    _reload(loaded, load, apply, certificate)
    tell(STOPPED, seconds=round(loop.time() - began))
    return 0


async def _begin(loaded: Loaded) -> None:
    settings = loaded.settings
    tell(
        STARTED,
        version=__version__,
        listen=settings.listen,
        url=settings.url,
        data=str(settings.data.absolute()),
        config=None if loaded.file is None else str(loaded.file),
        pid=os.getpid(),
    )
    say_whole(f"Deskside relay: {settings.url}")
    await _say_token(settings)
    tell_service_manager(READY)
    freeze_loaded()


async def is_set_up(store: Store) -> bool:
    """Whether a relay has its first master administrator."""
    passwords = Passwords()
    try:
        return await Accounts(store, passwords, lifetime=timedelta(0)).is_set_up()
    finally:
        passwords.close()


async def _say_token(settings: Settings) -> None:
    store = await open_store(settings.database)
    try:
        if await is_set_up(store):
            return
    finally:
        await store.close()
    say_whole(f"First start: open {settings.url}/setup")
    say_whole(f"Setup token: {SetupToken(settings.data).show()}")


async def _first_of(*events: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def _reload(
    begun: Loaded, load: Callable[[], Loaded], apply: Callable[[Settings], None], certificate: Certificate | None
) -> None:
    """Put what has changed into effect, and name what needs a restart. Wrong settings leave everything as it was."""
    if certificate is not None:
        certificate.renew()
    try:
        after = load()
    except DesksideError as error:
        _log.error("the settings were not read again, those in use stay: %s", error)
        return
    apply(after.settings)
    changed = [
        each.name
        for each in describe()
        if getattr(after.settings, each.name) != getattr(begun.settings, each.name) and each.name not in _RELOADED
    ]
    if changed:
        _log.warning("these settings have changed and need a restart of the relay: %s", ", ".join(changed))
    tell(RELOADED, needs_restart=", ".join(changed) or None)
