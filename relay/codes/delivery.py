"""Links that the relay sends itself, and what became of them. They have no secret: the relay would know it."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from codec.errors import DesksideError
from codec.wire import signals
from codec.wire.api_types import CodeState, Delivery, DeliveryState, Method
from codec.wire.group_settings import GroupSettings
from relay.accounts.model import OrganisationRow, PersonRow
from relay.accounts.rules import clean_email
from relay.codes.model import CodeRow
from relay.field_errors import FieldError
from relay.limits.rate_limiter import Limit, Limiter, TooOftenError
from relay.mail.outbox import Outbox, Outcome
from relay.mail.texts import Facts, Mail
from relay.web.languages import Language

MAIL = "session_link"
"""The kind of these mails."""
LIMITS = {"person": Limit(30, 3_600), "recipient": Limit(5, 3_600), "relay": Limit(500, 3_600)}
"""So many links are sent: by one technician, to one address or number, and by this relay in all."""


class NotSendingError(DesksideError):
    """This server sends no e-mail. Its operator sets a mail server, by `smtp_host`."""


class TooManySentError(DesksideError):
    """Too many links were sent. `retry_seconds` says when the next one can be."""

    def __init__(self, retry_seconds: int) -> None:
        minutes = max(1, -(-retry_seconds // 60))
        super().__init__(f"Too many links were sent, by you or to this address. Try again in {minutes} minutes.")
        self.retry_seconds = retry_seconds


class LinkDelivery:
    """Sends links of codes. `languages` are those that it writes in, `url` is where customers find this relay."""

    def __init__(self, outbox: Outbox, languages: Mapping[str, Language], url: str) -> None:
        self._outbox = outbox
        self._languages = languages
        self._url = url
        self._limiter = Limiter(LIMITS)

    @property
    def told(self) -> signals.Sending:
        """What consoles are told of it."""
        languages = [signals.LanguageChoice(each.code, each.name) for each in self._languages.values()]
        return signals.Sending(mail=self._outbox.reaches_people, languages=languages)

    def checked(self, person: int, method: Method, to: str, language: str, now: datetime) -> str:
        """Return the address to which a link can be sent now, and count it; empty where none is sent.

        Raises NotSendingError, FieldError or TooManySentError.
        """
        if method is not Method.EMAIL:
            return ""
        if not self._outbox.reaches_people:
            raise NotSendingError(NotSendingError.__doc__)
        address = clean_recipient(to)
        if language and language not in self._languages:
            raise FieldError("language", "not_a_choice", "This server does not write in this language.")
        try:
            keys = {"person": str(person), "recipient": address.casefold(), "relay": ""}
            self._limiter.take(keys, now.timestamp())
        except TooOftenError as error:
            raise TooManySentError(error.retry_seconds) from None
        return address

    async def send(
        self, transaction: AsyncSession, row: CodeRow, chosen: GroupSettings, language: str, now: datetime
    ) -> None:
        """Put the mail with the link of a new code, in the same transaction."""
        if row.method != Method.EMAIL:
            return
        technician = await transaction.get_one(PersonRow, row.person_id)
        usual = await transaction.scalar(select(OrganisationRow.registration_language))
        facts: dict[str, object] = {
            "code": row.id,
            "link": f"{self._url}/s/{row.routing}",
            "until": row.expires_at.isoformat(),
            "subject": chosen.connections_mail_subject,
            "text": chosen.connections_mail_text,
            "from_name": technician.nickname or technician.name,
        }
        with suppress(FieldError):  # an address that people cannot answer is left out
            facts["reply_to"] = clean_recipient(technician.email)
        mail = Mail(row.sent_to, language or usual or "en", MAIL, facts)
        await self._outbox.put(transaction, mail, now)


def clean_recipient(to: str) -> str:
    """Return the one e-mail address that a technician typed. Raises FieldError."""
    try:
        address = clean_email(to)
    except FieldError as error:
        raise FieldError("to", error.code, str(error)) from None
    if not address.isascii() or any(each in ',;:<>()[]\\"' for each in address):
        raise FieldError("to", "not_an_address", "Enter one e-mail address, for example anna@northwind.example.")
    return address


def is_wanted(row: CodeRow | None, now: datetime) -> bool:
    """Whether a link still leads somewhere, so that it is worth sending."""
    return row is not None and row.state == CodeState.ISSUED and row.expires_at > now


def note_outcome(row: CodeRow, outcome: Outcome) -> None:
    """Keep what became of the mail with a code's link."""
    if outcome.is_final:
        row.delivery = DeliveryState.SENT if outcome.is_sent else DeliveryState.REFUSED
    row.delivery_problem, row.delivery_number = outcome.problem, outcome.number


def delivery_of(row: CodeRow) -> Delivery | None:
    """Return what became of the link of a code that the relay sends."""
    if row.delivery is None:
        return None
    state, problem, number = DeliveryState(row.delivery), row.delivery_problem, row.delivery_number
    return Delivery(to=row.sent_to, state=state, problem=problem, number=number)


def code_of(facts: Facts) -> int:
    """Return the number of the code whose link a mail brings."""
    return int(facts["code"])
