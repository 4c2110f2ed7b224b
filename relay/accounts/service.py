"""People and their sign-ins, applied to the store."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select

from codec.desk import Person
from codec.errors import DesksideError
from relay.accounts.model import OrganisationRow, PersonRow, SignInRow
from relay.accounts.passwords import Passwords
from relay.accounts.rules import MAX_NICKNAME, check_password, clean_email, clean_name, email_key
from relay.limits import Limit, Limiter, address_key
from relay.secret import digest, new_secret
from relay.store import Store

LIMITS = {"account": Limit(10, 600), "address": Limit(30, 600)}
USED_EVERY = timedelta(minutes=1)
"""A sign-in's last use is written at most this often."""


class Kind(StrEnum):
    """What a sign-in is for."""

    COOKIE = "cookie"
    TOKEN = "token"  # noqa: S105  (a word in a column, not a secret)


class WrongSignInError(DesksideError):
    """The e-mail address or the password is not right. Check both; capitals count in the password."""


class NotSetUpError(DesksideError):
    """This relay has not been set up yet. Open /setup with the token that its terminal shows."""


class AlreadySetUpError(DesksideError):
    """This relay has been set up already."""


@dataclass(frozen=True)
class Identity:
    """Who is signed in, by which sign-in."""

    person: Person
    sign_in: int
    is_master_administrator: bool
    is_technician: bool


@dataclass(frozen=True)
class SignInShown:
    """One of a person's sign-ins, for the list on the account page."""

    id: int
    kind: Kind
    console: str
    address: str
    made_at: datetime
    used_at: datetime


@dataclass(frozen=True)
class NewPerson:
    """What is asked of a new person; not yet checked."""

    email: str
    name: str
    nickname: str
    password: str


class Accounts:
    """Everybody who can sign in."""

    def __init__(self, store: Store, passwords: Passwords, lifetime: timedelta) -> None:
        self._store = store
        self._passwords = passwords
        self._lifetime = lifetime
        self._limiter = Limiter(LIMITS)

    async def is_set_up(self) -> bool:
        """Whether there is anybody yet."""
        async with self._store.transaction() as transaction:
            return bool(await transaction.scalar(select(func.count()).select_from(PersonRow)))

    async def organisation(self) -> str:
        """Return the organisation's name. Raises NotSetUpError."""
        async with self._store.transaction() as transaction:
            name: str | None = await transaction.scalar(select(OrganisationRow.name))
        if name is None:
            raise NotSetUpError(NotSetUpError.__doc__)
        return name

    async def set_up(self, organisation: str, first: NewPerson, now: datetime) -> None:
        """Make the organisation and its first master administrator. Raises FieldError or AlreadySetUpError."""
        organisation = clean_name("organisation", organisation)
        row = await self._checked(first, now)
        row.is_master_administrator = row.is_technician = True
        async with self._store.transaction() as transaction:
            if await transaction.scalar(select(func.count()).select_from(PersonRow)):
                raise AlreadySetUpError(AlreadySetUpError.__doc__)
            transaction.add(OrganisationRow(id=1, name=organisation))
            transaction.add(row)

    async def sign_in(
        self, email: str, password: str, kind: Kind, console: str, address: str, now: datetime
    ) -> tuple[str, Identity, datetime]:
        """Return a new secret, who it stands for, and when it ends. Raises WrongSignInError or TooOftenError."""
        keys = {"account": email_key(email), "address": address_key(address)}
        self._limiter.check(keys, now.timestamp())
        async with self._store.transaction() as transaction:
            row = await transaction.scalar(select(PersonRow).where(PersonRow.email_key == email_key(email)))
        if not await self._passwords.verify(row.password_hash if row else None, password) or row is None:
            self._limiter.miss(keys, now.timestamp())
            raise WrongSignInError(WrongSignInError.__doc__)
        self._limiter.forget("account", keys["account"])
        return await self._new_sign_in(row, kind, console, address, now)

    async def identify(self, secret: str, kind: Kind, now: datetime) -> Identity | None:
        """Return who holds this secret, None when nobody does (any more)."""
        async with self._store.transaction() as transaction:
            query = select(SignInRow).where(SignInRow.digest == digest(secret), SignInRow.kind == kind)
            row = await transaction.scalar(query)
            if row is None or row.expires_at <= now:
                return None
            if now - row.used_at > USED_EVERY:
                row.used_at, row.expires_at = now, now + self._lifetime
            return _identity(row.person, row.id)

    async def sign_out(self, sign_in: int) -> None:
        """End one sign-in."""
        async with self._store.transaction() as transaction:
            await transaction.execute(delete(SignInRow).where(SignInRow.id == sign_in))

    async def sign_out_everywhere(self, person: int) -> None:
        """End all sign-ins of a person."""
        async with self._store.transaction() as transaction:
            await transaction.execute(delete(SignInRow).where(SignInRow.person_id == person))

    async def sign_ins(self, person: int, now: datetime) -> list[SignInShown]:
        """Return a person's sign-ins, the latest used first."""
        query = (
            select(SignInRow)
            .where(SignInRow.person_id == person, SignInRow.expires_at > now)
            .order_by(SignInRow.used_at.desc())
        )
        async with self._store.transaction() as transaction:
            return [
                SignInShown(row.id, Kind(row.kind), row.console, row.address, row.made_at, row.used_at)
                for row in await transaction.scalars(query)
            ]

    async def person(self, person: int) -> Person:
        """Return a person by id, who must exist."""
        async with self._store.transaction() as transaction:
            return _shown(await transaction.get_one(PersonRow, person))

    async def let_time_pass(self, now: datetime) -> None:
        """Forget sign-ins that have ended."""
        async with self._store.transaction() as transaction:
            await transaction.execute(delete(SignInRow).where(SignInRow.expires_at <= now))

    async def _new_sign_in(
        self, person: PersonRow, kind: Kind, console: str, address: str, now: datetime
    ) -> tuple[str, Identity, datetime]:
        secret, ends = new_secret(), now + self._lifetime
        row = SignInRow(
            person_id=person.id,
            kind=kind,
            digest=digest(secret),
            console=console,
            address=address,
            made_at=now,
            used_at=now,
            expires_at=ends,
        )
        async with self._store.transaction() as transaction:
            transaction.add(row)
        return secret, _identity(person, row.id), ends

    async def _checked(self, new: NewPerson, now: datetime) -> PersonRow:
        email, name = clean_email(new.email), clean_name("name", new.name)
        nickname = clean_name("nickname", new.nickname or name.split()[0], MAX_NICKNAME)
        check_password(new.password, email, name)
        return PersonRow(
            email=email,
            email_key=email_key(email),
            name=name,
            nickname=nickname,
            password_hash=await self._passwords.hash(new.password),
            is_master_administrator=False,
            is_technician=False,
            made_at=now,
        )


def _shown(row: PersonRow) -> Person:
    return Person(id=row.id, email=row.email, name=row.name, nickname=row.nickname)


def _identity(row: PersonRow, sign_in: int) -> Identity:
    return Identity(_shown(row), sign_in, row.is_master_administrator, row.is_technician)
