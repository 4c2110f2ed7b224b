"""What pages may do with the recordings on this computer, and what they hear of them. Lives in the event loop."""

import asyncio
from collections.abc import Callable

from codec.errors import DesksideError
from console.library.file_operations import Conversion, Relays, StoppedError, Verdict, make_film, prove
from console.library.library import Kept, Library, StillNeededError
from console.library.messages import (
    ConvertRecording,
    DeleteRecording,
    KeptFile,
    KeptRecording,
    LibraryFromPage,
    ListRecordings,
    ProofState,
    RecordingChanged,
    Recordings,
    VerifyRecording,
)
from console.page.open_pages import Pages

PROGRESS_SECONDS = 0.25


class LibraryService:
    """Answers pages. What was proven of a recording is known until this console ends, or the recording changes."""

    def __init__(
        self,
        library: Library,
        pages: Pages,
        waits: Callable[[str], bool] = lambda _name: False,
        relays: Callable[[], Relays] = dict,
    ) -> None:
        """`waits` says whether a file still waits to be sent away, `relays` which ones this computer knows.

        Both are called off the event loop.
        """
        self._library = library
        self._pages = pages
        self._waits = waits
        self._relays = relays
        self._verdicts: dict[str, tuple[Kept, Verdict]] = {}
        self._conversions: dict[str, Conversion] = {}

    async def answer(self, message: LibraryFromPage) -> None:
        """Do what a page asks; return when it is done. Raises what console/library names, and what films raise."""
        match message:
            case ListRecordings():
                await self.tell_all()
            case VerifyRecording(_, recording):
                await self._verify(self._library.find(recording))
            case ConvertRecording(_, recording):
                await self._convert(self._library.find(recording))
            case DeleteRecording(_, recording):
                await self._delete(recording)

    async def tell_all(self) -> None:
        """Look again, and tell every page."""
        kept = await asyncio.to_thread(self._library.look)
        self._pages.tell_all(Recordings([self._told(each) for each in kept]))

    def signed_out(self) -> None:
        """No one is signed in: nothing is found, and the pages list nothing."""
        self._library.forget()
        self._pages.tell_all(Recordings([]))

    def stop(self, recording: str) -> None:
        """A film that is being made is not wanted after all."""
        if recording in self._conversions:
            self._conversions[recording].stop.set()

    async def _verify(self, kept: Kept) -> None:
        self._say(kept, Verdict(ProofState.CHECKING))
        try:
            self._say(kept, await asyncio.to_thread(self._prove, kept))
        except BaseException:
            self._say(kept, Verdict(ProofState.FAILED))
            raise

    def _prove(self, kept: Kept) -> Verdict:
        return prove(kept, self._relays())

    def _say(self, kept: Kept, verdict: Verdict) -> None:
        self._verdicts[kept.id] = kept, verdict
        self._tell(kept)

    async def _convert(self, kept: Kept) -> None:
        if kept.id in self._conversions:
            return
        conversion = self._conversions[kept.id] = Conversion()
        making = asyncio.ensure_future(asyncio.to_thread(make_film, kept, conversion))
        try:
            while not making.done():
                self._tell(kept)
                await asyncio.wait([making], timeout=PROGRESS_SECONDS)
            making.result()
        except StoppedError:
            return
        finally:
            conversion.stop.set()  # whoever no longer waits for it does not want it
            del self._conversions[kept.id]
            await self.tell_all()

    async def _delete(self, recording: str) -> None:
        kept = self._library.find(recording)
        if recording in self._conversions:
            raise StillNeededError(StillNeededError.__doc__)
        try:
            await asyncio.to_thread(self._delete_now, kept)
        finally:
            await self.tell_all()

    def _delete_now(self, kept: Kept) -> None:
        if any(self._waits(each.name) for each in kept.facts.files):
            raise StillNeededError(StillNeededError.__doc__)
        self._library.delete(kept.id)

    def _tell(self, kept: Kept) -> None:
        self._pages.tell_all(RecordingChanged(self._told(kept)))

    def _told(self, kept: Kept) -> KeptRecording:
        known = self._verdicts.get(kept.id)
        verdict = known[1] if known is not None and _recorded(known[0]) == _recorded(kept) else None
        conversion = self._conversions.get(kept.id)
        facts = kept.facts
        return KeptRecording(
            id=kept.id,
            name=kept.name,
            folder=str(kept.folder),
            state=facts.state,
            files=[each for each in facts.files if conversion is None or not each.converted],
            session=facts.session,
            technician=facts.technician,
            customer=facts.customer,
            at=facts.at,
            seconds=facts.seconds,
            proof=ProofState.UNCHECKED if verdict is None else verdict.proof,
            signed=[] if verdict is None else list(verdict.signed),
            relay="" if verdict is None else verdict.relay,
            findings=[] if verdict is None else list(verdict.findings),
            converting=None if conversion is None else conversion.done,
        )


def _recorded(kept: Kept) -> list[KeptFile]:
    """Return the files that were recorded, not made later."""
    return [each for each in kept.facts.files if not each.converted]


def problem_of(error: DesksideError) -> str:
    """Return the code by which the page knows an error."""
    return _CODES.get(type(error).__name__, "recording")


_CODES = {
    "UnknownRecordingError": "unknown_recording",
    "StillNeededError": "still_needed",
    "PlaceChangedError": "place_changed",
}
