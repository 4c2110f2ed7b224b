"""Passwords and authenticators as people change them: their own, or someone else's within an administrator's reach."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from codec.errors import DesksideError
from relay.accounts.eligibility import eligibility_of
from relay.accounts.model import PersonRow, SignInRow
from relay.accounts.rules import Role, email_key
from relay.accounts.service import Identity
from relay.credentials.invitations import Invitations
from relay.credentials.model import ApiKeyRow, PasswordLinkRow
from relay.credentials.password_hashing import Passwords
from relay.credentials.password_links import LinkKind, OpenLink, PasswordLinks, note_opened
from relay.credentials.password_strength import MAX_LENGTH, Level, check, days_left
from relay.credentials.reach import load, load_guarded, unit_of
from relay.field_errors import FieldError
from relay.limits.rate_limiter import Limit, Limiter, TooOftenError
from relay.notifications.events import PASSWORD, SECOND_STEP
from relay.organization.audit import Action, Done, of_value
from relay.organization.guard import Guard
from relay.organization.rules import Actor, NotAllowedError
from relay.organization.transactions import Transactions
from relay.organization.unit_of_work import UnitOfWork
from relay.organization.units import Unit
from relay.secret import digest
from relay.sign_in import two_step
from relay.sign_in.policies import Policies, read_policies
from relay.sign_in.service import SecondStepNeededError
from relay.sign_in.two_step import Asker, TwoStep, signed_in_asker
from relay.store.database import Store

SECTION = "security"
LIMITS = {"account": Limit(3, 3_600)}
CURRENT_LIMITS = {"sign_in": Limit(10, 600)}
"""Of a sign-in, not of its person: a thief of one must not keep its owner from changing the password."""


class LinkRefusedError(DesksideError):
    """This link was already used or has expired. Request a new one."""


class NoMailServerError(DesksideError):
    """No mail server is set up, so no link can be sent. Ask an administrator for a link."""


class NoSecondStepError(DesksideError):
    """There is no authenticator to reset."""


@dataclass(frozen=True)
class WayIn:
    """How someone signs in. `link_until`: so long the latest open link lets them choose a password."""

    has_password: bool
    must_change_password: bool
    has_second_step: bool
    link_until: datetime | None
    link: OpenLink | None = None


class Credentials:
    """Everything that changes how someone proves who they are.

    Each change says so with `UnitOfWork.credentials_changed`, which ends what opened the account before.
    """

    def __init__(
        self,
        store: Store,
        transactions: Transactions,
        passwords: Passwords,
        two_step: TwoStep,
        links: PasswordLinks,
    ) -> None:
        self._store = store
        self._transactions = transactions
        self._passwords = passwords
        self._two_step = two_step
        self._links = links
        self.invitations = Invitations(transactions, links)
        self._limiter = Limiter(LIMITS)
        self._current = Limiter(CURRENT_LIMITS)

    # ── one's own ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def change_own(
        self,
        identity: Identity,
        address: str,
        current: str,
        new: str,
        code: str,
        now: datetime,
        *,
        revoke_keys: bool = True,
    ) -> None:
        """Change one's own password; all other sign-ins end, and the API keys that one made if `revoke_keys`.

        Raises FieldError, TooOftenError, SecondStepNeededError, WrongCodeError or NotSetUpYetError.
        """
        row = await self.show_current(identity, current, now)
        level = await self._checked(row, new)
        await self._show_second_step(row, code, signed_in_asker(address, identity.sign_in), now)
        await self._choose_own(identity, address, new, level, now, revoke_keys=revoke_keys)

    async def prove(self, identity: Identity, address: str, current: str, code: str, now: datetime) -> Identity:
        """Someone who is signed in gives password and code again; what is guarded is open to them for a while.

        Raises FieldError, TooOftenError, SecondStepNeededError, WrongCodeError or NotSetUpYetError.
        """
        row = await self.show_current(identity, current, now)
        await self._show_second_step(row, code, signed_in_asker(address, identity.sign_in), now)
        async with self._store.transaction() as transaction:
            shown = update(SignInRow).where(SignInRow.id == identity.sign_in, SignInRow.person_id == row.id)
            await transaction.execute(shown.values(proved_at=now))
        return replace(identity, proved_at=now)

    async def show_current(self, identity: Identity, current: str, now: datetime) -> PersonRow:
        """Have a person prove that no one else uses their computer now. Raises FieldError or TooOftenError."""
        with self._current.reserve({"sign_in": str(identity.sign_in)}, now.timestamp()):
            row = await self._person(identity.person.id)
            if len(current) > MAX_LENGTH or not await self._passwords.verify(row.password_hash, current):
                raise FieldError("current", "wrong", "This is not your current password.")
        return row

    async def remove_own_two_step(self, identity: Identity, address: str, code: str, now: datetime) -> None:
        """Remove one's own authenticator where nobody demands it.

        Raises NotAllowedError, WrongCodeError, TooOftenError or NotSetUpYetError.
        """
        row = await self._person(identity.person.id)
        if await self.demands_second_step(row.id):
            raise NotAllowedError("Your organisation requires two-step verification, so you cannot remove it.")
        await self._two_step.verify(row.id, code, signed_in_asker(address, identity.sign_in), now)
        async with self._transactions.change(identity.actor(address), now) as work:
            await two_step.forget(work.transaction, row.id, row.id, now)
            self._record_second_step(work, unit_of(row), row, is_set=False)
            work.credentials_changed(row.id, revoke_keys=False)

    async def confirm_two_step(
        self, identity: Identity, sign_in: int | None, address: str, code: str, now: datetime, *, wanted: bool
    ) -> list[str]:
        """An app shows this code, of the secret that was proposed to `sign_in`; return the recovery codes.

        Every other sign-in ends: it may have been opened without the second step.
        Raises WrongCodeError, TooOftenError or NotSetUpYetError.
        """
        row = await self._person(identity.person.id)
        async with self._transactions.change(identity.actor(address), now) as work:
            codes = await self._two_step.confirm(work.transaction, row.id, sign_in, code, now, wanted=wanted)
            self._record_second_step(work, unit_of(row), row, is_set=True)
            work.credentials_changed(row.id, kept_sign_in=identity.sign_in, revoke_keys=False)
        return codes

    async def renew_codes(self, identity: Identity, address: str, code: str, now: datetime) -> list[str]:
        """Return new recovery codes for a code; the old ones are worth nothing any more, and other sign-ins end.

        Raises WrongCodeError, TooOftenError or NotSetUpYetError.
        """
        await self._two_step.verify(identity.person.id, code, signed_in_asker(address, identity.sign_in), now)
        async with self._transactions.change(identity.actor(address), now) as work:
            codes = await self._two_step.new_codes(work.transaction, identity.person.id, now)
            work.credentials_changed(identity.person.id, revoke_keys=False)
        return codes

    async def demands_second_step(self, person: int) -> bool:
        """Whether the organisation demands it of someone, whatever he wants himself."""
        async with self._store.reading() as transaction:
            row = await transaction.get_one(PersonRow, person)
            policies, eligibility = await read_policies(transaction), await eligibility_of(transaction, row)
        return policies.asks_second_step(Role(row.role), eligibility.licences)

    async def choose_after_sign_in(self, identity: Identity, address: str, new: str, now: datetime) -> None:
        """Choose the password that is due, on the way in: everything else was shown already. Raises FieldError."""
        level = await self._checked(await self._person(identity.person.id), new)
        await self._choose_own(identity, address, new, level, now, revoke_keys=False)

    async def least(self) -> str:
        """Return the strength that every password must have (SEC-34)."""
        async with self._store.reading() as transaction:
            return (await read_policies(transaction)).least.key

    async def days_left(self, person: int, now: datetime) -> int | None:
        """Return in how many days someone's password ends, when he is to be warned of that (SEC-32)."""
        async with self._store.reading() as transaction:
            row = await transaction.get_one(PersonRow, person)
            policies = await read_policies(transaction)
        return days_left(row.password_changed_at, policies.age_days, policies.warn_days, now)

    async def keys_of(self, person: int, now: datetime) -> list[str]:
        """Return the names of the API keys that someone made and that still work."""
        row = ApiKeyRow
        alive = (row.made_by == person, row.revoked_at.is_(None), or_(row.expires_at.is_(None), row.expires_at > now))
        async with self._store.reading() as transaction:
            return list(await transaction.scalars(select(row.name).where(*alive).order_by(row.name)))

    async def asks_code(self, person: int) -> bool:
        """Whether someone has to show a code of the authenticator that they have."""
        async with self._store.reading() as transaction:
            row = await transaction.get_one(PersonRow, person)
            is_set_up = (await self._two_step.enrolment(transaction, person)).is_set_up
            return is_set_up and await self._asks_second_step(transaction, row)

    async def asks_second_step(self, person: int) -> bool:
        """Whether someone must show a code to change his password (SEC-39)."""
        async with self._store.reading() as transaction:
            row = await transaction.get_one(PersonRow, person)
            return await self._asks_second_step(transaction, row)

    # ── links in mails ─────────────────────────────────────────────────────────────────────────────────────────────

    async def forgotten(self, email: str, now: datetime) -> None:
        """Send the person with this address a link to choose a new password; never say whether there is one.

        Call it beside the answer, so that its time tells nothing.
        """
        someone = select(PersonRow).where(PersonRow.email_key == email_key(email))
        async with self._store.reading() as reading:
            row = await reading.scalar(someone)
        if row is None:
            return  # nothing is counted for whom there is not: made-up addresses fill no memory
        async with self._store.transaction() as transaction:
            row = await transaction.scalar(someone)
            if row is None or not (await eligibility_of(transaction, row)).is_active:
                return
            try:
                self._limiter.take({"account": str(row.id)}, now.timestamp())
            except TooOftenError:
                return  # someone's mailbox is being filled; it says the same as if nobody had the address
            await self._links.make(transaction, row, LinkKind.FORGOTTEN, now)

    async def choose(
        self, secret: str, address: str, new: str, code: str, now: datetime, *, revoke_keys: bool = True
    ) -> None:
        """Choose a password with a link. The link works once, and only when everything else is right.

        All sign-ins end, and the API keys of that person if `revoke_keys`.

        Raises LinkRefusedError, FieldError, SecondStepNeededError, WrongCodeError or TooOftenError.
        """
        person = await self._of_link(secret, now)
        row = await self._person(person)
        level = await self._checked(row, new)
        await self._show_second_step(row, code, Asker(address), now)
        hashed = await self._passwords.hash(new)
        async with self._own_work(row, address, now) as work:
            used = delete(PasswordLinkRow).where(PasswordLinkRow.digest == digest(secret)).returning(PasswordLinkRow.id)
            if (await work.transaction.execute(used)).first() is None:
                raise LinkRefusedError(LinkRefusedError.__doc__)
            await put_password(work, row, hashed, level, must_change=False, revoke_keys=revoke_keys)

    async def opened(self, secret: str, now: datetime) -> LinkKind | None:
        """Note that a link was opened, and return of what kind it is; None for what is no link (any more)."""
        async with self._store.transaction() as transaction:
            return await note_opened(transaction, secret, now)

    async def expire(self, now: datetime) -> None:
        """Forget links whose time is over."""
        async with self._store.transaction() as transaction:
            await transaction.execute(delete(PasswordLinkRow).where(PasswordLinkRow.expires_at <= now))

    # ── someone else's ────────────────────────────────────────────────────────────────────────────────────────────

    async def set_for(self, actor: Actor, unit: Unit, new: str, now: datetime, *, revoke_keys: bool = True) -> None:
        """Set someone else's password (ORG-25).

        Raises NotAllowedError, NotThereError, ProofNeededError or FieldError.
        """
        async with self._transactions.look(actor, now) as work:
            row = await load_guarded(work, unit, Guard.PROOF)
            policies = await read_policies(work.transaction)
        level = check(new, policies.least, row.email, row.name)
        hashed = await self._passwords.hash(new)
        async with self._transactions.change(actor, now) as work:
            row = await load_guarded(work, unit, Guard.PROOF)
            await put_password(
                work, row, hashed, level, must_change=policies.change_after_reset, revoke_keys=revoke_keys
            )

    async def reset_two_step(self, actor: Actor, unit: Unit, now: datetime, *, revoke_keys: bool = True) -> None:
        """Throw someone else's authenticator away, at once (SEC-43).

        Within an administrator's reach are only technicians of his groups, so neither he nor a colleague is (SEC-45).
        Raises NotAllowedError, NotThereError, ProofNeededError or NoSecondStepError.
        """
        async with self._transactions.change(actor, now) as work:
            row = await load_guarded(work, unit, Guard.PROOF)
            if not (await self._two_step.enrolment(work.transaction, unit.id)).is_set_up:
                raise NoSecondStepError(NoSecondStepError.__doc__)
            await two_step.forget(work.transaction, unit.id, actor.person, now)
            self._record_second_step(work, unit, row, is_set=False)
            work.credentials_changed(unit.id, revoke_keys=revoke_keys)

    async def may_change(self, actor: Actor, unit: Unit, now: datetime) -> bool:
        """Whether this actor is one who changes how someone signs in, once they have proved who they are."""
        async with self._transactions.look(actor, now) as work:
            try:
                await load_guarded(work, unit, Guard.PEOPLE)
            except DesksideError:
                return False
            return True

    async def can_reset_two_step(self, actor: Actor, unit: Unit, now: datetime) -> bool:
        """Whether the button is there for this actor: he may, and there is something to reset (SEC-44)."""
        async with self._transactions.look(actor, now) as work:
            try:
                await load_guarded(work, unit, Guard.PEOPLE)
            except DesksideError:
                return False
            return (await self._two_step.enrolment(work.transaction, unit.id)).is_set_up

    async def of_other(self, actor: Actor, unit: Unit, now: datetime) -> WayIn:
        """Return how someone in the actor's reach signs in. Raises NotAllowedError or NotThereError."""
        async with self._transactions.look(actor, now) as work:
            row = await load(work, unit)
            enrolment = await self._two_step.enrolment(work.transaction, unit.id)
            found = await self._links.open_links(work.transaction, now, unit.id)
        link = max(found, key=lambda each: each.until, default=None)
        until = None if link is None else link.until
        return WayIn(row.password_hash is not None, row.must_change_password, enrolment.is_set_up, until, link)

    # ── parts ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _person(self, person: int) -> PersonRow:
        async with self._store.reading() as transaction:
            return await transaction.get_one(PersonRow, person)

    async def _checked(self, row: PersonRow, new: str) -> Level:
        """Return the level of a password that someone chooses himself; it differs from the present one (SEC-33a)."""
        async with self._store.reading() as transaction:
            policies: Policies = await read_policies(transaction)
        level = check(new, policies.least, row.email, row.name)
        if row.password_hash is not None and await self._passwords.verify(row.password_hash, new):
            raise FieldError("password", "same", "Choose a password that differs from the current one.")
        return level

    async def _show_second_step(self, row: PersonRow, code: str, asker: Asker, now: datetime) -> None:
        async with self._store.reading() as transaction:
            asks = await self._asks_second_step(transaction, row)
            has_one = (await self._two_step.enrolment(transaction, row.id)).is_set_up
        if not asks or not has_one:
            return  # a person without an authenticator sets one up at the next sign-in, before anything opens
        if not code.strip():
            raise SecondStepNeededError("Enter the code from your authenticator app too.")
        await self._two_step.verify(row.id, code, asker, now)

    async def _asks_second_step(self, transaction: AsyncSession, row: PersonRow) -> bool:
        policies, eligibility = await read_policies(transaction), await eligibility_of(transaction, row)
        enrolment = await self._two_step.enrolment(transaction, row.id)
        return enrolment.wanted or policies.asks_second_step(Role(row.role), eligibility.licences)

    async def _choose_own(
        self, identity: Identity, address: str, new: str, level: Level, now: datetime, *, revoke_keys: bool
    ) -> None:
        row, hashed = await self._person(identity.person.id), await self._passwords.hash(new)
        async with self._transactions.change(identity.actor(address), now) as work:
            await put_password(work, row, hashed, level, must_change=False, revoke_keys=revoke_keys)

    def _own_work(self, row: PersonRow, address: str, now: datetime) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._transactions.change(Actor(row.id, row.name, Role(row.role), address), now)

    @staticmethod
    def _record_second_step(work: UnitOfWork, unit: Unit, row: PersonRow, *, is_set: bool) -> None:
        before, after = (Action.NOT_SET, Action.SET) if is_set else (Action.SET, Action.NOT_SET)
        work.record(
            unit,
            row.name,
            Done.EDIT,
            section=SECTION,
            field=SECOND_STEP,
            old_action=before,
            new_action=after,
            version=row.version,
        )

    async def _of_link(self, secret: str, now: datetime) -> int:
        async with self._store.reading() as transaction:
            link = await transaction.scalar(select(PasswordLinkRow).where(PasswordLinkRow.digest == digest(secret)))
        if link is None or link.expires_at <= now:
            raise LinkRefusedError(LinkRefusedError.__doc__)
        return link.person_id


async def put_password(
    work: UnitOfWork, row: PersonRow, hashed: str, level: Level, *, must_change: bool, revoke_keys: bool
) -> None:
    """Store a password inside other work; everything that opened the account before ends."""
    stored = await work.transaction.get_one(PersonRow, row.id)
    before = of_value(stored.password_hash)[1]
    stored.password_hash, stored.password_level = hashed, level.key
    stored.password_changed_at, stored.password_set_by = work.now, work.actor.person
    stored.must_change_password = must_change
    work.credentials_changed(row.id, revoke_keys=revoke_keys)
    work.record(
        unit_of(stored),
        stored.name,
        Done.EDIT,
        section=SECTION,
        field=PASSWORD,
        old_action=before,
        new_action=Action.SET,
        version=stored.version,
    )
