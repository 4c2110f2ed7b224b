"""How the group of a technician records: what its settings and its permission to record come to."""

import logging
from collections.abc import Awaitable, Callable, Mapping

from codec.desk import RecordingRules
from relay.organization.granting import Permissions
from relay.organization.permissions import CONSENT_REQUIRED, Grant
from relay.settings.applied import AppliedSettings
from relay.settings.bound import Bond
from relay.settings.catalogue import CATALOGUE
from relay.settings.declare import Json
from relay.settings.units import Kind, Unit
from relay.settings.vault import SealBrokenError, Vault

RecordingValues = Callable[[int], Awaitable[Mapping[str, object]]]
"""Gives what holds for a person's group of the settings that rules are made of; the password as it is typed."""
FORCED, WITHOUT, FORMAT = "recording.forced", "recording.control_without", "recording.format"
PLACE, FOLDER, URL = "recording.place", "recording.folder", "recording.url"
USER, PASSWORD = "recording.user", "recording.password"
DEFERRED, KEEP_DAYS = "recording.deferred", "recording.keep_days"
OWN_FOLDER = "options.folder"
_BOND = Bond(URL, USER, PASSWORD)
_OF_GROUP = (FORCED, WITHOUT, FORMAT, PLACE, FOLDER, URL, USER, PASSWORD, DEFERRED, KEEP_DAYS)
_FOLDERS = ("local", "network")
_log = logging.getLogger(__name__)


async def nothing_chosen(_person: int) -> Mapping[str, object]:
    """Return no settings: the defaults hold."""
    return {}


def recording_values(permissions: Permissions, settings: AppliedSettings, vault: Vault) -> RecordingValues:
    """Return what reads the settings. Administrators who serve have no group; for them the defaults hold."""

    async def values(person: int) -> Mapping[str, object]:
        own = await settings.held(Unit(Kind.PERSON, person), (OWN_FOLDER,))
        folder = {OWN_FOLDER: own[OWN_FOLDER].value}
        group = (await permissions.held(person)).group
        if group is None:
            return folder
        unit = Unit(Kind.GROUP, group)
        chosen = await settings.held(unit, _OF_GROUP)
        values = {key: held.value for key, held in chosen.items()} | folder
        if _BOND.is_broken(values):  # the password was entered for another address: the technician is asked
            values |= {USER: "", PASSWORD: None}
        values[PASSWORD] = _opened(vault, values[PASSWORD])
        return values

    return values


def _opened(vault: Vault, stored: Json) -> str:
    """Return the password; where it cannot be read the technician is asked for one."""
    try:
        return vault.open(CATALOGUE.setting(PASSWORD), stored) or ""
    except SealBrokenError as error:
        _log.warning("recordings: %s", error)
        return ""


def rules_of(values: Mapping[str, object], record: Grant | None) -> RecordingRules:
    """Return the rules that follow from a group's settings and from its permission to record. Pure.

    Who is made to record without the permission asks all the same: only the permission's option can waive that.
    """
    location = _location(values)
    is_folder = values.get(PLACE, "local") in _FOLDERS
    waived = record is not None and record.enabled and record.option != CONSENT_REQUIRED
    return RecordingRules(
        forced=values.get(FORCED) is True,
        consent=not waived,
        go_on_without=values.get(WITHOUT) is True,
        format=chosen if isinstance(chosen := values.get(FORMAT), str) else "",
        location=location,
        user="" if is_folder else str(values.get(USER) or ""),
        password="" if is_folder else str(values.get(PASSWORD) or ""),
        deferred=bool(location) and (not is_folder or values.get(DEFERRED) is True),
        keep_days=days if isinstance(days := values.get(KEEP_DAYS), int) else 0,
    )


def _location(values: Mapping[str, object]) -> str:
    """Return where recordings go: as the group says, else as the technician does, else nothing."""
    if values.get(PLACE, "local") not in _FOLDERS:
        return str(values.get(URL) or "")
    return str(values.get(FOLDER) or values.get(OWN_FOLDER) or "")
