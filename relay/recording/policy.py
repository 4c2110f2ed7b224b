"""How the group of a technician records: what its settings and its permission to record come to."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping

from codec.wire.api_types import RecordingRules
from relay.permissions.catalogue import CONSENT_REQUIRED, Grant
from relay.permissions.service import Permissions
from relay.settings.applied import AppliedSettings
from relay.settings.catalogue import CATALOGUE
from relay.settings.credential_binding import CredentialBinding
from relay.settings.declare import Json
from relay.settings.holders import Holder, HolderKind
from relay.settings.vault import SealBrokenError, Vault

RecordingValues = Callable[[Iterable[int]], Awaitable[dict[int, Mapping[str, object]]]]
"""Gives what holds for the groups of people of the settings that rules are made of; passwords as they are typed."""
FORCED, WITHOUT, FORMAT = "recording.forced", "recording.control_without", "recording.format"
PLACE, FOLDER, URL = "recording.place", "recording.folder", "recording.url"
USER, PASSWORD = "recording.user", "recording.password"
DEFERRED, KEEP_DAYS = "recording.deferred", "recording.keep_days"
OWN_FOLDER = "options.folder"
_BOND = CredentialBinding(URL, USER, PASSWORD)
_OF_GROUP = (FORCED, WITHOUT, FORMAT, PLACE, FOLDER, URL, USER, PASSWORD, DEFERRED, KEEP_DAYS)
_FOLDERS = ("local", "network")
_log = logging.getLogger(__name__)


async def nothing_chosen(people: Iterable[int]) -> dict[int, Mapping[str, object]]:
    """Return no settings: the defaults hold."""
    return {person: {} for person in people}


def recording_values(permissions: Permissions, settings: AppliedSettings, vault: Vault) -> RecordingValues:
    """Return what reads the settings. Administrators who serve have no group; for them the defaults hold."""

    async def values(people: Iterable[int]) -> dict[int, Mapping[str, object]]:
        wanted = list(people)
        own = await settings.held_by([Holder(HolderKind.PERSON, person) for person in wanted], (OWN_FOLDER,))
        held = await permissions.held_by(wanted)
        groups = {each.group for each in held.values()} - {None}
        chosen = await settings.held_by(
            [Holder(HolderKind.GROUP, group) for group in groups if group is not None], _OF_GROUP
        )
        of_group: dict[int | None, dict[str, object]] = {
            unit.id: _of(vault, {key: each.value for key, each in found.items()}) for unit, found in chosen.items()
        }
        found: dict[int, Mapping[str, object]] = {}
        for person in wanted:
            folder = {key: each.value for key, each in own.get(Holder(HolderKind.PERSON, person), {}).items()}
            found[person] = of_group.get(held[person].group, {}) | folder
        return found

    return values


def _of(vault: Vault, values: dict[str, object]) -> dict[str, object]:
    if _BOND.is_broken(values):  # the password was entered for another address: the technician is asked
        values |= {USER: "", PASSWORD: None}
    return values | {PASSWORD: _opened(vault, values[PASSWORD])}


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
