"""The second step of a sign-in, applied to the store: who has an authenticator, and whether a code is right."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from codec.errors import DesksideError
from relay.credentials.model import RecoveryCodeRow, TwoStepEnrolmentRow
from relay.limits.rate_limiter import Limiter, address_key, network_key
from relay.secret import Sealer, Signer
from relay.sign_in import throttling
from relay.sign_in.one_time_codes import RECOVERY_CODES, is_totp, matching_step, new_totp_secret, plain, recovery_code
from relay.store.database import Store

PROPOSED_FOR = timedelta(minutes=10)
"""How long an authenticator that was shown can be confirmed."""
_RECOVERY = "recovery code"
_RANDOM_BYTES = 16


class WrongCodeError(DesksideError):
    """The code is wrong. Use the one that your app shows now, or a recovery code. Each code works only once."""


class NotSetUpYetError(DesksideError):
    """No authenticator is set up. Set one up first."""


class HasAuthenticatorError(DesksideError):
    """An authenticator is already set up. Remove it first."""


@dataclass(frozen=True)
class Asker:
    """Who shows a code: from which address, and what they are known by, if by anything."""

    address: str
    known: str | None = None


def signed_in_asker(address: str, sign_in: int) -> Asker:
    """Return who is known by a sign-in."""
    return Asker(address, f"sign-in {sign_in}")


@dataclass(frozen=True)
class Enrolment:
    """How someone stands: `is_set_up` with an authenticator, `wanted` by himself, recovery codes that are left."""

    is_set_up: bool = False
    wanted: bool = False
    codes_left: int = 0


class TwoStep:
    """Authenticators and recovery codes. Secrets are sealed, recovery codes kept as keyed digests."""

    def __init__(self, store: Store, sealer: Sealer, signer: Signer) -> None:
        self._store = store
        self._sealer = sealer
        self._signer = signer
        self._limiter = Limiter(throttling.CODES)

    async def enrolment(self, transaction: AsyncSession, person: int) -> Enrolment:
        """Return how someone stands."""
        row = await transaction.scalar(_of(person))
        if row is None or row.confirmed_at is None:
            return Enrolment()
        unused = (RecoveryCodeRow.person_id == person, RecoveryCodeRow.used_at.is_(None))
        left = await transaction.scalar(select(func.count()).select_from(RecoveryCodeRow).where(*unused))
        return Enrolment(True, row.wanted, left or 0)

    async def shown(self, person: int) -> Enrolment:
        """`enrolment`, for a page."""
        async with self._store.reading() as transaction:
            return await self.enrolment(transaction, person)

    async def propose(self, person: int, sign_in: int | None, now: datetime) -> str:
        """Return a secret to put into an app. Call it only where the password has just been given.

        It belongs to the sign-in on which that was, and to no other: only there can it be confirmed, within
        PROPOSED_FOR, and only there it is shown again. `sign_in` None: each call gives the password.
        Raises HasAuthenticatorError.
        """
        async with self._store.transaction() as transaction:
            row = await _row(transaction, person)
            if row is not None and row.confirmed_at is not None:
                raise HasAuthenticatorError(HasAuthenticatorError.__doc__)
            if row is not None and sign_in is not None and _is_pending(row, sign_in, now):
                return self._sealer.open(row.secret or "", str(person))
            if row is None:
                row = TwoStepEnrolmentRow(person_id=person, made_at=now, wanted=False)
                transaction.add(row)
            secret = new_totp_secret()
            row.secret, row.proposed_to = self._sealer.seal(secret, str(person)), sign_in
            row.made_at, row.last_counter = now, None
        return secret

    async def confirm(
        self,
        transaction: AsyncSession,
        person: int,
        sign_in: int | None,
        code: str,
        now: datetime,
        *,
        wanted: bool,
    ) -> list[str]:
        """The app shows this code: the authenticator counts from now on. Return the recovery codes, shown once.

        Where nothing was proposed to this sign-in, no try is counted and nothing is made or shown.
        Raises WrongCodeError, TooOftenError or NotSetUpYetError.
        """
        row = await _row(transaction, person)
        if row is None or not _is_pending(row, sign_in, now):
            raise NotSetUpYetError(NotSetUpYetError.__doc__)
        with self._limiter.reserve({"proposal": f"{person} {sign_in}"}, now.timestamp()):
            step = matching_step(self._sealer.open(row.secret or "", str(person)), plain(code), now, None)
            if step is None:
                raise WrongCodeError(WrongCodeError.__doc__)
        row.confirmed_at, row.last_counter, row.wanted = now, step, wanted
        return await self.new_codes(transaction, person, now)

    async def verify(self, person: int, code: str, asker: Asker, now: datetime) -> None:
        """Take a code, which works once. Raises WrongCodeError, TooOftenError or NotSetUpYetError."""
        typed = plain(code)
        keys = _keys(person, typed, asker)
        with self._limiter.reserve(keys, now.timestamp()) as reserved:
            async with self._store.transaction() as transaction:
                take = self._take_app if is_totp(typed) else self._take_recovery
                try:
                    taken = await take(transaction, person, typed, now)
                except NotSetUpYetError:
                    reserved.give_back()
                    raise
            if not taken:
                raise WrongCodeError(WrongCodeError.__doc__)
        for kind in keys.keys() & {"known", "network"}:
            self._limiter.forget(kind, keys[kind])

    async def new_codes(self, transaction: AsyncSession, person: int, now: datetime) -> list[str]:
        """Return new recovery codes; the old ones are worth nothing any more."""
        await transaction.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person))
        codes = [recovery_code(secrets.token_bytes(_RANDOM_BYTES)) for _ in range(RECOVERY_CODES)]
        transaction.add_all(
            RecoveryCodeRow(person_id=person, digest=self._digest(person, plain(code)), made_at=now) for code in codes
        )
        return codes

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

    def _digest(self, person: int, code: str) -> str:
        return self._signer.sign(_RECOVERY, f"{person} {code}")


def _keys(person: int, typed: str, asker: Asker) -> dict[str, str]:
    """Return what a try is counted for."""
    if not is_totp(typed):
        return {"recovery": f"{person} {address_key(asker.address)}"}
    if asker.known is not None:
        return dict.fromkeys(("known", "known_day"), f"{person} {asker.known}")
    from_there = f"{person} {network_key(asker.address)}"
    return {"network": from_there, "network_day": from_there, "person_day": str(person)}


async def forget(transaction: AsyncSession, person: int, by: int | None, now: datetime) -> None:
    """Throw someone's authenticator and recovery codes away, at once (SEC-43)."""
    await transaction.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person))
    row = await _row(transaction, person)
    if row is not None:
        row.secret, row.confirmed_at, row.last_counter = None, None, None
        row.reset_at, row.reset_by = now, by


def _is_pending(row: TwoStepEnrolmentRow, sign_in: int | None, now: datetime) -> bool:
    """Whether an authenticator was proposed to this sign-in, not long ago, and waits for its first code."""
    if row.secret is None or row.confirmed_at is not None:
        return False
    return row.proposed_to == sign_in and now - row.made_at <= PROPOSED_FOR


async def _row(transaction: AsyncSession, person: int) -> TwoStepEnrolmentRow | None:
    row: TwoStepEnrolmentRow | None = await transaction.scalar(_of(person).with_for_update())
    return row


def _of(person: int) -> Select[TwoStepEnrolmentRow]:
    return select(TwoStepEnrolmentRow).where(TwoStepEnrolmentRow.person_id == person)
