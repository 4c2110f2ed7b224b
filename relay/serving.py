"""The relay as a process: from its start, through reloads, to its end."""

import asyncio
import logging
import signal
from collections.abc import Callable
from datetime import timedelta

from codec.errors import DesksideError
from codec.program import say_whole
from relay.accounts.passwords import Passwords
from relay.accounts.service import Accounts
from relay.accounts.setup import SetupToken
from relay.app import running
from relay.config import Settings, describe
from relay.config_sources import Loaded
from relay.store import Store, open_store
from relay.web.certificate import Certificate

_RELOADED = {"log_level", "log_format"}
"""What takes effect without a restart, beside the content of the certificate's files."""
_log = logging.getLogger(__name__)


async def serve(loaded: Loaded, load: Callable[[], Loaded], apply: Callable[[Settings], None]) -> int:
    """Run the relay until it is told to end; return the exit code.

    On SIGHUP `load` reads the settings again, and `apply` puts those into effect that can be. Raises DesksideError and
    OSError where it cannot start.
    """
    loop, stop, reload = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, reload.set)
    async with running(loaded.settings) as certificate:
        say_whole(f"Deskside relay: {loaded.settings.url}")
        await _say_token(loaded.settings)
        while not stop.is_set():
            await _first_of(stop, reload)
            if reload.is_set():
                reload.clear()
                loaded = _reload(loaded, load, apply, certificate)
    return 0


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
    say_whole(f"Set-up token: {SetupToken(settings.data).show()}")


async def _first_of(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def _reload(
    before: Loaded, load: Callable[[], Loaded], apply: Callable[[Settings], None], certificate: Certificate | None
) -> Loaded:
    """Put what has changed into effect, and name what needs a restart. Wrong settings leave everything as it was."""
    if certificate is not None:
        certificate.renew()
    try:
        after = load()
    except DesksideError as error:
        _log.error("the settings were not read again, those in use stay: %s", error)
        return before
    apply(after.settings)
    changed = [
        each.name
        for each in describe()
        if getattr(after.settings, each.name) != getattr(before.settings, each.name) and each.name not in _RELOADED
    ]
    if changed:
        _log.warning("restart the relay for these settings: %s", ", ".join(changed))
    _log.info("reloaded")
    return before
