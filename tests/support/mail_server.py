"""A mail server on loopback that keeps what it takes, for relays whose mails are to leave."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.relays import free_port


@dataclass
class MailServer:
    """What it took. `refuses` is what it answers instead, `refuses_recipients` what it answers before."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    refuses: str = ""
    refuses_recipients: str = ""

    @property
    def settings(self) -> dict[str, Any]:
        """Settings of a relay that sends its mails here."""
        return {"smtp_host": "127.0.0.1", "smtp_port": self.port, "smtp_security": "none"}

    @property
    def links(self) -> list[str]:
        """Return the secrets of the links in the mails, in their order."""
        texts = [str(mail.get_content()) for mail in self.mails]
        return [secret for text in texts for secret in re.findall(r"/choose-password#(\S+)", text)]

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or say that it does not."""
        if self.refuses_recipients:
            return self.refuses_recipients
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail, or say that it cannot."""
        if self.refuses:
            return self.refuses
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    """Run one while the block runs."""
    server = MailServer(free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
