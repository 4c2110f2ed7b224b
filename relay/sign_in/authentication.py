"""Who shows an e-mail address and its password: looked at as often as is safe, and never refused to their owner.

Strangers share the tries of an account. When those are used up, nobody is refused: passwords for it are looked at
slowly, one after the other, each network in turn. On a device that its owner has signed in on before, tries are the
owner's own, and as fast as ever.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select, update

from codec.errors import DesksideError
from codec.wire.api_types import MAX_PASSWORD
from relay.accounts.eligibility import Eligibility, eligibility_of
from relay.accounts.model import PersonRow
from relay.accounts.rules import Status, email_key
from relay.credentials import password_strength
from relay.credentials.password_hashing import Passwords
from relay.limits.fair_queue import ShardedTurns, Turns
from relay.limits.rate_limiter import (
    Limiter,
    Reservation,
    TooOftenError,
    address_key,
    network_key,
)
from relay.sign_in import throttling
from relay.sign_in.known_devices import Device, KnownDevices
from relay.store.database import Store


class WrongSignInError(DesksideError):
    """The e-mail address or the password is not right. Check both. Passwords are case-sensitive."""


class ShutOutError(DesksideError):
    """The password is right, and its owner may not come in. `contact`: whom the organisation says to ask."""

    contact = ""


class DisabledError(ShutOutError):
    """Your account is disabled. Ask an administrator to enable it."""


class GroupDisabledError(ShutOutError):
    """Your group is disabled, so its members cannot sign in. Ask an administrator to enable it."""


@dataclass(frozen=True)
class Authenticated:
    """Someone whose password was right: nothing is open to them yet."""

    person: int
    eligibility: Eligibility


class Authentication:
    """Looks at passwords, and remembers devices."""

    def __init__(self, store: Store, passwords: Passwords, devices: KnownDevices) -> None:
        self._store = store
        self._passwords = passwords
        self._devices = devices
        self._limiter = Limiter(throttling.PASSWORDS)
        self._slow = ShardedTurns(
            throttling.SLOW_SHARDS,
            partial(
                Turns,
                1,
                throttling.SLOW_PLACES,
                throttling.SLOW_SECONDS,
                int(throttling.SLOW_PLACES * throttling.SLOW_SECONDS),
                skips_gone=True,
            ),
        )

    async def authenticate(
        self, email: str, password: str, address: str, now: datetime, held: str = ""
    ) -> Authenticated:
        """Return who has this address and password, and note how strong it is. `held` is what the device keeps.

        Raises WrongSignInError, ShutOutError, TooOftenError or BusyError. An unknown address takes as long as a wrong
        password; that an account is shut is told to nobody who has not its password.
        """
        key = email_key(email)
        if not key or len(password) > MAX_PASSWORD:
            raise WrongSignInError(WrongSignInError.__doc__)  # nobody has these, so nothing is looked at
        device = await self._device(key, held, now)
        reserved = None if device is None else self._of_device(device, now)
        if reserved is not None:
            with reserved:
                row, eligibility = await self._compare(key, password, None)
        else:
            address, network = address_key(address), network_key(address)
            with self._limiter.reserve({"address": address}, now.timestamp(), {"account": key}) as reserved:
                if not reserved.over:
                    row, eligibility = await self._compare(key, password, address)
                else:
                    async with self._slow.of(key).turn(network):
                        row, eligibility = await self._compare(key, password, address)
            self._limiter.forget("account", key)
        if not eligibility.is_active:
            shut = DisabledError if row.status != Status.ENABLED else GroupDisabledError
            raise shut(shut.__doc__)
        await self._note_level(row, password)
        return Authenticated(row.id, eligibility)

    async def known_device(self, person: int, held: str, now: datetime) -> str | None:
        """Return the name of a device on which this person has signed in before, None where it is none."""
        if not self._devices.read(held, now):
            return None
        async with self._store.reading() as transaction:
            row = await transaction.get_one(PersonRow, person)
        device = self._devices.of(held, person, _credentials(row), now)
        return None if device is None else device.name

    async def remember_device(self, person: int, held: str, now: datetime) -> str:
        """Return what a device keeps after this person has signed in on it."""
        async with self._store.reading() as transaction:
            row = await transaction.get_one(PersonRow, person)
        return self._devices.remember(held, person, _credentials(row), now)

    async def _device(self, key: str, held: str, now: datetime) -> Device | None:
        """Return the device that the owner of an address has signed in on before, if it is one."""
        if not self._devices.read(held, now):
            return None
        async with self._store.reading() as transaction:
            row = await transaction.scalar(select(PersonRow).where(PersonRow.email_key == key))
        return None if row is None else self._devices.of(held, row.id, _credentials(row), now)

    def _of_device(self, device: Device, now: datetime) -> Reservation | None:
        """Return a try of the device's own. One that has used them up has those that strangers have."""
        try:
            return self._limiter.reserve({"device": device.name}, now.timestamp())
        except TooOftenError:
            return None

    async def _compare(self, key: str, password: str, stranger: str | None) -> tuple[PersonRow, Eligibility]:
        """Return whose address and password these are. Raises WrongSignInError or BusyError."""
        async with self._store.reading() as transaction:
            row = await transaction.scalar(select(PersonRow).where(PersonRow.email_key == key))
            eligibility = None if row is None else await eligibility_of(transaction, row)
        right = await self._passwords.verify(None if row is None else row.password_hash, password, stranger)
        if row is None or eligibility is None or not right:
            raise WrongSignInError(WrongSignInError.__doc__)
        return row, eligibility

    async def _note_level(self, row: PersonRow, password: str) -> None:
        """The password is known only at this moment: keep how strong it is, for when the organisation asks for more."""
        level = password_strength.level_of(password).key
        if row.password_level != level:
            async with self._store.transaction() as transaction:
                await transaction.execute(update(PersonRow).where(PersonRow.id == row.id).values(password_level=level))


def _credentials(row: PersonRow) -> str:
    """Return what a device is stamped with: it is known no longer once anything has changed that leads in (F21)."""
    return f"{row.credentials_version} {row.password_hash}"
