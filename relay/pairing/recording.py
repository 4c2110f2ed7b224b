"""How the group of a technician records: what its settings and its permission to record come to."""

from collections.abc import Awaitable, Callable, Mapping

from codec.desk import RecordingRules
from relay.organization.granting import Permissions
from relay.organization.permissions import CONSENT_REQUIRED, Grant
from relay.settings.applied import AppliedSettings
from relay.settings.units import Kind, Unit

RecordingValues = Callable[[int], Awaitable[Mapping[str, object]]]
"""Gives what holds for a person's group of the settings that rules are made of."""
FORCED, WITHOUT, FORMAT = "recording.forced", "recording.control_without", "recording.format"
_FORMATS = {"avi": "rasc", "webm": "h264", "mp4": "h264"}
"""What is recorded for each choice of the format; other containers are made of it afterwards."""


async def nothing_chosen(_person: int) -> Mapping[str, object]:
    """Return no settings: the defaults hold."""
    return {}


def recording_values(permissions: Permissions, settings: AppliedSettings) -> RecordingValues:
    """Return what reads the settings. Administrators who serve have no group; for them the defaults hold."""

    async def values(person: int) -> Mapping[str, object]:
        group = (await permissions.held(person)).group
        if group is None:
            return {}
        return {key: await settings.value(Unit(Kind.GROUP, group), key) for key in (FORCED, WITHOUT, FORMAT)}

    return values


def rules_of(values: Mapping[str, object], record: Grant | None) -> RecordingRules:
    """Return the rules that follow from a group's settings and from its permission to record. Pure.

    Who is made to record without the permission asks all the same: only the permission's option can waive that.
    """
    waived = record is not None and record.enabled and record.option != CONSENT_REQUIRED
    return RecordingRules(
        forced=values.get(FORCED) is True,
        consent=not waived,
        go_on_without=values.get(WITHOUT) is True,
        format=_FORMATS.get(str(values.get(FORMAT, "")), ""),
    )
