"""Signing in, whatever the way: the password, the second step, a new password where one is due, from which network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from codec.errors import DesksideError
from relay.accounts.eligibility import eligibility_of
from relay.accounts.model import LicenceRow, OrganisationRow, PersonRow
from relay.accounts.rules import Licence, Role, clean_email, email_key
from relay.accounts.service import ON_THE_WAY, Accounts, Identity, SignInKind
from relay.credentials.model import SignInEventRow
from relay.credentials.password_strength import Level, has_expired
from relay.field_errors import FieldError
from relay.limits.rate_limiter import TooOftenError
from relay.logs.events import LOCKED_OUT, REFUSED, SIGNED_IN, tell, when_kept
from relay.notifications.events import Event, Notification
from relay.notifications.service import Notifications
from relay.sign_in.authentication import Authenticated, Authentication, ShutOutError, WrongSignInError
from relay.sign_in.policies import AddressRule, Policies, console_rules, read_policies
from relay.sign_in.two_step import Asker, TwoStep, WrongCodeError
from relay.store.batching import Batches
from relay.store.database import Store
from relay.store.read_cache import ReadCache

CONSOLE = "console"
"""What `Visitor.component` calls programs that get a token; all others get a cookie."""


class Need(StrEnum):
    """What is asked after the password, in this order."""

    CODE = "code"
    ENROLMENT = "enrolment"
    PASSWORD = "password"  # noqa: S105  (a word, not a secret)


class SecondStepNeededError(DesksideError):
    """The password is right. Enter the code from your authenticator app too."""


class EnrolmentNeededError(DesksideError):
    """Your organisation requires two-step verification. Set it up before you continue."""

    def __init__(self, ticket: str = "") -> None:
        super().__init__(type(self).__doc__)
        self.ticket = ticket


class PasswordChangeNeededError(DesksideError):
    """You must choose a new password before you go on."""

    def __init__(self, ticket: str = "", least: str = "") -> None:
        super().__init__(type(self).__doc__)
        self.ticket = ticket
        self.least = least


class NothingDueError(DesksideError):
    """This step is not needed now. Sign in."""


class NotFromHereError(ShutOutError):
    """Your organisation does not allow sign-ins from this network. Use another network, or ask an administrator."""


class NoLicenceError(ShutOutError):
    """Your account has no licence for the console. Ask an administrator to give you one."""


class NoLicenceFreeError(ShutOutError):
    """Your account has no licence for the console, and all licences are in use. Ask an administrator to free one."""


class NotTechnicianError(ShutOutError):
    """This is an administrator's account without a licence for the console. Use the Admin Center, or add a licence."""


class OtherVersionError(DesksideError):
    """This console and the relay are of different versions. Install the same version of both."""


class NoSuchSignInError(DesksideError):
    """You have no such sign-in. It may have ended already."""


class TicketEndedError(DesksideError):
    """This took too long, or was done already. Sign in again."""


@dataclass(frozen=True)
class Visitor:
    """Who signs in: from which address, with which program, at which component, in which language.

    `device` is what the browser or program keeps since someone signed in there.
    """

    address: str
    program: str
    component: str
    language: str | None = None
    device: str = ""


@dataclass(frozen=True)
class Admitted:
    """A new secret for someone, when it ends, and what is still asked before it opens anything.

    `device` is what the device keeps from now on; empty while something is asked.
    """

    secret: str
    identity: Identity
    ends: datetime
    need: Need | None
    device: str = ""


class SignInService:
    """Lets people in. Every way in goes through here; each step gives a new secret and ends the one before."""

    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        authentication: Authentication,
        two_step: TwoStep,
        notifications: Notifications,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._authentication = authentication
        self._two_step = two_step
        self._notifications = notifications
        self._addresses = ReadCache(store, self._read_addresses)
        self._rules = ReadCache(store, Batches(self._read_rules).get)

    async def begin(self, email: str, password: str, visitor: Visitor, now: datetime) -> Admitted:
        """Someone shows a password on a page. Raises WrongSignInError, ShutOutError or TooOftenError."""
        known = await self._authenticate(email, password, visitor, now)
        return await self._advance(known.person, SignInKind.HALF, visitor, now, None)

    async def need(self, person: int, kind: SignInKind, now: datetime) -> Need | None:
        """Return what is still asked of someone who is on the way in."""
        async with self._store.reading() as transaction:
            row = await transaction.get_one(PersonRow, person)
            return await self._need(transaction, row, kind, now)

    async def show_code(self, identity: Identity, code: str, visitor: Visitor, now: datetime) -> Admitted:
        """Someone on the way in shows a code. Raises WrongCodeError, TooOftenError or NotSetUpYetError."""
        try:
            await self._verify(identity.person.id, code, visitor, now)
        except WrongCodeError:
            await self._failed(identity.person.email, visitor, now, why="wrong code")
            raise
        return await self.advance(identity, visitor, now)

    async def advance(self, identity: Identity, visitor: Visitor, now: datetime) -> Admitted:
        """Someone on the way in has done a step: the second one, or setting it up, or choosing a password."""
        return await self._advance(identity.person.id, SignInKind.PROVED, visitor, now, identity.sign_in)

    async def sign_in(
        self, email: str, password: str, code: str, visitor: Visitor, now: datetime, *, serving: bool = False
    ) -> Admitted:
        """Let a console in, all at once; `serving` asks for a licence too. Raises WrongSignInError, TooOftenError,
        ShutOutError, SecondStepNeededError, WrongCodeError, EnrolmentNeededError or PasswordChangeNeededError.
        """
        person, need = await self._come(email, password, code, visitor, now, serving=serving)
        if need is Need.ENROLMENT:
            raise EnrolmentNeededError(await self._ticket(person, SignInKind.HALF, visitor, now))
        if need is Need.PASSWORD:
            least = await self._least()
            raise PasswordChangeNeededError(await self._ticket(person, SignInKind.PROVED, visitor, now), least)
        return await self._open(person, SignInKind.TOKEN, visitor, now, None)

    async def with_ticket(self, need: Need, ticket: str, visitor: Visitor, now: datetime) -> Identity:
        """Return who does what is due with the ticket of the refusal that said so.

        Raises TicketEndedError, NothingDueError or NotFromHereError.
        """
        for kind in ON_THE_WAY:
            identity = await self._accounts.identify(ticket, kind, now)
            if identity is None:
                continue
            await self._check_console_address(identity.person.id, visitor.address)
            if await self.need(identity.person.id, kind, now) is not need:
                raise NothingDueError(NothingDueError.__doc__)
            return identity
        raise TicketEndedError(TicketEndedError.__doc__)

    async def authenticate_for(
        self, need: Need, email: str, password: str, code: str, visitor: Visitor, now: datetime
    ) -> Identity:
        """Return who comes to a console to do what is due. It opens nothing yet: `advance` does, when it is done.

        Raises NothingDueError when it is something else, or what `sign_in` raises before.
        """
        person, found = await self._come(email, password, code, visitor, now)
        if found is not need:
            raise NothingDueError(NothingDueError.__doc__)
        kind = SignInKind.HALF if need is Need.ENROLMENT else SignInKind.PROVED
        _secret, identity, _ends = await self._accounts.admit(person, kind, visitor.program, visitor.address, now)
        return identity

    async def identify(self, token: str, address: str, now: datetime) -> Identity | None:
        """Return who holds a console's token, None for nobody. Raises NotFromHereError."""
        identity = await self._accounts.identify(token, SignInKind.TOKEN, now)
        if identity is not None:
            await self._check_console_address(identity.person.id, address)
        return identity

    async def allows(self, address: str) -> bool:
        """Whether staff may come from this address at all (SEC-49)."""
        return (await self._addresses.get(None)).allows(address)

    async def _read_addresses(self, _everybody: None) -> AddressRule:
        async with self._store.reading(apart=True) as transaction:
            return (await read_policies(transaction)).addresses

    async def _read_rules(self, people: Sequence[int]) -> dict[int, list[AddressRule]]:
        async with self._store.reading(apart=True) as transaction:
            rows = list(await transaction.scalars(select(PersonRow).where(PersonRow.id.in_(people))))
            return await console_rules(transaction, rows)

    async def _come(
        self, email: str, password: str, code: str, visitor: Visitor, now: datetime, *, serving: bool = False
    ) -> tuple[int, Need | None]:
        """Return who shows a password, and a code where one is asked for, and what is due after that."""
        known = await self._authenticate(email, password, visitor, now)
        await self._check_console_address(known.person, visitor.address)
        if serving:
            await self._check_licence(known, visitor)
        need = await self.need(known.person, SignInKind.HALF, now)
        if need is not Need.CODE:
            return known.person, need
        if not code.strip():
            raise SecondStepNeededError(SecondStepNeededError.__doc__)
        try:
            await self._verify(known.person, code, visitor, now)
        except WrongCodeError:
            await self._failed(email, visitor, now, why="wrong code")
            raise
        return known.person, await self.need(known.person, SignInKind.PROVED, now)

    async def _authenticate(self, email: str, password: str, visitor: Visitor, now: datetime) -> Authenticated:
        try:
            return await self._authentication.authenticate(email, password, visitor.address, now, visitor.device)
        except WrongSignInError:
            await self._failed(email, visitor, now, why="wrong password")
            raise
        except ShutOutError as error:
            await self._failed(email, visitor, now, why="disabled")
            error.contact = await self._contact()
            raise
        except TooOftenError as error:
            tell(LOCKED_OUT, address=visitor.address, what="sign-in", seconds=error.retry_seconds)
            raise

    async def _ticket(self, person: int, kind: SignInKind, visitor: Visitor, now: datetime) -> str:
        """Return what opens only what is due, for someone who has shown everything that comes before it."""
        secret, _identity, _ends = await self._accounts.admit(person, kind, visitor.program, visitor.address, now)
        return secret

    async def _least(self) -> str:
        async with self._store.reading() as transaction:
            return (await read_policies(transaction)).least.key

    async def _contact(self) -> str:
        """Return whom the organisation says to ask."""
        async with self._store.reading() as transaction:
            return await transaction.scalar(select(OrganisationRow.contact_details)) or ""

    async def _check_licence(self, known: Authenticated, visitor: Visitor) -> None:
        if Licence.STANDARD in known.eligibility.licences:
            return
        async with self._store.reading() as transaction:
            row = await transaction.get_one(PersonRow, known.person)
            organisation = await transaction.get_one(OrganisationRow, 1)
            given = select(func.count()).select_from(LicenceRow).where(LicenceRow.kind == Licence.STANDARD)
            total, count = organisation.standard_licences, await transaction.scalar(given) or 0
        error: type[ShutOutError] = NoLicenceError
        if row.role != Role.TECHNICIAN:
            error = NotTechnicianError
        elif total is not None and count >= total:
            error = NoLicenceFreeError
        tell(REFUSED, address=visitor.address, what="console", why="no licence", person=known.person)
        refused = error(error.__doc__)
        refused.contact = await self._contact()
        raise refused

    async def _verify(self, person: int, code: str, visitor: Visitor, now: datetime) -> None:
        known = await self._authentication.known_device(person, visitor.device, now)
        asker = Asker(visitor.address, None if known is None else f"device {known}")
        try:
            await self._two_step.verify(person, code, asker, now)
        except TooOftenError as error:
            tell(LOCKED_OUT, address=visitor.address, what="second step", seconds=error.retry_seconds)
            raise

    async def _advance(
        self, person: int, kind: SignInKind, visitor: Visitor, now: datetime, instead_of: int | None
    ) -> Admitted:
        need = await self.need(person, kind, now)
        if need is None:
            opened = SignInKind.TOKEN if visitor.component == CONSOLE else SignInKind.COOKIE
            return await self._open(person, opened, visitor, now, instead_of)
        secret, identity, ends = await self._accounts.admit(
            person, kind, visitor.program, visitor.address, now, instead_of
        )
        return Admitted(secret, identity, ends, need)

    async def _open(
        self, person: int, kind: SignInKind, visitor: Visitor, now: datetime, instead_of: int | None
    ) -> Admitted:
        secret, identity, ends = await self._accounts.admit(
            person, kind, visitor.program, visitor.address, now, instead_of
        )
        async with self._store.transaction() as transaction:
            if visitor.language is not None:
                spoken = update(PersonRow).where(PersonRow.id == person)
                await transaction.execute(spoken.values(ui_language=visitor.language))
            transaction.add(_event(person, "", visitor, "succeeded", now))
            name = identity.person.name
            await self._notifications.tell(
                transaction, Notification(Event.LOGIN_SUCCEEDED, name, (name,), visitor.address, now)
            )
            when_kept(
                transaction, SIGNED_IN, address=visitor.address, person=person, name=name, program=visitor.component
            )
        device = await self._authentication.remember_device(person, visitor.device, now)
        return Admitted(secret, identity, ends, None, device)

    async def _failed(self, email: str, visitor: Visitor, now: datetime, *, why: str) -> None:
        """Note a refused sign-in. What was typed as an address is kept only if it is one: it may be a password."""
        async with self._store.transaction() as transaction:
            row = await transaction.scalar(select(PersonRow).where(PersonRow.email_key == email_key(email)))
            typed = "" if row is not None else _address_or_nothing(email)
            transaction.add(_event(None if row is None else row.id, typed, visitor, "failed", now))
            affected = () if row is None else (row.name,)
            await self._notifications.tell(
                transaction, Notification(Event.LOGIN_FAILED, "", affected, visitor.address, now)
            )
        person = None if row is None else row.id
        tell(REFUSED, address=visitor.address, what="sign-in", why=why, person=person)

    async def _need(self, transaction: AsyncSession, row: PersonRow, kind: SignInKind, now: datetime) -> Need | None:
        policies = await read_policies(transaction)
        if kind is SignInKind.HALF:
            eligibility = await eligibility_of(transaction, row)
            enrolment = await self._two_step.enrolment(transaction, row.id)
            asked = enrolment.wanted or policies.asks_second_step(Role(row.role), eligibility.licences)
            if asked:
                return Need.CODE if enrolment.is_set_up else Need.ENROLMENT
        return Need.PASSWORD if password_is_due(row, policies, now) else None

    async def _check_console_address(self, person: int, address: str) -> None:
        if all(rule.allows(address) for rule in await self._rules.get(person)):
            return
        tell(REFUSED, address=address, what="console", why="network", person=person)
        refused = NotFromHereError(NotFromHereError.__doc__)
        refused.contact = await self._contact()
        raise refused


def password_is_due(row: PersonRow, policies: Policies, now: datetime) -> bool:
    """Whether a new password must be chosen: set by someone else, too old, or no longer strong enough."""
    weak = row.password_level is not None and Level.of(row.password_level) < max(policies.least, Level.GOOD)
    return row.must_change_password or weak or has_expired(row.password_changed_at, policies.age_days, now)


def _event(person: int | None, email: str, visitor: Visitor, result: str, now: datetime) -> SignInEventRow:
    return SignInEventRow(
        person_id=person,
        email=email,
        component=visitor.component,
        address=visitor.address,
        result=result,
        started_at=now,
    )


def _address_or_nothing(typed: str) -> str:
    try:
        return clean_email(typed)
    except FieldError:
        return ""
