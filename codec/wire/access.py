"""What a customer can allow, and which function of the technician's group each needs: once, for all three programs."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from codec.wire.permits import Function


class Access(StrEnum):
    """What a customer can allow. Each is granted apart; control, clipboard and camera mean nothing without view.

    With camera, what is viewed is what a camera of the customer's shows, and no screen.

    To record is asked on its own, or named in the question for the screen. It may be allowed before anything is seen;
    only what is seen can be recorded.
    """

    VIEW = "view"
    CONTROL = "control"
    CLIPBOARD = "clipboard"
    CAMERA = "camera"
    RECORD = "record"


FUNCTIONS: Mapping[Access, Function] = {
    Access.VIEW: Function.DESKTOP_VIEW,
    Access.CONTROL: Function.REMOTE_CONTROL,
    Access.CLIPBOARD: Function.CLIPBOARD,
    Access.CAMERA: Function.LENS,
    Access.RECORD: Function.RECORD,
}
"""Without this function a technician may not ask for it."""


def may_ask(functions: Iterable[str]) -> frozenset[Access]:
    """Return what a technician with these functions may ask a customer for."""
    permitted = frozenset(functions)
    return frozenset(access for access, function in FUNCTIONS.items() if function in permitted)
