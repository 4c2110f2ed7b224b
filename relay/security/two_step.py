"""The second step of a sign-in, applied to the store: who has an authenticator, and whether a code is right."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from codec.errors import DesksideError
from relay.limits import Limit, Limiter
from relay.secret import Sealer, Signer
from relay.security.codes import RECOVERY_CODES, is_totp, matching_step, new_totp_secret, plain, recovery_code
from relay.security.model import RecoveryCodeRow, TwoStepEnrolmentRow
from relay.store import Store

LIMITS = {"person": Limit(10, 600)}
_RECOVERY = "recovery code"
_RANDOM_BYTES = 16


class WrongCodeError(DesksideError):
    """The code is not right. Use the present one of your app; each works once. A recovery code does too."""


class NotSetUpYetError(DesksideError):
    """There is no authenticator to ask. Set one up first."""


class HasAuthenticatorError(DesksideError):
    """There is an authenticator already. Remove it first."""


@dataclass(frozen=True)
class Enrolment:
    """How somebody stands: `is_set_up` with an authenticator, `wanted` by himself, recovery codes that are left."""

    is_set_up: bool = False
    wanted: bool = False
    codes_left: int = 0


class TwoStep:
    """Authenticators and recovery codes. Secrets are sealed, recovery codes kept as keyed digests."""

    def __init__(self, store: Store, sealer: Sealer, signer: Signer) -> None:
        self._store = store
        self._sealer = sealer
        self._signer = signer
        self._limiter = Limiter(LIMITS)

    async def enrolment(self, transaction: AsyncSession, person: int) -> Enrolment:
        """Return how somebody stands."""
        row = await _row(transaction, person)
        if row is None or row.confirmed_at is None:
            return Enrolment()
        unused = (RecoveryCodeRow.person_id == person, RecoveryCodeRow.used_at.is_(None))
        left = await transaction.scalar(select(func.count()).select_from(RecoveryCodeRow).where(*unused))
        return Enrolment(True, row.wanted, left or 0)

    async def shown(self, person: int) -> Enrolment:
        """`enrolment`, for a page."""
        async with self._store.transaction() as transaction:
            return await self.enrolment(transaction, person)

    async def propose(self, person: int, now: datetime) -> str:
        """Return the secret to put into an app; the same until it is confirmed. Raises HasAuthenticatorError."""
        async with self._store.transaction() as transaction:
            row = await _row(transaction, person)
            if row is not None and row.secret is not None and row.confirmed_at is None:
                return self._sealer.open(row.secret, str(person))
            secret = new_totp_secret()
            if row is None:
                row = TwoStepEnrolmentRow(person_id=person, made_at=now, wanted=False)
                transaction.add(row)
            elif row.confirmed_at is not None:
                raise HasAuthenticatorError(HasAuthenticatorError.__doc__)
            row.secret, row.made_at, row.last_counter = self._sealer.seal(secret, str(person)), now, None
        return secret

    async def confirm(self, person: int, code: str, wanted: bool, now: datetime) -> list[str]:
        """The app shows this code: the authenticator counts from now on. Return the recovery codes, shown once.

        Raises WrongCodeError, TooOftenError or NotSetUpYetError.
        """
        self._limiter.check({"person": str(person)}, now.timestamp())
        async with self._store.transaction() as transaction:
            row = await _row(transaction, person)
            if row is None or row.secret is None or row.confirmed_at is not None:
                raise NotSetUpYetError(NotSetUpYetError.__doc__)
            step = matching_step(self._sealer.open(row.secret, str(person)), plain(code), now, None)
            if step is not None:
                row.confirmed_at, row.last_counter, row.wanted = now, step, wanted
                return await self._new_codes(transaction, person, now)
        raise self._missed(person, now)

    async def verify(self, person: int, code: str, now: datetime) -> None:
        """Take a code, which works once. Raises WrongCodeError, TooOftenError or NotSetUpYetError."""
        self._limiter.check({"person": str(person)}, now.timestamp())
        typed = plain(code)
        async with self._store.transaction() as transaction:
            taken = await (self._take_app if is_totp(typed) else self._take_recovery)(transaction, person, typed, now)
        if not taken:
            raise self._missed(person, now)
        self._limiter.forget("person", str(person))

    async def new_codes(self, person: int, now: datetime) -> list[str]:
        """Return new recovery codes; the old ones are worth nothing any more."""
        async with self._store.transaction() as transaction:
            return await self._new_codes(transaction, person, now)

    async def _take_app(self, transaction: AsyncSession, person: int, code: str, now: datetime) -> bool:
        row = await _row(transaction, person)
        if row is None or row.secret is None or row.confirmed_at is None:
            raise NotSetUpYetError(NotSetUpYetError.__doc__)
        step = matching_step(self._sealer.open(row.secret, str(person)), code, now, row.last_counter)
        if step is not None:
            row.last_counter = step
        return step is not None

    async def _take_recovery(self, transaction: AsyncSession, person: int, code: str, now: datetime) -> bool:
        query = select(RecoveryCodeRow).where(
            RecoveryCodeRow.digest == self._digest(person, code), RecoveryCodeRow.used_at.is_(None)
        )
        row = await transaction.scalar(query.with_for_update())
        if row is None:
            return False
        row.used_at = now
        return True

    async def _new_codes(self, transaction: AsyncSession, person: int, now: datetime) -> list[str]:
        await transaction.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person))
        codes = [recovery_code(secrets.token_bytes(_RANDOM_BYTES)) for _ in range(RECOVERY_CODES)]
        transaction.add_all(
            RecoveryCodeRow(person_id=person, digest=self._digest(person, plain(code)), made_at=now) for code in codes
        )
        return codes

    def _digest(self, person: int, code: str) -> str:
        return self._signer.sign(_RECOVERY, f"{person} {code}")

    def _missed(self, person: int, now: datetime) -> WrongCodeError:
        self._limiter.miss({"person": str(person)}, now.timestamp())
        return WrongCodeError(WrongCodeError.__doc__)


async def forget(transaction: AsyncSession, person: int, by: int | None, now: datetime) -> None:
    """Throw somebody's authenticator and recovery codes away, at once (SEC-43)."""
    await transaction.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person))
    row = await _row(transaction, person)
    if row is not None:
        row.secret, row.confirmed_at, row.last_counter = None, None, None
        row.reset_at, row.reset_by = now, by


async def _row(transaction: AsyncSession, person: int) -> TwoStepEnrolmentRow | None:
    query = select(TwoStepEnrolmentRow).where(TwoStepEnrolmentRow.person_id == person).with_for_update()
    row: TwoStepEnrolmentRow | None = await transaction.scalar(query)
    return row
