"""What the settings of a group mean for its recordings. Pure."""

from collections.abc import Awaitable, Callable, Mapping

from codec.desk import RecordingRules
from relay.organization.permissions import CONSENT_REQUIRED, Grant

RecordingValues = Callable[[int], Awaitable[Mapping[str, object]]]
"""Gives the settings of a person's group whose names begin with `recording.`."""
_FORMATS = {"avi": "rasc", "webm": "h264", "mp4": "h264"}
"""What is recorded for each choice of `recording.format`; other containers are made of it afterwards."""


async def nothing_chosen(_person: int) -> Mapping[str, object]:
    """Return no settings: the defaults hold."""
    return {}


def rules_of(values: Mapping[str, object], record: Grant | None) -> RecordingRules:
    """Return the rules that follow from a group's settings and from its permission to record.

    Who is made to record without the permission asks all the same: only the permission's option can waive that.
    """
    waived = record is not None and record.enabled and record.option != CONSENT_REQUIRED
    return RecordingRules(
        forced=values.get("recording.forced") is True,
        consent=not waived,
        go_on_without=values.get("recording.control_without") is True,
        format=_FORMATS.get(str(values.get("recording.format", "")), ""),
    )
