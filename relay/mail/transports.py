"""What carries a mail away: an SMTP server, or a folder where there is none."""

import asyncio
import secrets
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

import aiosmtplib

from codec.errors import DesksideError
from codec.host.private_files import make_folder, write_private
from relay.config.settings import Settings, SettingsError

SECONDS = 30.0
_FOR_GOOD = 500


class NotSentError(DesksideError):
    """The mail server did not take a mail; it is tried again later.

    `problem` names why, in a word: `address`, `mail`, `sign_in`, `later` or `unreachable`. `number` is what the server
    answered. `is_final`: it will not take it later either (RFC 5321, 4.2.1).
    """

    def __init__(self, message: str, problem: str = "unreachable", number: int = 0) -> None:
        super().__init__(message)
        self.problem = problem
        self.number = number

    @property
    def is_final(self) -> bool:
        """Whether the server refuses this mail for good, rather than this relay, or for now."""
        return self.problem in ("address", "mail")


class MailTransport(Protocol):
    """Takes a mail, and is answerable for it when `send` returns. `name` tells where to."""

    @property
    def name(self) -> str:
        """The server or folder."""
        ...

    @property
    def reaches_people(self) -> bool:
        """Whether what it takes goes on to whom it is for."""
        ...

    async def send(self, message: EmailMessage) -> None:
        """Raises NotSentError."""
        ...


class Smtp:
    """An SMTP server (RFC 5321)."""

    reaches_people = True

    def __init__(self, settings: Settings, password: str | None) -> None:
        self._settings = settings
        self._password = password

    @property
    def name(self) -> str:
        """The server."""
        return self._settings.smtp_host

    async def send(self, message: EmailMessage) -> None:
        """Hand a mail over. Raises NotSentError."""
        settings = self._settings
        try:
            await aiosmtplib.send(
                message,
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                username=settings.smtp_user or None,
                password=self._password,
                use_tls=settings.smtp_security == "tls",
                start_tls=settings.smtp_security == "starttls",
                timeout=SECONDS,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            # A server's answer may repeat what it was told; its class and number are enough.
            number = _number_of(error)
            why = f"{settings.smtp_host} did not take it: {type(error).__name__} {number or ''}"
            raise NotSentError(why, _problem_of(error, number), number) from None


class Folder:
    """A folder of .eml files, which every mail program opens. For where there is no mail server yet."""

    reaches_people = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def name(self) -> str:
        """The folder."""
        return str(self._folder)

    async def send(self, message: EmailMessage) -> None:
        """Write a mail, readable by the relay's owner only. Raises NotSentError."""
        try:
            await asyncio.to_thread(self._write, message.as_bytes())
        except OSError as error:
            raise NotSentError(f"{self._folder} cannot be written: {error.strerror}") from None

    def _write(self, content: bytes) -> None:
        make_folder(self._folder)
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
        write_private(self._folder / f"{name}.eml", content)


def _number_of(error: Exception) -> int:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return max(each.code for each in error.recipients)
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0


def _problem_of(error: Exception, number: int) -> str:
    match error:
        case aiosmtplib.SMTPAuthenticationError() | aiosmtplib.SMTPSenderRefused():
            return "sign_in"  # the same for every mail of this relay, until its operator changes something
        case aiosmtplib.SMTPRecipientsRefused() | aiosmtplib.SMTPRecipientRefused() if number >= _FOR_GOOD:
            return "address"
        case aiosmtplib.SMTPDataError() if number >= _FOR_GOOD:
            return "mail"
        case _:
            return "later" if number else "unreachable"


def transport_of(settings: Settings) -> MailTransport:
    """Return what carries mails as the operator chose. Raises SettingsError."""
    if not settings.smtp_host:
        return Folder(settings.data / "outbox")
    return Smtp(settings, _password(settings))


def _password(settings: Settings) -> str | None:
    if not settings.smtp_password_file:
        return None
    try:
        return Path(settings.smtp_password_file).read_text().strip()
    except OSError as error:
        raise SettingsError(f"smtp_password_file cannot be read ({error.strerror}). Check its name.") from None
