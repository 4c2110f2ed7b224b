"""Devices on which someone has signed in before. Such a device has tries of its own, so that strangers' wrong
passwords never refuse it. It opens nothing: the password, and the code where one is asked for, are needed all the same.

What a device keeps is a signed text: whose device it is, its name, until when, and a stamp of that person's
credentials. So nothing is stored here, and a new password, address, single sign-on ID or role ends all devices of a
person. Pure, but for the names' randomness.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from relay.secret import Signer, same

LASTS = timedelta(days=180)
MANY = 4
"""So many people's devices one browser can be."""
MAX_TEXT = 1_000
"""What is kept of MANY of them takes less."""
BETWEEN = "~"
_PURPOSE, _STAMP = "known device", "known device stamp"
_TEXT = re.compile(r"(\d{1,10})-([\w-]{1,40})-(\d{1,12})-([0-9a-f]{32})")
_NAME_BYTES = 12


@dataclass(frozen=True)
class Device:
    """What a device says of itself, signed by this relay. Whether it still holds, its stamp tells."""

    person: int
    name: str
    stamp: str
    text: str


class KnownDevices:
    """Writes what devices keep, and reads it again."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def read(self, held: str, now: datetime) -> list[Device]:
        """Return the devices that a browser or program says that it is, without what this relay did not sign."""
        if len(held) > MAX_TEXT:
            return []
        found = [self._read_one(text, now) for text in held.split(BETWEEN)[:MANY]]
        return [device for device in found if device is not None]

    def of(self, held: str, person: int, credentials: str, now: datetime) -> Device | None:
        """Return the device of a person among what is held, if it is one and the credentials are those of then."""
        stamp = self._stamp(person, credentials)
        devices = self.read(held, now)
        return next((each for each in devices if each.person == person and same(each.stamp, stamp)), None)

    def remember(self, held: str, person: int, credentials: str, now: datetime) -> str:
        """Return what the device keeps from now on, after this person has signed in on it."""
        known = self.of(held, person, credentials, now)
        name = secrets.token_hex(_NAME_BYTES) if known is None else known.name
        ends = int((now + LASTS).timestamp())
        text = f"{person}-{name}-{ends}-{self._stamp(person, credentials)}"
        others = [each.text for each in self.read(held, now) if each.person != person]
        return BETWEEN.join([self._signer.signed(_PURPOSE, text), *others][:MANY])

    def _read_one(self, text: str, now: datetime) -> Device | None:
        found = _TEXT.fullmatch(self._signer.open(_PURPOSE, text) or "")
        if found is None or datetime.fromtimestamp(int(found[3]), UTC) <= now:
            return None
        return Device(int(found[1]), found[2], found[4], text)

    def _stamp(self, person: int, credentials: str) -> str:
        return self._signer.sign(_STAMP, f"{person} {credentials}")[:32]
