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
from codec.wire.pins import SENT_LINK_CHARACTERS
from relay.accounts.model import OrganisationRow, PersonRow
from relay.accounts.rules import clean_email
from relay.codes.model import CodeRow
from relay.field_errors import FieldError
from relay.limits.rate_limiter import Limit, Limiter, TooOftenError
from relay.mail.outbox import Outbox, Outcome
from relay.mail.texts import Facts, Mail
from relay.text_messages.gsm import length_of, messages_of
from relay.text_messages.service import TextMessage, TextMessages, text_for
from relay.web.languages import SOURCE, Language

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


class NoGatewayError(DesksideError):
    """This server sends no text messages. Its operator sets a gateway, by `sms_url`."""


class LinkDelivery:
    """Sends links of codes. `languages` are those that it writes in, `url` is where customers find this relay."""

    def __init__(self, outbox: Outbox, texts: TextMessages, languages: Mapping[str, Language], url: str) -> None:
        self._outbox = outbox
        self._texts = texts
        self._languages = languages
        self._url = url
        self._limiter = Limiter(LIMITS)

    def told(self, organisation: str, language: str) -> signals.Sending:
        """Return what consoles are told of it; `language` is the organisation's."""
        link = f"{self._url}/s/{'x' * SENT_LINK_CHARACTERS}"
        choices = []
        for each in self._languages.values():
            text = text_for(link, organisation, each)
            choices.append(signals.LanguageChoice(each.code, each.name, length_of(text), messages_of(text)))
        return signals.Sending(
            mail=self._outbox.reaches_people, texts=self._texts.is_there, languages=choices, language=language
        )

    def checked(self, person: int, method: Method, to: str, language: str, now: datetime) -> str:
        """Return where a link can be sent now, and count it; empty where none is sent.

        Raises NotSendingError, NoGatewayError, FieldError or TooManySentError.
        """
        match method:
            case Method.EMAIL:
                if not self._outbox.reaches_people:
                    raise NotSendingError(NotSendingError.__doc__)
                address = clean_recipient(to)
            case Method.SMS:
                if not self._texts.is_there:
                    raise NoGatewayError(NoGatewayError.__doc__)
                address = self._texts.number(to)
            case _:
                return ""
        if language and language not in self._languages:
            raise FieldError("language", "not_a_choice", "This server does not write in this language.")
        try:
            keys = {"person": str(person), "recipient": address.casefold(), "relay": ""}
            self._limiter.take(keys, now.timestamp())
        except TooOftenError as error:
            raise TooManySentError(error.retry_seconds) from None
        return address

    async def write(
        self, transaction: AsyncSession, row: CodeRow, chosen: GroupSettings, language: str, now: datetime
    ) -> TextMessage | None:
        """Put the mail with the link of a new code, in the same transaction; a text message is for `hand_over`."""
        technician = await transaction.get_one(PersonRow, row.person_id)
        organisation = (await transaction.scalars(select(OrganisationRow))).one()
        language, link = language or organisation.registration_language or SOURCE, f"{self._url}/s/{row.routing}"
        if row.method == Method.SMS:
            written = text_for(link, organisation.name, self._languages.get(language, self._languages[SOURCE]))
            return TextMessage(row.id, row.sent_to, written)
        facts: dict[str, object] = {
            "code": row.id,
            "link": link,
            "until": row.expires_at.isoformat(),
            "subject": chosen.connections_mail_subject,
            "text": chosen.connections_mail_text,
            "from_name": technician.nickname or technician.name,
        }
        with suppress(FieldError):  # an address that people cannot answer is left out
            facts["reply_to"] = clean_recipient(technician.email)
        await self._outbox.put(transaction, Mail(row.sent_to, language, MAIL, facts), now)
        return None

    def hand_over(self, message: TextMessage | None) -> None:
        """Send a text message whose code is stored."""
        if message is not None:
            self._texts.put(message)


def clean_recipient(to: str) -> str:
    """Return the one e-mail address that a technician typed. Raises FieldError."""
    try:
        address = clean_email(to)
    except FieldError as error:
        raise FieldError("to", error.code, str(error)) from None
    # ("=?" begins what mail programs decode: an address could turn into another, into two, or into none)
    if not address.isascii() or "=?" in address or any(each in ',;:<>()[]\\"' for each in address):
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
