"""A guarded organisation: everything of sign-in and credentials on one store, with a mailbox to look into."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pyotp
from argon2 import PasswordHasher
from sqlalchemy import delete, select

from relay.accounts.model import PersonRow
from relay.accounts.service import Accounts, SignInKind
from relay.credentials.model import SignInEventRow
from relay.credentials.password_hashing import Passwords
from relay.credentials.password_links import PasswordLinks
from relay.credentials.service import Credentials
from relay.mail.outbox import Outbox
from relay.mail.transports import NotSentError
from relay.notifications.events import Event
from relay.notifications.service import Notifications
from relay.organization.service import Organisation
from relay.organization.transactions import Outcome, Transactions
from relay.organization.units import Unit
from relay.secret import Sealer, Signer
from relay.settings.model import SettingValueRow
from relay.sign_in.authentication import Authentication
from relay.sign_in.known_devices import KnownDevices
from relay.sign_in.service import Admitted, SignInService, Visitor
from relay.sign_in.two_step import TwoStep
from relay.store.database import Store
from relay.web.languages import load_languages
from tests.relay.organization.organisations import NOW, Place, found
from tests.support.passwords import quick_hasher

PASSWORD = "Tulips in the rain 7"
ANNA = "anna@northwind.example"
URL = "https://help.example"
KEY = bytes(range(32))
PAGE = Visitor("192.0.2.7", "Firefox", "website", "en")
CONSOLE = Visitor("192.0.2.7", "console-of-anna", "console")
_LANGUAGES = load_languages()


@dataclass
class Mailbox:
    """A mail server that keeps everything, unless it is down."""

    mails: list[EmailMessage] = field(default_factory=list)
    is_down: bool = False
    name: str = "mailbox"
    reaches_people: bool = True

    async def send(self, message: EmailMessage) -> None:
        """Take a mail."""
        if self.is_down:
            raise NotSentError("down")
        self.mails.append(message)


@dataclass
class Counting(Passwords):
    """Passwords that count how often a hash was computed."""

    hasher: PasswordHasher
    times: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.hasher)

    async def verify(self, stored: str | None, password: str, stranger: str | None = None) -> bool:
        """Count, then verify."""
        self.times += 1
        return await super().verify(stored, password, stranger)


@dataclass
class Scene:
    """All parts, and shorthands for the stories that tests tell."""

    place: Place
    passwords: Counting
    accounts: Accounts
    authentication: Authentication
    two_step: TwoStep
    outbox: Outbox
    notifications: Notifications
    sign_in: SignInService
    credentials: Credentials
    mailbox: Mailbox
    signed_out: list[int]

    async def choose(self, key: str, value: Any, kind: str = "organisation", unit: int = 0) -> None:
        """Choose a setting, as the Admin Center stores it."""
        row = SettingValueRow
        async with self.place.store.transaction() as transaction:
            await transaction.execute(delete(row).where(row.key == key, row.unit_kind == kind, row.unit_id == unit))
            transaction.add(row(unit_kind=kind, unit_id=unit, key=key, value=value, set_by=1, set_at=NOW))

    async def with_password(self, unit: Unit, password: str = PASSWORD) -> Unit:
        """Give somebody a password of his own."""
        async with self.place.store.transaction() as transaction:
            row = await transaction.get_one(PersonRow, unit.id)
            row.password_hash, row.password_changed_at = await self.passwords.hash(password), NOW
        return unit

    async def begin(self, email: str = ANNA, password: str = PASSWORD, now: datetime = NOW) -> Admitted:
        """Show a password on the page."""
        return await self.sign_in.begin(email, password, PAGE, now)

    async def console(
        self, email: str = ANNA, password: str = PASSWORD, code: str = "", now: datetime = NOW
    ) -> Admitted:
        """Sign in to the console."""
        return await self.sign_in.sign_in(email, password, code, CONSOLE, now)

    async def authenticator(self, person: int, now: datetime = NOW, *, wanted: bool = False) -> "App":
        """Set an authenticator up a while ago, and return the app."""
        before = now - timedelta(hours=1)
        app = App(await self.two_step.propose(person, None, before))
        async with self.place.store.transaction() as transaction:
            app.recovery = await self.two_step.confirm(
                transaction, person, None, app.code(before), before, wanted=wanted
            )
        return app

    async def is_open(self, admitted: Admitted, kind: SignInKind = SignInKind.COOKIE, now: datetime = NOW) -> bool:
        """Whether a secret opens anything."""
        return await self.accounts.identify(admitted.secret, kind, now) is not None

    async def subscribe(self, *events: Event, person: int = 1) -> None:
        """Somebody chose these events."""
        await self.choose("notifications.events", [event.value for event in events], "person", person)

    async def mails(self, now: datetime = NOW) -> list[EmailMessage]:
        """Send what is due, and take everything out of the mailbox."""
        await self.outbox.send_due(now)
        taken, self.mailbox.mails = self.mailbox.mails, []
        return taken

    async def link(self, now: datetime = NOW) -> str:
        """Return the secret of the link in the only mail."""
        (mail,) = await self.mails(now)
        (line,) = [line for line in text_of(mail).splitlines() if line.startswith(URL + "/choose-password")]
        return line.partition("#")[2]

    async def sign_in_events(self) -> list[SignInEventRow]:
        """Return what was noted of sign-ins."""
        async with self.place.store.transaction() as transaction:
            return list(await transaction.scalars(select(SignInEventRow).order_by(SignInEventRow.id)))


@dataclass
class App:
    """An authenticator app."""

    secret: str
    recovery: list[str] = field(default_factory=list)

    def code(self, now: datetime) -> str:
        """Return what it shows."""
        return pyotp.TOTP(self.secret).at(now)


def text_of(mail: EmailMessage) -> str:
    """Return the text of a mail."""
    return str(mail.get_content())


@asynccontextmanager
async def guarded(store: Store) -> AsyncIterator[Scene]:
    """Set an organisation up in an empty store, with everything that guards it."""
    place, mailbox, signed_out = await found(store), Mailbox(), list[int]()
    passwords = Counting(quick_hasher())
    accounts = Accounts(store, passwords, timedelta(hours=12))
    outbox = Outbox(store, Sealer(KEY, "mail"), mailbox, _LANGUAGES, "deskside@help.example", URL)
    notifications, two_step = Notifications(store, outbox), TwoStep(store, Sealer(KEY, "second step"), Signer(KEY))

    def announce(outcome: Outcome) -> None:
        place.heard.append(outcome)
        signed_out.extend(outcome.signed_out)

    transactions = Transactions(store, announce, notifications.organisation_changed)
    place = replace(place, transactions=transactions, organisation=Organisation(transactions))
    credentials = Credentials(store, transactions, passwords, two_step, PasswordLinks(outbox, URL))
    authentication = Authentication(store, passwords, KnownDevices(Signer(KEY)))
    sign_in = SignInService(store, accounts, authentication, two_step, notifications)
    yield Scene(
        place,
        passwords,
        accounts,
        authentication,
        two_step,
        outbox,
        notifications,
        sign_in,
        credentials,
        mailbox,
        signed_out,
    )
    passwords.close()
