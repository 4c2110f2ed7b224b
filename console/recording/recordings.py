"""What all recordings of a console have in common: where they go, in which format, and who signs them."""

import asyncio
import base64
import binascii
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.recording.formats import FormatName
from codec.recording.sink import RecordingStoppedError
from codec.stores.base import RecordingStore
from codec.stores.locations import Location
from codec.wire.api_types import RecordingRules
from codec.wire.signals import Desk
from console.recording.confirmed_locations import NOBODY, Account, ConfirmedLocations, Order
from console.recording.known_relays import KnownRelays
from console.recording.location_access import SPOOL, open_place, refusal_of
from console.recording.recording_index import RecordingIndex
from console.recording.target_folder import Target, problem_in, target_of

JOURNAL_ONLY = "dsr"
CHECK_SECONDS = 5.0


@dataclass
class Recordings:
    """What all recordings of a console have in common. The relay tells the rules, its key and who the technician is."""

    folder: Path
    format: str = FormatName.H264
    """What the technician chose, for groups that leave the choice to him."""
    on_closed: Callable[[tuple[Path, ...]], None] = lambda _: None
    """Told the files of a recording, proofs too, once they are closed."""
    rules: RecordingRules = field(default_factory=RecordingRules)
    stamp_key: bytes = b""
    technician: str = ""
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    """What the console signs with."""
    data: Path | None = None
    """The console's own folder: what the technician decided on this computer; None: only for this run."""
    unencrypted: frozenset[str] = frozenset()
    """The servers that the technician lets recordings go to unencrypted."""
    account: Account = NOBODY
    """Who is signed in, and where."""
    recording_index: RecordingIndex = field(init=False)
    confirmed: ConfirmedLocations = field(init=False)
    known_relays: KnownRelays = field(init=False)

    def __post_init__(self) -> None:
        """Keep track of the recordings beside them."""
        self.recording_index = RecordingIndex(self.folder / SPOOL)
        self.confirmed = ConfirmedLocations(self.data)
        self.known_relays = KnownRelays(self.data)

    def follow(self, desk: Desk) -> None:
        """Take what the relay says about recordings. A key that is none means that nobody vouches for them."""
        self.rules, self.technician = desk.recording, desk.person.name
        try:
            self.stamp_key = base64.b64decode(desk.stamp_key, validate=True)
        except binascii.Error:
            self.stamp_key = b""

    @property
    def public_key(self) -> bytes:
        """What the signatures of this console are checked with."""
        return self.key.public_key().public_bytes_raw()

    @property
    def film(self) -> FormatName | None:
        """The format of the next film, None for the journal alone. An unknown one becomes H.264."""
        wanted = self.rules.format or self.format
        if wanted == JOURNAL_ONLY:
            return None
        return FormatName(wanted) if wanted in set(FormatName) else FormatName.H264

    def target(self) -> Target:
        """Return where the next recording is written. Raises RecordingStoppedError."""
        return target_of(self.rules, self.folder, self.recording_index.spool, confirmed=not self.waits_for_yes)

    @property
    def waits_for_yes(self) -> bool:
        """Whether recordings stay on this computer until the technician has confirmed where they go. Reads a file."""
        order = Order(self.account, self.rules.location, self.rules.user)
        return bool(self.rules.location) and not self.confirmed.has(order)

    def places(self) -> list[Path]:
        """Return the folders of this computer where recordings may lie. Reads the disk."""
        return [self.folder, *self.recording_index.folders()]

    def whose(self) -> Callable[[str], bool]:
        """Return what says whether a recording, by its name, is of who is signed in. Reads the disk.

        It is of who was signed in when it began. One that this console did not make is of all who use this computer.
        """
        entries, _ = self.recording_index.ledger.read()
        others = tuple(each.name for each in entries if each.account not in ("", self.account.name))
        return lambda name: not name.startswith(others)  # what was made of it later is called after it

    def problem(self) -> str:
        """Return why nothing can be recorded, empty when it can. May wait for a disk or a share."""
        try:
            return self.problem_in(self.target())
        except RecordingStoppedError as error:
            return str(error)

    def problem_in(self, target: Target) -> str:
        """Return why nothing can be recorded there, empty when it can. May wait for a disk or a share."""
        is_ours = self.data is not None and self.data in self.folder.parents
        return problem_in(target, None if is_ours else self.folder)

    def open_store(self, location: Location) -> RecordingStore:
        """Return the place that a location names. Raises BadLocationError, StoreError."""
        return open_place(location, self.recording_index.spool, self.unencrypted)

    def refusal_of(self, location: Location) -> str:
        """Return why nothing is sent to a place even with the technician's yes, empty where nothing is against it."""
        return refusal_of(location, self.unencrypted)

    async def checked(self) -> str:
        """Return the same without holding up anything else; a place that does not answer is a problem too."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str] = loop.create_future()

        def say(problem: str) -> None:
            if not answer.done():
                answer.set_result(problem)

        def look() -> None:
            problem = self.problem()
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(say, problem)

        threading.Thread(target=look, name="recording location", daemon=True).start()
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                return await answer
        except TimeoutError:
            return "The place where recordings go does not answer. Connect it again, or tell your administrator."
