"""Mails on their way: a real SMTP server, one that is down, a relay that dies, a folder; and what hostile names do."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from sqlalchemy import select, text

from relay.config.settings import Settings, SettingsError
from relay.config.sources import read_settings
from relay.mail.model import MailRow
from relay.mail.outbox import GIVEN_UP_AFTER, Outbox, Outcome
from relay.mail.texts import Facts, Mail, Sender, compose
from relay.mail.transports import Folder, NotSentError, Smtp, transport_of
from relay.secret import Sealer
from relay.store.database import Store
from relay.web.languages import load_languages
from tests.relay.sign_in.scenes import KEY, URL, Mailbox
from tests.support.relays import free_port

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
LANGUAGES = load_languages()
SENDER = Sender("deskside@help.example", URL, "Northwind IT")
SECRET = "the-secret-of-a-link"
INVITATION = {"name": "Bob", "link": f"{URL}/choose-password#{SECRET}", "until": NOW.isoformat()}
LETTER = Mail("bob@northwind.example", "en", "invitation", INVITATION)


@dataclass
class Taken:
    """A mail server's side: what it took, and from whom."""

    mails: list[Envelope] = field(default_factory=list)
    refuses: bool = False

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail, or say that it cannot."""
        if self.refuses:
            return "451 try again later"
        self.mails.append(envelope)
        return "250 OK"


def _authenticate(_server: object, _session: object, _envelope: object, _mechanism: object, data: object) -> AuthResult:
    known = (getattr(data, "login", b""), getattr(data, "password", b"")) == (b"deskside", b"mail key")
    return AuthResult(success=known, handled=False)


@pytest.fixture
def smtp() -> Iterator[tuple[Controller, Taken]]:
    """A mail server on loopback that wants a password."""
    taken = Taken()
    controller = Controller(
        taken,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=_authenticate,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    yield controller, taken
    controller.stop()


def outbox_of(store: Store, transport: Mailbox | Smtp | Folder, key: bytes = KEY) -> Outbox:
    """Return an outbox of a store."""
    return Outbox(store, Sealer(key, "mail"), transport, LANGUAGES, SENDER.address, URL)


async def waiting(store: Store) -> list[MailRow]:
    """Return what waits to be sent."""
    async with store.transaction() as transaction:
        return list(await transaction.scalars(select(MailRow)))


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # of the server: it is on loopback
async def test_a_mail_server_takes_what_waits(store: Store, smtp: tuple[Controller, Taken], tmp_path: Path) -> None:
    controller, taken = smtp
    (tmp_path / "password").write_text("mail key\n")
    settings = Settings(
        smtp_host="127.0.0.1",
        smtp_port=controller.port,
        smtp_security="none",
        smtp_user="deskside",
        smtp_password_file=str(tmp_path / "password"),
    )
    transport = transport_of(settings)
    assert isinstance(transport, Smtp)
    outbox = outbox_of(store, transport)
    async with store.transaction() as transaction:
        await outbox.put(transaction, LETTER, NOW)
    taken.refuses = True
    assert await outbox.send_due(NOW) == 0
    taken.refuses = False
    assert await outbox.send_due(NOW + timedelta(minutes=1)) == 1
    assert await outbox.send_due(NOW + timedelta(days=1)) == 0
    (envelope,) = taken.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER.address, ["bob@northwind.example"])
    assert isinstance(envelope.content, bytes)
    mail = message_from_bytes(envelope.content, policy=policy.default)
    assert SECRET in mail.get_content()
    assert await waiting(store) == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # of the server: it is on loopback
async def test_what_a_mail_server_says_is_not_repeated_in_the_log(smtp: tuple[Controller, Taken]) -> None:
    controller, taken = smtp
    taken.refuses = True
    message = compose(LETTER, SENDER, LANGUAGES["en"], "<1@help.example>", NOW)
    settings = Settings(smtp_host="127.0.0.1", smtp_port=controller.port, smtp_security="none", smtp_user="deskside")
    for transport in (Smtp(settings, "wrong key"), Smtp(settings, "mail key")):
        with pytest.raises(NotSentError) as refused:
            await transport.send(message)
        assert "key" not in str(refused.value)
        assert SECRET not in str(refused.value)
    with pytest.raises(NotSentError):
        await Smtp(Settings(smtp_host="127.0.0.1", smtp_port=free_port(), smtp_security="none"), None).send(message)


async def test_a_mail_that_cannot_be_made_is_given_up_and_stops_no_other(store: Store) -> None:
    mailbox = Mailbox()
    outbox = outbox_of(store, mailbox)
    async with store.transaction() as transaction:
        for address in ("=?utf-8?q?a=0Ab?=@c.example", LETTER.recipient):
            await outbox.put(transaction, replace(LETTER, recipient=address), NOW)
    assert await outbox.send_due(NOW) == 1
    assert await waiting(store) == []


async def test_letters_outlive_a_relay_that_dies_and_a_server_that_is_down(store: Store) -> None:
    mailbox = Mailbox(is_down=True)
    async with store.transaction() as transaction:
        await outbox_of(store, mailbox).put(transaction, LETTER, NOW)
    outbox, at = outbox_of(store, mailbox), NOW
    tries = []
    for _ in range(8):
        assert await outbox.send_due(at - timedelta(seconds=1)) == 0
        assert await outbox.send_due(at) == 0
        tries.append(int((at - NOW).total_seconds()) // 60)
        at = (await waiting(store))[0].due_at
    assert tries == [0, 1, 3, 7, 15, 31, 63, 123], "twice as long each time, at most an hour"
    mailbox.is_down = False
    assert await outbox.send_due(at) == 1


async def test_a_letter_that_nobody_takes_is_given_up_after_days(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = outbox_of(store, Mailbox(is_down=True))
    async with store.transaction() as transaction:
        await outbox.put(transaction, LETTER, NOW)
    await outbox.send_due(NOW + GIVEN_UP_AFTER)
    assert await waiting(store) == []
    assert "mail-given-up" in caplog.text
    assert SECRET not in caplog.text
    assert "bob@" not in caplog.text


async def test_what_waits_is_sealed_and_nothing_is_sent_that_somebody_changed(store: Store) -> None:
    outbox, mailbox = outbox_of(store, Mailbox()), Mailbox()
    async with store.transaction() as transaction:
        await outbox.put(transaction, LETTER, NOW)
    async with store.transaction() as transaction:
        stored = str(list(await transaction.execute(text("SELECT * FROM letter"))))
        assert SECRET not in stored
        await transaction.execute(text("UPDATE letter SET recipient = 'eve@evil.example'"))
    assert await outbox_of(store, mailbox).send_due(NOW) == 0
    assert mailbox.mails == []
    assert await waiting(store) == []


async def test_sending_goes_on_by_itself(store: Store) -> None:
    arrived = asyncio.Event()

    class Bell(Mailbox):
        """Rings when a mail has come."""

        async def send(self, message: object) -> None:
            """Ring."""
            arrived.set()

    outbox = outbox_of(store, Bell())
    sending = asyncio.ensure_future(outbox.keep_sending())
    async with store.transaction() as transaction:
        await outbox.put(transaction, LETTER, datetime.now(UTC))
    async with asyncio.timeout(15):
        await arrived.wait()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)


async def test_without_a_server_mails_lie_in_a_folder_that_only_the_owner_reads(tmp_path: Path) -> None:
    transport = transport_of(Settings(data_dir=str(tmp_path / "relay")))
    assert isinstance(transport, Folder)
    await transport.send(compose(LETTER, SENDER, LANGUAGES["nl"], "<1@help.example>", NOW))
    (file,) = (tmp_path / "relay" / "outbox").iterdir()
    assert (file.suffix, file.stat().st_mode & 0o077, file.parent.stat().st_mode & 0o077) == (".eml", 0, 0)
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["Subject"] == "U bent uitgenodigd voor Deskside bij Northwind IT"
    assert SECRET not in file.name


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"smtp_security": "ssl"}, "smtp_security"),
        ({"smtp_user": "deskside"}, "smtp_password_file"),
        ({"smtp_host": "x", "smtp_user": "y", "smtp_password_file": "/nowhere"}, "smtp_password_file"),
    ],
)
def test_what_the_operator_wrote_wrong_is_named(values: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        transport_of(read_settings(None, {}, values))


class Curious:
    """Follows mails: whether it still wants them is `wants`."""

    def __init__(self) -> None:
        self.wants = True
        self.told: list[Outcome] = []

    async def is_wanted(self, facts: Facts, _now: datetime) -> bool:
        """Say so."""
        assert facts == LETTER.facts
        return self.wants

    async def mail_tried(self, _facts: Facts, outcome: Outcome) -> None:
        """Note it."""
        self.told.append(outcome)


async def test_who_follows_a_mail_hears_of_each_try_and_can_want_it_no_more(store: Store) -> None:
    mailbox, follower = Mailbox(is_down=True), Curious()
    outbox = outbox_of(store, mailbox)
    outbox.follow(LETTER.kind, follower)
    async with store.transaction() as transaction:
        await outbox.put(transaction, LETTER, NOW)
        await outbox.put(transaction, LETTER, NOW)
    assert await outbox.send_due(NOW) == 0
    assert follower.told == [Outcome(problem="unreachable")] * 2
    mailbox.is_down, follower.wants = False, False
    assert await outbox.send_due(NOW + timedelta(minutes=1)) == 0
    assert (mailbox.mails, await waiting(store)) == ([], [])


async def test_a_mail_that_is_refused_for_good_is_tried_no_more_where_its_follower_can_be_told(store: Store) -> None:
    class Refusing(Mailbox):
        """Has no such mailbox."""

        async def send(self, message: object) -> None:
            """Refuse."""
            raise NotSentError("no", "address", 550)

    outbox, follower = outbox_of(store, Refusing()), Curious()
    async with store.transaction() as transaction:
        await outbox.put(transaction, LETTER, NOW)
    assert await outbox.send_due(NOW) == 0
    assert len(await waiting(store)) == 1, "nobody would hear of it: it may be a mistake of the mail server's"
    outbox.follow(LETTER.kind, follower)
    assert await outbox.send_due(NOW + timedelta(minutes=1)) == 0
    assert follower.told == [Outcome(is_final=True, problem="address", number=550)]
    assert await waiting(store) == []
