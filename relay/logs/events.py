"""Every event that the relay tells in its log, declared once with its fields. `docs/operating.md` lists them.

No field holds a secret: no password, PIN, token, link, key or code, and nothing that was typed as one.
"""

import logging
from dataclasses import dataclass

from sqlalchemy import event as database_event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from codec.host.safe_text import for_terminal

LONGEST = 200
Value = str | int | float | bool | None
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/@_+-%,[]")
_log = logging.getLogger("relay.events")


@dataclass(frozen=True)
class LogEvent:
    """One kind of line. What strangers can cause is summed up when a value of the field `repeats_by` repeats."""

    name: str
    about: str
    fields: tuple[str, ...] = ()
    level: int = logging.INFO
    repeats_by: str = ""


STARTED = LogEvent("started", "The relay has started.", ("version", "listen", "url", "data", "config", "pid"))
STOPPED = LogEvent("stopped", "The relay has stopped.", ("seconds",))
RELOADED = LogEvent("reloaded", "The settings were reloaded.", ("needs_restart",))
STUN_FAILED = LogEvent(
    "stun-failed",
    "STUN cannot listen on its UDP port. Fewer sessions will connect directly.",
    ("port", "why"),
    logging.WARNING,
)
RESTORED = LogEvent(
    "restored",
    "A backup was put in place. `before` is the folder that keeps what was there, if there was anything.",
    ("before",),
    logging.WARNING,
)
RESTORE_FAILED = LogEvent(
    "restore-failed", "A backup could not be put in place. Nothing was changed.", ("why",), logging.ERROR
)
CERTIFICATE_READ = LogEvent("certificate-read", "Certificate files were loaded.", ("file", "until"))
CERTIFICATE_KEPT = LogEvent(
    "certificate-kept",
    "New certificate files cannot be used. The current certificate stays in use.",
    ("why",),
    logging.ERROR,
)
SIGNED_IN = LogEvent("signed-in", "Someone has signed in.", ("address", "person", "name", "program"))
REFUSED = LogEvent(
    "refused",
    "A person or program was turned away: a wrong password, code, PIN, link, token or API key, "
    "a network that is not allowed, an account that is disabled or has no licence, or a channel that lets no one in.",
    ("address", "what", "why", "person"),
    logging.WARNING,
    repeats_by="address",
)
LOCKED_OUT = LogEvent(
    "locked-out",
    "Too many wrong attempts from an address or for an account. It must wait.",
    ("address", "what", "seconds"),
    logging.WARNING,
    repeats_by="address",
)
CODE_CREATED = LogEvent("code-created", "A technician has created a PIN or link.", ("code", "method", "person"))
CODE_ENTERED = LogEvent(
    "code-entered", "A customer has used a valid PIN or link.", ("address", "code", "method", "session")
)
CODE_ENDED = LogEvent("code-ended", "A PIN or link was used, cancelled or has expired.", ("code", "method", "how"))
SECRET_MISSED = LogEvent(
    "secret-missed", "The extra digits or the secret of a code were wrong.", ("session", "code"), logging.WARNING
)
DISOWNED = LogEvent(
    "disowned",
    "A customer says that they spoke to someone else.",
    ("code", "person", "session"),
    logging.WARNING,
)
SESSION_BEGUN = LogEvent(
    "session-begun", "A customer has arrived and the session is connecting.", ("session", "person", "method")
)
SESSION_TAKEN = LogEvent("session-taken", "A technician has opened a session.", ("session", "person"))
SESSION_OPENED_UP = LogEvent(
    "session-opened-up", "A session that started as a chat may become more.", ("session", "person")
)
SESSION_ENDED = LogEvent(
    "session-ended",
    "A session has ended. `seconds` is how long the technician was in it.",
    ("session", "person", "how", "seconds"),
)
RECORDING_BEGUN = LogEvent("recording-begun", "A recording that the relay signs has started.", ("session", "person"))
MAIL_KEPT = LogEvent("mail-kept", "An e-mail is waiting to be sent.", ("kind",))
MAIL_SENT = LogEvent("mail-sent", "An e-mail was sent.", ("mail", "kind", "to"))
MAIL_FAILED = LogEvent(
    "mail-failed", "An e-mail was not accepted. It will be retried.", ("mail", "why"), logging.WARNING
)
MAIL_GIVEN_UP = LogEvent(
    "mail-given-up", "An e-mail could not be sent and was given up.", ("mail", "why"), logging.ERROR
)
CHANGED = LogEvent(
    "changed",
    "An administrator, a person on their account page, or the operator has changed something. Values are left out.",
    ("address", "by", "unit", "unit_id", "name", "change", "section", "field", "action"),
)
SLOW = LogEvent(
    "slow-request",
    "An answer took longer than a second.",
    ("method", "route", "status", "seconds"),
    logging.WARNING,
    repeats_by="route",
)
EVENTS = tuple(each for each in list(globals().values()) if isinstance(each, LogEvent))


def tell(event: LogEvent, **fields: Value) -> None:
    """Write an event; fields that are None are left out. Raises ValueError for a field that is not declared."""
    if unknown := fields.keys() - set(event.fields):
        raise ValueError(f"{event.name} has no field {', '.join(sorted(unknown))}")
    known = {name: fields[name] for name in event.fields if fields.get(name) is not None}
    told = {name: _short(value) for name, value in known.items()}
    kind = (event.name, str(told.get(event.repeats_by, ""))) if event.repeats_by else None
    _log.log(event.level, "%s", as_line(event.name, told), extra={"event": event.name, "fields": told, "repeats": kind})


def when_kept(transaction: AsyncSession | Session, event: LogEvent, **fields: Value) -> None:
    """Write an event as soon as its transaction is kept; one that is undone is not told."""

    def kept(_session: Session) -> None:
        tell(event, **fields)

    session = transaction if isinstance(transaction, Session) else transaction.sync_session
    database_event.listen(session, "after_commit", kept, once=True)


def as_line(name: str, fields: dict[str, Value]) -> str:
    """Return an event as one line: its name, then key=value, in quotes where a value is not one plain word. Pure."""
    return " ".join([name, *(f"{key}={_quoted(value)}" for key, value in fields.items())])


def _short(value: Value) -> Value:
    return for_terminal(value[:LONGEST]) if isinstance(value, str) else value


def _quoted(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.3f}"
    text = str(value)
    if text and _PLAIN.issuperset(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
