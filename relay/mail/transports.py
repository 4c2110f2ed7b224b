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


class NotSentError(DesksideError):
    """The mail server did not take a mail; it is tried again later."""


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
            number = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else ""
            raise NotSentError(f"{settings.smtp_host} did not take it: {type(error).__name__} {number}") from None


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
