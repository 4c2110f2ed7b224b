"""What page and engine say about recordings that are on their way to where their group keeps them."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from console.page.message_base import PageMessage, Request, Short


class UploadState(StrEnum):
    """How far a recording is on its way to the location that its group chose."""

    WAITING = "waiting"
    """It is sent when the line is quiet, or tried again: `reason` says what stopped the last try."""
    UPLOADING = "uploading"
    ASKING = "asking"
    """The location asks for a user name and a password that are still missing: see `GiveCredentials`."""
    FAILED = "failed"
    """Trying again by itself cannot help; `reason` says what would. It is kept, see `RetryUpload`."""
    UNCONFIRMED = "unconfirmed"
    """The technician has not confirmed where it is to go: see `PlaceToConfirm`. Nothing was sent there, nor asked."""
    DONE = "done"
    """The location has confirmed all of it; nothing of it waits on this computer any more."""


class Upload(Struct, frozen=True, omit_defaults=True):
    """One recording, all its files together: `size` bytes, of which the location has `sent` for certain.

    `location` is for people: it never shows a password.
    """

    id: str
    name: str
    session: int
    size: int
    sent: int
    state: UploadState
    reason: str = ""
    location: str = ""
    place: str = ""
    """The id of the `PlaceToConfirm`."""


class PlaceToConfirm(Struct, frozen=True, omit_defaults=True):
    """A place that a relay wants recordings to go to, and that the technician of this computer has not confirmed.

    `server` is its name as it is asked for on the network, so that letters of other scripts do not pass for others.
    """

    id: str
    relay: str
    location: str
    folder: bool
    server: str = ""
    user: str = ""
    refused: str = ""
    """Why it cannot be used even so."""
    current: bool = False
    """Whether recordings of who is signed in go there now."""
    postponed: bool = False
    """The technician has said “Not now” to it."""


class Uploads(PageMessage, frozen=True, tag="uploads"):
    """What waits on this computer, and what was sent since the console began. Sent at every change.

    `recovered` names recordings that an earlier run had no time to close; they were closed at this start.
    """

    items: list[Upload]
    recovered: list[str] = msgspec.field(default_factory=list)
    places: list[PlaceToConfirm] = msgspec.field(default_factory=list)


class RelayKey(PageMessage, frozen=True, tag="relay_key"):
    """The key that this relay vouches for recordings with. `changed`: it had another one when this computer met it.

    What a relay with another key vouches for counts as unproven until the technician trusts that key: `TrustRelayKey`.
    """

    key: str
    changed: bool


class RetryUpload(PageMessage, frozen=True, tag="retry_upload"):
    """Try to send a recording again, now."""

    id: Short


class GiveCredentials(PageMessage, frozen=True, tag="give_credentials"):
    """What a recording's location asks for; the engine keeps it in memory, for all recordings that go there."""

    id: Short
    user: Short
    password: Annotated[str, Meta(max_length=1_000)]


class UsePlace(PageMessage, frozen=True, tag="use_place"):
    """The technician says yes to a `PlaceToConfirm`, as it was shown."""

    request: Request
    place: Short


class NotNow(PageMessage, frozen=True, tag="not_now"):
    """Recordings for this place stay on this computer; it can still be confirmed later."""

    place: Short


class TrustRelayKey(PageMessage, frozen=True, tag="trust_relay_key"):
    """This key is the relay's, which was set up again: so the technician has made sure another way."""

    request: Request
    key: Short


UploadsToPage = Uploads | RelayKey
UploadsFromPage = RetryUpload | GiveCredentials | NotNow
