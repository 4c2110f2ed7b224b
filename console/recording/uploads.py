"""Brings recordings to their location, one after the other, while no session needs the line.

Of all consoles of a person on this computer one does so, for all of them. Nothing here is deleted before the location
has confirmed it, and what was confirmed is not sent again, whenever and however the console ends.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from msgspec import structs

from codec.errors import DesksideError
from codec.host import background
from codec.stores.base import RecordingStore, StoreError
from codec.stores.locations import BadLocationError, Location
from codec.wire.api_types import RecordingRules
from console.recording.confirmed_locations import NOBODY, Account, ConfirmedLocations, Order, server_name
from console.recording.ledger import EntryState, LedgerEntry
from console.recording.messages import GiveCredentials, NotNow, PlaceToConfirm, RetryUpload
from console.recording.messages import Uploads as UploadsMessage
from console.recording.recording_index import RecordingIndex
from console.recording.recovery import recovered, without_note
from console.recording.retention import delete_kept, expired
from console.recording.upload_queue import FILES_GONE, Quiet, UploadQueue

NOT_WRITTEN = "Your answer could not be kept on this computer, so it does not count. The log says why."
TELL_SECONDS = 0.25
LOOK_SECONDS = 30.0
"""So often somebody looks for what other consoles have recorded, or whether it is this one's turn to upload."""
SWEEP_SECONDS = 3600.0
PARTING_SECONDS = 3.0
"""So long a server may take to part with a console that ends."""
_log = logging.getLogger(__name__)


class PlaceChangedError(DesksideError):
    """The recording location has changed in the meantime. Check it again."""


class CannotUseError(DesksideError):
    """The place cannot be used, although the technician said yes. The text says why."""


class Uploads:
    """Made in the event loop, where all of it is called; close it in the end. `tell` gets what pages show."""

    def __init__(
        self,
        recording_index: RecordingIndex,
        opening: Callable[[Location], RecordingStore],
        tell: Callable[[UploadsMessage], None],
        confirmed: ConfirmedLocations,
        refusal_of: Callable[[Location], str] = lambda _location: "",
    ) -> None:
        """`opening` makes a store, and raises BadLocationError or StoreError. `refusal_of` says why it never would.

        Nothing goes to a place that is not among the `confirmed`, and nobody there is asked anything.
        """
        self._recording_index = recording_index
        self._opening = opening
        self._tell = tell
        self._confirmed = confirmed
        self._refusal_of = refusal_of
        self._postponed = set[str]()
        self._sending = UploadQueue(confirmed.has)
        self._quiet = Quiet()
        self._is_quiet = True
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._owns = False
        self._current = ""
        self._work: asyncio.Task[None] | None = None
        self._sent: dict[str, int] = {}
        self._done: list[str] = []
        self._recovered: list[str] = []
        self._telling: asyncio.TimerHandle | None = None
        self._swept = -SWEEP_SECONDS
        recording_index.told = self._closed
        self._running = background.start(self._run(), "sending recordings")

    async def close(self) -> None:
        """Stop; what is on its way goes on at the next start."""
        if self._telling is not None:
            self._telling.cancel()
        self._running.cancel()
        await asyncio.wait([self._running], timeout=PARTING_SECONDS)
        self._recording_index.close()

    def message(self) -> UploadsMessage:
        """Return what a page shows."""
        items = self._sending.shown(self._current, self._sent, self._done)
        unconfirmed = self._sending.unconfirmed()
        places = [self._to_confirm(number, order) for number, order in unconfirmed.items()]
        return UploadsMessage(items, list(self._recovered), places)

    def follow(self, rules: RecordingRules | None, account: Account = NOBODY) -> None:
        """This account is signed in, and these rules are theirs; None: nobody is. Then nothing is sent."""
        self._sending.follow(rules, account)
        if rules is None:
            self._postponed.clear()
        current = self._sending.entries.get(self._current)
        if rules is None or (current is not None and not self._confirmed.has(self._sending.order_of(current))):
            self._interrupt()
        self._changed()

    def use_place(self, number: str) -> None:
        """The technician says yes to a place that was shown. Raises PlaceChangedError, CannotUseError."""
        order = self._sending.unconfirmed().get(number)
        if order is None:
            raise PlaceChangedError(PlaceChangedError.__doc__)
        refusal = self._refusal_of(order.read())
        if refusal:
            raise CannotUseError(refusal)
        if not self._confirmed.confirm(order):
            raise CannotUseError(NOT_WRITTEN)
        self._changed()

    def tick(self, received_bytes: int) -> None:
        """A second has passed, and all open sessions have received so many bytes since they began."""
        self._is_quiet, before = self._quiet.heard(time.monotonic(), received_bytes), self._is_quiet
        if before and not self._is_quiet:
            self._interrupt()
        elif self._is_quiet and not before:
            self._news.set()

    def said(self, message: RetryUpload | GiveCredentials | NotNow) -> None:
        """A page wants a recording tried again, or has what its location asks for: both count at once."""
        match message:
            case RetryUpload(number):
                for entry in self._sending.retry(number):
                    self._sending.entries[entry.id] = entry
            case GiveCredentials(number, user, password):
                self._sending.give(number, user, password)
            case NotNow(place):
                self._postponed.add(place)
        self._changed()

    def _to_confirm(self, number: str, order: Order) -> PlaceToConfirm:
        location, rules = order.read(), self._sending.rules
        now = rules is not None and order == Order(self._sending.account, rules.location, rules.user)
        return PlaceToConfirm(
            id=number,
            relay=order.account.relay,
            location=location.shown,
            folder=location.place.is_folder,
            server=server_name(location),
            user=location.user,
            refused=self._refusal_of(location),
            current=now,
            postponed=number in self._postponed,
        )

    # ── the work ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def _run(self) -> None:
        while True:
            try:
                await self._keep_sending()
            except Exception:  # whatever it is, what waits must not wait for the next start
                _log.exception("sending recordings stumbled and starts over")
                await self._wait(LOOK_SECONDS)

    async def _keep_sending(self) -> None:
        while not await self._is_mine():
            await self._wait(LOOK_SECONDS)
        looked = -LOOK_SECONDS
        while True:
            self._news.clear()
            now = time.monotonic()
            if now - looked >= LOOK_SECONDS:
                looked = now
                await self._look()
            entry = self._sending.next(now) if self._is_quiet else None
            if entry is not None:
                await self._try(entry)
            elif self._may_sweep(now):
                self._swept = now
                await self._sweep()
            else:
                await self._wait(min(LOOK_SECONDS, self._sending.wakes_in(now) or LOOK_SECONDS))

    async def _is_mine(self) -> bool:
        """Whether this console uploads. Before anything was recorded there is nothing to hold."""
        try:
            self._owns = self._recording_index.spool.is_dir() and self._recording_index.uploading.take()
        except OSError as error:
            _log.warning("recordings that wait cannot be sent: %s", error)
        return self._owns

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
        self._news.clear()

    async def _look(self) -> None:
        """Find what this console does not know yet: after a start all of it, later what other consoles recorded."""
        known = [entry.id for entry in self._sending.entries.values()]
        found, damaged = await asyncio.to_thread(self._recording_index.ledger.read, known)
        for entry in found:
            if entry.state is EntryState.RECORDING:
                await self._recover(entry)
            else:
                await self._welcome(entry)
        for number in damaged:
            await self._rescue(number)
        self._changed()

    async def _welcome(self, entry: LedgerEntry) -> None:
        if entry.state is EntryState.FAILED and entry.location:
            entry = structs.replace(entry, state=EntryState.WAITING, reason="")  # what stood against it may be mended
        if entry.state is EntryState.WAITING and not entry.files:
            await self._forget(entry)
            return
        self._sending.entries[entry.id] = entry
        if entry.state is EntryState.SENT:
            await asyncio.to_thread(_delete_copies, entry)

    async def _recover(self, entry: LedgerEntry) -> None:
        if await asyncio.to_thread(self._recording_index.is_running, entry.by):
            return
        try:
            found = await asyncio.to_thread(recovered, entry)
        except OSError as error:
            _log.info("%s was not closed and cannot be reached now: %s", entry.name, error)
            return
        if found is not None:
            _log.warning("%s was not closed by the console that recorded it; it is now", entry.name)
            self._recovered.append(found.name)
            await self._save(found)
        elif Path(entry.folder) == self._recording_index.spool:
            await self._forget(entry)

    async def _rescue(self, number: str) -> None:
        """A note is damaged; what waits for it is kept and shown."""
        try:
            found = await asyncio.to_thread(without_note, number, self._recording_index.spool)
            if found is None:
                await asyncio.to_thread(self._recording_index.ledger.set_aside, number)
        except OSError:
            return
        if found is not None:
            await self._save(found)

    async def _try(self, entry: LedgerEntry) -> None:
        self._current = entry.id
        self._changed()
        self._work = asyncio.ensure_future(self._bring(entry))
        try:
            await asyncio.wait([self._work])
        finally:
            work, self._work, self._current = self._work, None, ""
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            self._sent.clear()
        error = None if work.cancelled() else work.exception()
        if isinstance(error, StoreError | BadLocationError):
            _log.info("%s could not be sent: %s", entry.name, error)
            chance = random.random()  # noqa: S311  (spreads tries over time, keeps no secret)
            there = self._sending.entries[entry.id]
            await self._save(self._sending.failed(there, error, time.monotonic(), chance))
        elif error is not None:
            _log.error("%s could not be sent", entry.name, exc_info=error)
            reason = "It could not be sent for a reason that is in the log."
            await self._save(structs.replace(self._sending.entries[entry.id], state=EntryState.FAILED, reason=reason))
        self._changed()

    async def _bring(self, entry: LedgerEntry) -> None:
        """Send what the location has not confirmed yet. Raises StoreError, BadLocationError."""
        store = self._opening(self._sending.location_of(entry))
        try:
            for file in entry.files:
                if file.name in entry.sent:
                    continue
                path = Path(entry.folder) / file.name
                if not await asyncio.to_thread(path.exists):
                    entry = _without(entry, file.name)
                else:
                    await store.send(path, file.name, self._progress(entry))
                    entry = structs.replace(entry, sent=(*entry.sent, file.name))
                await self._save(entry)
        finally:
            await store.close()
        self._sending.succeeded(entry)
        if not entry.files:
            await self._save(structs.replace(entry, state=EntryState.FAILED, reason=FILES_GONE))
            return
        self._done.append(entry.id)
        if await self._save(structs.replace(entry, state=EntryState.SENT)):
            await asyncio.to_thread(_delete_copies, entry)

    def _progress(self, entry: LedgerEntry) -> Callable[[int], None]:
        """Return what notes progress, on any thread."""

        def note(there: int) -> None:
            if self._current == entry.id:
                self._sent[entry.id] = entry.confirmed + there
                self._changed()

        return lambda there: self._soon(lambda: note(there))

    # ── how long they are kept ─────────────────────────────────────────────────────────────────────────────────────

    def _may_sweep(self, now: float) -> bool:
        return self._sending.rules is not None and self._is_quiet and now - self._swept >= SWEEP_SECONDS

    async def _sweep(self) -> None:
        """Delete what was kept long enough."""
        rules = self._sending.rules or RecordingRules()
        for entry in expired(self._sending.entries.values(), rules, int(time.time() * 1000)):
            try:
                is_over = await self._delete(entry)
            except (StoreError, BadLocationError, OSError) as error:
                _log.warning("%s is to be deleted at its location, which is tried again later: %s", entry.name, error)
                continue
            if is_over:
                await self._forget(entry)

    async def _delete(self, entry: LedgerEntry) -> bool:
        if entry.state is EntryState.KEPT:
            return await asyncio.to_thread(delete_kept, entry)
        location = self._sending.location_of(entry)
        store = self._opening(location)
        try:
            for file in entry.files:
                await store.delete(file.name)
                _log.info("%s deleted at %s: it was kept as long as the group says", file.name, location.shown)
        finally:
            await store.close()
        return True

    # ── what is known ──────────────────────────────────────────────────────────────────────────────────────────────

    async def _save(self, entry: LedgerEntry) -> bool:
        """Keep an entry in memory and on disk; return False where the disk takes nothing, and memory must do."""
        self._sending.entries[entry.id] = entry
        self._changed()
        try:
            await asyncio.to_thread(self._recording_index.ledger.write, entry)
        except OSError as error:
            _log.warning("the list of recordings cannot be written: %s", error)
            return False
        return True

    async def _forget(self, entry: LedgerEntry) -> None:
        self._sending.entries.pop(entry.id, None)
        with suppress(OSError):
            await asyncio.to_thread(self._recording_index.ledger.remove, entry.id)

    def _closed(self, entry: LedgerEntry) -> None:
        """A recording was closed, on its own thread."""
        self._soon(lambda: self._add(entry))

    def _add(self, entry: LedgerEntry) -> None:
        if self._owns:  # else whoever does finds it in the ledger
            self._sending.entries[entry.id] = entry
        self._changed()

    def _soon(self, work: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: the next start finds it
            self._loop.call_soon_threadsafe(work)

    def _interrupt(self) -> None:
        if self._work is not None:
            self._work.cancel()

    def _changed(self) -> None:
        """Tell the pages soon, and look whether there is something to do."""
        self._news.set()
        if self._telling is None:
            self._telling = self._loop.call_later(TELL_SECONDS, self._tell_now)

    def _tell_now(self) -> None:
        self._telling = None
        self._tell(self.message())


def _without(entry: LedgerEntry, name: str) -> LedgerEntry:
    """Return a recording of which one file is gone."""
    _log.warning("%s is no longer on this computer and cannot be sent", name)
    files = tuple(file for file in entry.files if file.name != name)
    return structs.replace(entry, files=files, reason=f"{name} was no longer on this computer; the rest was sent.")


def _delete_copies(entry: LedgerEntry) -> None:
    """The location has confirmed all of it: what waited here may go."""
    for file in entry.files:
        with suppress(OSError):
            (Path(entry.folder) / file.name).unlink(missing_ok=True)
