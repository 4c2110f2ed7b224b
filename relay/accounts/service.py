"""People and their sign-ins, applied to the store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from codec.errors import DesksideError
from codec.wire.api_types import Person
from relay.accounts.eligibility import Eligibility, eligibilities_of, eligibility_of
from relay.accounts.model import LicenceRow, OrganisationRow, PersonRow, SignInRow
from relay.accounts.rules import (
    MAX_NICKNAME,
    Licence,
    Role,
    Status,
    clean_email,
    clean_name,
    email_key,
)
from relay.credentials import password_strength
from relay.credentials.password_hashing import Passwords
from relay.organization.rules import Actor
from relay.organization.seed import seed
from relay.secret import digest, new_secret
from relay.store.batching import Batches
from relay.store.database import Store
from relay.store.read_cache import ReadCache
from relay.tasks.sweep import was_before

USED_EVERY = timedelta(minutes=1)
"""A sign-in's last use is written at most this often."""
KEPT_AFTER_END = timedelta(days=1)
ON_THE_WAY_FOR = timedelta(minutes=15)
"""So long someone may take for what is asked after the password."""


class SignInKind(StrEnum):
    """What a sign-in is for."""

    COOKIE = "cookie"
    TOKEN = "token"  # noqa: S105  (a word in a column, not a secret)
    HALF = "half"
    """The password was right; what is still asked comes next. Opens nothing else."""
    PROVED = "proved"
    """The second step was right too; a new password comes next. Opens nothing else."""


OPEN = (SignInKind.COOKIE, SignInKind.TOKEN)
ON_THE_WAY = (SignInKind.HALF, SignInKind.PROVED)


class NotSetUpError(DesksideError):
    """This relay has not been set up yet. Open /setup with the token that its terminal shows."""


class AlreadySetUpError(DesksideError):
    """This relay is already set up."""


@dataclass(frozen=True)
class Identity:
    """Who is signed in, by which sign-in, and when password and code were last given on it."""

    person: Person
    sign_in: int
    role: Role
    licences: frozenset[Licence]
    proved_at: datetime | None = None

    @property
    def may_serve(self) -> bool:
        """Whether the console is open to this person (ORG-39, ORG-49)."""
        return Licence.STANDARD in self.licences

    def actor(self, address: str) -> Actor:
        """Return who does what this person does from an address."""
        return Actor(
            self.person.id, self.person.name, self.role, address, sign_in=self.sign_in, proved_at=self.proved_at
        )


@dataclass(frozen=True)
class SignInShown:
    """One of a person's sign-ins, for the list on the account page."""

    id: int
    kind: SignInKind
    console: str
    address: str
    made_at: datetime
    used_at: datetime


@dataclass(frozen=True)
class SignedOut:
    """Whom to tell whose tokens have died: of one sign-in, or of a person everywhere."""

    once: Callable[[int], None]
    everywhere: Callable[[int], None]


@dataclass(frozen=True)
class Registration:
    """In which language an organisation registers: its tag, and how to say a text in it."""

    language: str = "en"
    translate: Callable[[str], str] = str


@dataclass(frozen=True)
class NewPerson:
    """What is asked of a new person; not yet checked."""

    email: str
    name: str
    nickname: str
    password: str


@dataclass(frozen=True)
class _Known:
    """Whom a secret stands for, until when, and when its last use was written."""

    identity: Identity
    expires_at: datetime
    used_at: datetime


class Accounts:
    """Everybody who can sign in."""

    def __init__(self, store: Store, passwords: Passwords, lifetime: timedelta) -> None:
        self._store = store
        self._passwords = passwords
        self._lifetime = lifetime
        self._known = ReadCache(store, Batches(self._read_sign_ins).get)
        self._name = ReadCache(store, self._read_name)
        self._used: dict[int, datetime] = {}
        """When sign-ins were used last, where that has not been written yet."""

    async def is_set_up(self) -> bool:
        """Whether there is anybody yet."""
        async with self._store.reading() as transaction:
            return bool(await transaction.scalar(select(func.count()).select_from(PersonRow)))

    async def organisation(self) -> str:
        """Return the organisation's name. Raises NotSetUpError."""
        return await self._name.get(None)

    async def _read_name(self, _organisation: None) -> str:
        async with self._store.reading(apart=True) as transaction:
            name: str | None = await transaction.scalar(select(OrganisationRow.name))
        if name is None:
            raise NotSetUpError(NotSetUpError.__doc__)
        return name

    async def usual_language(self) -> str:
        """Return the language that the organisation was set up in."""
        async with self._store.reading() as transaction:
            return await transaction.scalar(select(OrganisationRow.registration_language)) or "en"

    async def name_if_set_up(self) -> str:
        """Return the organisation's name, empty before the set-up."""
        try:
            return await self.organisation()
        except NotSetUpError:
            return ""

    async def set_up(
        self, organisation: str, first: NewPerson, now: datetime, registration: Registration = Registration()
    ) -> None:
        """Make the organisation and its account owner, who may serve too. Raises FieldError or AlreadySetUpError."""
        organisation = clean_name("organisation", organisation)
        row = await self._owner(first, now)
        async with self._store.transaction(alone="organisation") as transaction:
            if await transaction.scalar(select(func.count()).select_from(PersonRow)):
                raise AlreadySetUpError(AlreadySetUpError.__doc__)
            transaction.add(OrganisationRow(id=1, name=organisation, registration_language=registration.language))
            transaction.add(row)
            seed(transaction, registration.translate, now)
            await transaction.flush()
            transaction.add_all(LicenceRow(person_id=row.id, kind=kind, assigned_at=now) for kind in Licence)

    async def identify(self, secret: str, kind: SignInKind, now: datetime) -> Identity | None:
        """Return who holds this secret, None when nobody does (any more)."""
        known = await self._known.get((digest(secret), kind))
        if known is None or known.expires_at <= now:
            return None
        if kind in OPEN and now - known.used_at > USED_EVERY:
            # Written soon, and together: nobody waits for a writer only to be known.
            self._used[known.identity.sign_in] = now
        return known.identity

    async def _read_sign_ins(
        self, asked: "Sequence[tuple[str, SignInKind]]"
    ) -> "dict[tuple[str, SignInKind], _Known | None]":
        query = select(SignInRow).where(SignInRow.digest.in_({digest for digest, _kind in asked}))
        async with self._store.reading(apart=True) as transaction:
            rows = list(await transaction.scalars(query))
            eligibilities = await eligibilities_of(
                transaction, list({row.person_id: row.person for row in rows}.values())
            )
        found: dict[tuple[str, SignInKind], _Known | None] = dict.fromkeys(asked)
        for row in rows:
            eligibility = eligibilities[row.person_id]
            if eligibility.is_active and (row.digest, row.kind) in found:
                identity = _identity(row.person, eligibility, row.id, row.proved_at)
                found[row.digest, SignInKind(row.kind)] = _Known(identity, row.expires_at, row.used_at)
        return found

    async def admit(
        self, person: int, kind: SignInKind, console: str, address: str, now: datetime, instead_of: int | None = None
    ) -> tuple[str, Identity, datetime]:
        """Return a new secret, who it stands for, and when it ends. The sign-in `instead_of` which it comes is over."""
        secret, ends = new_secret(), now + (self._lifetime if kind in OPEN else ON_THE_WAY_FOR)
        row = SignInRow(
            person_id=person,
            kind=kind,
            digest=digest(secret),
            console=console,
            address=address,
            made_at=now,
            used_at=now,
            expires_at=ends,
            proved_at=now,
        )
        async with self._store.transaction() as transaction:
            if instead_of is not None:
                await transaction.execute(delete(SignInRow).where(SignInRow.id == instead_of))
            transaction.add(row)
            someone = await transaction.get_one(PersonRow, person)
            eligibility = await eligibility_of(transaction, someone)
            await transaction.flush()
            return secret, _identity(someone, eligibility, row.id, now), ends

    async def sign_out(self, sign_in: int) -> None:
        """End one sign-in."""
        async with self._store.transaction() as transaction:
            await transaction.execute(delete(SignInRow).where(SignInRow.id == sign_in))

    async def sign_out_one(self, person: int, sign_in: int) -> bool:
        """End one of a person's own sign-ins; False when it is not his."""
        async with self._store.transaction() as transaction:
            own = (SignInRow.id == sign_in, SignInRow.person_id == person)
            ended = await transaction.execute(delete(SignInRow).where(*own).returning(SignInRow.id))
            return ended.first() is not None

    async def sign_out_everywhere(self, person: int) -> None:
        """End all sign-ins of a person."""
        async with self._store.transaction() as transaction:
            await transaction.execute(delete(SignInRow).where(SignInRow.person_id == person))

    async def sign_ins(self, person: int, now: datetime) -> list[SignInShown]:
        """Return a person's sign-ins, the latest used first."""
        query = (
            select(SignInRow)
            .where(SignInRow.person_id == person, SignInRow.expires_at > now, SignInRow.kind.in_(OPEN))
            .order_by(SignInRow.used_at.desc())
        )
        async with self._store.reading() as transaction:
            return [
                SignInShown(row.id, SignInKind(row.kind), row.console, row.address, row.made_at, row.used_at)
                for row in await transaction.scalars(query)
            ]

    async def person(self, person: int) -> Person:
        """Return a person by id, who must exist."""
        async with self._store.reading() as transaction:
            return _shown(await transaction.get_one(PersonRow, person))

    async def expire(self, now: datetime) -> None:
        """Write which sign-ins were used, and forget those that ended a while ago.

        One that ends by time opens nothing from that moment. It is kept for a day all the same: clocks are set wrongly.
        """
        used, self._used = self._used, {}
        try:
            async with self._store.transaction() as transaction:
                for sign_in, at in used.items():
                    row = update(SignInRow).where(SignInRow.id == sign_in)
                    await transaction.execute(row.values(used_at=at, expires_at=at + self._lifetime))
                await transaction.execute(delete(SignInRow).where(SignInRow.expires_at <= now - KEPT_AFTER_END))
        except BaseException:
            self._used = used | self._used
            raise

    async def clock_set(self, by: timedelta, now: datetime) -> None:
        """The clock was set: sign-ins last as long as they were to."""
        async with self._store.transaction() as transaction:
            for row in await transaction.scalars(select(SignInRow).with_for_update(of=SignInRow)):
                if was_before(row.used_at, now):
                    row.used_at, row.expires_at = row.used_at + by, row.expires_at + by

    async def _owner(self, new: NewPerson, now: datetime) -> PersonRow:
        email, name = clean_email(new.email), clean_name("name", new.name)
        nickname = clean_name("nickname", new.nickname or name.split()[0], MAX_NICKNAME)
        level = password_strength.check(new.password, password_strength.Level.GOOD, email, name)
        return PersonRow(
            email=email,
            email_key=email_key(email),
            role=Role.ACCOUNT_OWNER,
            name=name,
            nickname=nickname,
            status=Status.ENABLED,
            password_hash=await self._passwords.hash(new.password),
            password_level=level.key,
            password_changed_at=now,
            made_at=now,
            changed_at=now,
            valid_since=now,
        )


def _shown(row: PersonRow) -> Person:
    """Return a person as the desk sees one. Customers see the name of someone without a nickname (ORG-21)."""
    return Person(id=row.id, email=row.email, name=row.name, nickname=row.nickname or row.name)


async def identity_of(transaction: AsyncSession, person: PersonRow) -> Identity | None:
    """Return who acts through something that a person made, such as a key; None while that person takes no part."""
    eligibility = await eligibility_of(transaction, person)
    return _identity(person, eligibility, 0) if eligibility.is_active else None


def _identity(row: PersonRow, eligibility: Eligibility, sign_in: int, proved_at: datetime | None = None) -> Identity:
    return Identity(_shown(row), sign_in, Role(row.role), eligibility.licences, proved_at)
