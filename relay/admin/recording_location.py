"""Where recordings go, as the first steps ask it: a place, one line that says where, and who signs in there."""

from typing import Any

from codec.errors import DesksideError
from codec.stores.base import StoreError
from codec.stores.locations import SERVERS, BadLocationError, Place, read_location
from relay.admin.base import Visit
from relay.admin.error_texts import said
from relay.recording.location_tests import IsFolderError, LocationTests
from relay.recording.policy import PASSWORD, PLACE, URL, USER
from relay.settings import holders
from relay.settings.applied import AppliedSettings
from relay.settings.catalogue import CATALOGUE
from relay.settings.changes import Change, ConflictError
from relay.settings.sentences import Translate
from relay.settings.validation import SettingsRefusedError, checked
from relay.settings.vault import SealBrokenError
from relay.texts import _

_ORGANISATION = holders.Holder(holders.HolderKind.ORGANISATION, 0)
_FOLDER = "recording.folder"
_FIELDS = {PLACE: "place", URL: "where", _FOLDER: "where", USER: "user", PASSWORD: "password"}
UNFIT = (BadLocationError, StoreError, SealBrokenError)
"""What a test of a location raises."""
FITS = _("Recordings can be stored there. The server wrote a small file, read it and deleted it.")
_EXAMPLES = {Place.S3: "s3://server.example.com/bucket"}
Problem = tuple[str, str]
"""A field, and what is wrong with it; the empty field is the whole."""


class RecordingLocation:
    """Reads, tests and keeps the organisation's choice; what technicians' groups choose otherwise stays."""

    def __init__(self, settings: AppliedSettings, tests: LocationTests) -> None:
        self._settings = settings
        self._tests = tests

    async def values(self) -> dict[str, str]:
        """Return what holds now, as the form shows it; never the password."""
        held = await self._settings.held(_ORGANISATION, (PLACE, URL, _FOLDER, USER))
        place = Place(str(held[PLACE].value))
        where = held[_FOLDER if place.is_folder else URL].value
        return {"place": place.value, "where": str(where or ""), "user": str(held[USER].value or ""), "password": ""}

    async def take(self, visit: Visit, entered: dict[str, str], *, is_test: bool) -> tuple[Problem | None, str]:
        """Test what was entered, or keep it; return what is wrong, and what a test found out."""
        if (problem := _unlike(entered, visit.say)) is not None:
            return problem, ""
        values = _settings_of(entered)
        around = await self._settings.around(visit.actor, visit.now)
        try:
            if not is_test:
                await self._settings.save(visit.actor, Change(_ORGANISATION, values), visit.now)
                return None, ""
            tested = {key: value for key, value in values.items() if key != _FOLDER}
            await self._tests.test(_ORGANISATION, checked(CATALOGUE, _ORGANISATION.kind, tested, around.known))
        except SettingsRefusedError as error:
            first = (*error.problems, *error.confirmable)[0]
            return (_FIELDS.get(first.key, ""), first.sentence.say(visit.say)), ""
        except ConflictError as error:
            return ("", said(error, visit.say)), ""
        except UNFIT as error:
            return ("where", why_unfit(error, visit.say)), ""
        return None, visit.say(FITS)


def why_unfit(error: DesksideError, say: Translate) -> str:
    """Return why recordings cannot be stored at a location, after a test of it."""
    if isinstance(error, IsFolderError):
        return say(_("The server cannot test folders. Run test-location on a technician’s computer."))
    if isinstance(error, BadLocationError):
        return say(error.flaw.value)
    text = say(_("Recordings cannot be stored there. Tested on the server’s computer: {reason}"))
    return text.format(reason=error)


def _unlike(entered: dict[str, str], say: Translate) -> Problem | None:
    """Return what is wrong with an address for the kind of place that was chosen: what it must be like."""
    where = entered["where"].strip()
    if entered["place"] not in SERVERS or not where:
        return None
    place = Place(entered["place"])
    try:
        found = read_location(where)
    except BadLocationError as error:
        is_address = "://" in where
        return ("where", say(error.flaw.value)) if is_address else ("where", _begins_with(place, say))
    return None if found.place is place else ("where", _begins_with(place, say))


def _begins_with(place: Place, say: Translate) -> str:
    return say(_("Enter an address that begins with {scheme}://, for example {example}.")).format(
        scheme=place.value, example=_EXAMPLES.get(place, f"{place.value}://files.example.com/recordings")
    )


def _settings_of(entered: dict[str, str]) -> dict[str, Any]:
    """Return what a save would write. A password that was left empty stays as it is."""
    place = entered["place"]
    values: dict[str, Any] = {PLACE: place}
    if place in ("local", "network"):
        return values | {_FOLDER: entered["where"].strip()}
    values |= {URL: entered["where"].strip(), USER: entered["user"].strip()}
    return values | ({PASSWORD: entered["password"]} if entered["password"] else {})
