"""What our mails say. Pure: facts and a language in, subject and text out.

Plain text, so that every program shows it and nothing in it is fetched. Names are data of others: they stand on lines
of their own and can neither add a header nor a line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime as mail_date
from email.utils import parseaddr
from typing import Any

from babel.dates import format_datetime

from relay.notifications.events import LABELS, Event
from relay.texts import _
from relay.web.languages import Language

Facts = Mapping[str, Any]
MAX_NAMES = 50


@dataclass(frozen=True)
class Mail:
    """A mail before it has its words: to whom, in which language, of which kind, about what."""

    recipient: str
    language: str
    kind: str
    facts: Facts


@dataclass(frozen=True)
class Sender:
    """Who our mails are from, and where this relay is."""

    address: str
    url: str
    organisation: str


def compose(mail: Mail, sender: Sender, language: Language, message_id: str, now: datetime) -> EmailMessage:
    """Return a mail that is ready to be sent. `message_id` is the same at each try, so that none arrives twice."""
    subject, paragraphs = _WRITERS[mail.kind](mail.facts, sender, language)
    message = EmailMessage()
    message["From"] = _from(mail.facts, sender)
    message["To"] = mail.recipient
    message["Subject"] = one_line(subject)
    message["Date"] = mail_date(now)
    message["Message-ID"] = message_id
    if "reply_to" in mail.facts:
        message["Reply-To"] = mail.facts["reply_to"]
    if mail.kind not in _BY_PEOPLE:
        message["Auto-Submitted"] = "auto-generated"
    signature = one_line(
        language.texts.gettext(_("Deskside at %(organisation)s")) % {"organisation": sender.organisation}
    )
    message.set_content("\n\n".join([*paragraphs, f"-- \n{signature}\n{sender.url}"]) + "\n")
    message["Content-Language"] = language.code
    return message


def _from(facts: Facts, sender: Sender) -> str | Address:
    """Return whom a mail is from: this relay, in the name of the technician who had it sent."""
    address = parseaddr(sender.address)[1]
    if "from_name" not in facts or not address:
        return sender.address
    name = one_line(f"{facts['from_name']} ({sender.organisation})")
    return Address(display_name=name, addr_spec=address)


def message_id_for(number: int, made_at: datetime, host: str) -> str:
    """Return the id of a mail."""
    return f"<deskside-{number}-{int(made_at.timestamp())}@{host}>"


def one_line(text: str) -> str:
    """Return a text without anything that could begin a new line."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _notice(facts: Facts, _sender: Sender, language: Language) -> tuple[str, list[str]]:
    say = language.texts.gettext
    title = say(LABELS[Event(facts["event"])])
    at = format_datetime(datetime.fromisoformat(facts["at"]), "full", locale=language.locale)
    lines = [
        (say(_("When")), at),
        (say(_("By")), facts["actor"] or say(_("no one who was signed in"))),
        (say(_("Affected")), _names(facts["affected"], language)),
        (say(_("From the address")), facts["address"] or say(_("this server"))),
    ]
    if facts.get("count", 1) > 1:
        lines.append((say(_("How often")), str(facts["count"])))
    body = "\n".join(f"{label}: {one_line(text)}" for label, text in lines)
    why = say(_("You receive this because of your choice under “Notifications” in your account."))
    return title, [title + ".", body, why]


def _names(names: list[str], language: Language) -> str:
    shown = ", ".join(one_line(name) for name in names[:MAX_NAMES])
    further = len(names) - MAX_NAMES
    if further > 0:
        shown += " " + language.texts.gettext(_("and %(number)s more")) % {"number": further}
    return shown or "–"


def _invitation(facts: Facts, sender: Sender, language: Language) -> tuple[str, list[str]]:
    say, names = language.texts.gettext, {"organisation": sender.organisation, "name": facts["name"]}
    return say(_("You are invited to Deskside at %(organisation)s")) % names, [
        one_line(say(_("Hello %(name)s,")) % names),
        say(_("You can now sign in to Deskside. Choose your password here:")),
        facts["link"],
        _good_until(facts, language),
    ]


def _forgotten(facts: Facts, _sender: Sender, language: Language) -> tuple[str, list[str]]:
    say = language.texts.gettext
    return say(_("Choose a new password")), [
        one_line(say(_("Hello %(name)s,")) % {"name": facts["name"]}),
        say(_("Someone requested a new password for your account. If it was you, choose it here:")),
        facts["link"],
        _good_until(facts, language),
        say(_("If it was not you, ignore this e-mail. Your password stays the same.")),
    ]


def _address_changed(facts: Facts, _sender: Sender, language: Language) -> tuple[str, list[str]]:
    say = language.texts.gettext
    at = format_datetime(datetime.fromisoformat(facts["at"]), "full", locale=language.locale)
    lines = [
        (say(_("When")), at),
        (say(_("By")), facts["actor"]),
        (say(_("From the address")), facts["address"] or say(_("this server"))),
        (say(_("New address")), facts["new"]),
    ]
    return say(_("The address of your account was changed")), [
        one_line(say(_("Hello %(name)s,")) % {"name": facts["name"]}),
        say(
            _(
                "You can no longer sign in to Deskside with this address, and it no longer receives links for "
                "your account."
            )
        ),
        "\n".join(f"{label}: {one_line(text)}" for label, text in lines),
        say(_("If you did not expect this, tell a master administrator at once, in person or by phone.")),
    ]


def _test(facts: Facts, sender: Sender, language: Language) -> tuple[str, list[str]]:
    say, names = language.texts.gettext, {"organisation": sender.organisation, "name": facts["name"]}
    return say(_("Test mail of Deskside")), [
        one_line(say(_("Hello %(name)s,")) % names),
        say(_("This is a test. Deskside can send e-mail.")),
    ]


def _session_link(facts: Facts, _sender: Sender, language: Language) -> tuple[str, list[str]]:
    """Write what a group chose unchanged (SESS-31), with the link once (SESS-32)."""
    say = language.texts.gettext
    text = facts["text"] or say(_("Open this link to start the support session:"))
    subject = facts["subject"] or say(_("Your support session"))
    return subject, [text.strip(), facts["link"], _good_until(facts, language)]


def _waiting(facts: Facts, sender: Sender, language: Language) -> tuple[str, list[str]]:
    say, count = language.texts.gettext, facts.get("count", 1)
    at = format_datetime(datetime.fromisoformat(facts["at"]), "full", locale=language.locale)
    lines = [(say(_("When")), at)]
    if facts["channel"]:
        lines.insert(0, (say(_("Channel")), facts["channel"]))
    if count > 1:
        lines.append((say(_("Customers since the last e-mail")), str(count)))
    return say(_("A customer is waiting for support")), [
        say(_("A customer is waiting, and no one who could help is signed in.")),
        "\n".join(f"{label}: {one_line(text)}" for label, text in lines),
        say(_("Start Deskside Console and sign in to pick the session up.")),
        say(_("You receive this because your administrators turned it on for this channel or your group.")),
    ]


def _good_until(facts: Facts, language: Language) -> str:
    until = format_datetime(datetime.fromisoformat(facts["until"]), "long", locale=language.locale)
    return language.texts.gettext(_("The link works once, until %(time)s. Do not share it.")) % {"time": until}


ALERTS = ("waiting",)
"""What comes from the sender of alerts (SESS-105)."""
_BY_PEOPLE = ("session_link",)
"""What someone has just asked for: whose mail program answers by itself may answer it (RFC 3834)."""
_WRITERS: Mapping[str, Callable[[Facts, Sender, Language], tuple[str, list[str]]]] = {
    "notice": _notice,
    "invitation": _invitation,
    "forgotten": _forgotten,
    "address_changed": _address_changed,
    "test": _test,
    "session_link": _session_link,
    "waiting": _waiting,
}
