"""Links that the relay sends: what the mail says, what becomes of it, and what is refused."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from codec.wire.api_types import Code, CodeState, DeliveryState, Method, NewCode, SessionState
from codec.wire.session_types import SessionType
from codec.wire.signals import CodeChanged, Enter, SessionChanged
from relay.codes.delivery import LIMITS, clean_recipient, is_wanted
from relay.codes.model import CodeRow
from relay.field_errors import FieldError
from relay.mail.texts import Mail, Sender, compose
from tests.relay.mail.test_mail import LANGUAGES, NOW, SENDER
from tests.support.mail_server import MailServer, running_mail_server
from tests.support.relays import PASSWORD, ConsoleEnd, RunningRelay, running_relay
from tests.support.staff import BOB, make_technician
from tests.support.text_gateway import running_text_gateway

CONSOLE = "console-of-bob"
ANNA = "anna@northwind.example"


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server."""
    with running_mail_server() as server:
        yield server


@pytest_asyncio.fixture
async def relay(tmp_path: Path, database_url: str, mail_server: MailServer) -> AsyncIterator[RunningRelay]:
    """A relay that sends its mails there."""
    async with running_relay(tmp_path, database_url=database_url, **mail_server.settings) as relay:
        yield relay


async def a_technician(relay: RunningRelay, **chosen: object) -> str:
    """Return the token of a technician whose group lets this server send e-mail, and chose this besides."""
    group = await make_technician(relay.settings, [])
    values = {f"connections.{name}": value for name, value in ({"server_mail": True} | chosen).items()}
    status, answer = await relay.call(
        "PATCH", f"/settings/technician_group/{group.id}", {"values": values, "confirmed": True}
    )
    assert status == 200, answer
    _, signed_in = await relay.call("POST", "/sign-in", {"email": BOB, "password": PASSWORD, "console": CONSOLE})
    token: str = signed_in["token"]
    return token


async def send(relay: RunningRelay, token: str, **new: Any) -> tuple[int, dict[str, Any]]:
    """Have a link sent."""
    return await relay.call("POST", "/codes", NewCode(**({"method": Method.EMAIL, "to": ANNA} | new)), token)


async def told_of(console: ConsoleEnd, state: DeliveryState, problem: str = "") -> Code:
    """Return the code as soon as the console hears that its mail is so."""
    while True:
        heard: CodeChanged = await console.hear_a(CodeChanged)
        delivery = heard.code.delivery
        if delivery is not None and (delivery.state, delivery.problem) == (state, problem):
            return heard.code


@pytest.mark.req("SESS-25", "SESS-31", "SESS-32", "SESS-39")
async def test_the_link_arrives_and_leads_to_the_technician(relay: RunningRelay, mail_server: MailServer) -> None:
    token = await a_technician(relay, mail_subject="Uw reparatie & meer", mail_text="Dag!\nKlik hier: ü")
    async with relay.console(CONSOLE, token) as console:
        status, made = await send(relay, token, language="nl", name="Anna")
        assert (status, made["delivery"]) == (201, {"to": ANNA, "state": "queued", "problem": "", "number": 0})
        code = await told_of(console, DeliveryState.SENT)
        (mail,) = mail_server.mails
        assert (mail["To"], mail["Reply-To"], mail["Subject"]) == (ANNA, BOB, "Uw reparatie & meer")
        assert mail["From"].addresses[0].addr_spec == relay.settings.mail_sender
        assert mail["From"].addresses[0].display_name == "Bob (Northwind IT)"
        assert mail["Auto-Submitted"] is None
        text = mail.get_content().replace("\r\n", "\n")
        assert text.startswith(f"Dag!\nKlik hier: ü\n\n{relay.settings.url}{code.path}\n\nDe link werkt één keer")
        assert text.count(str(code.path)) == 1
        assert "#" not in text, "no secret that this relay would know"
        async with relay.applet(Enter(1, link=str(code.path).removeprefix("/s/"))) as applet:
            await relay.enter(applet)
            while (session := (await console.hear_a(SessionChanged)).session).state is not SessionState.WAITING:
                pass
        assert (session.method, session.name) == (Method.EMAIL, "Anna")
    _status, codes = await relay.call("GET", "/codes", None, token)
    assert [each["delivery"]["to"] for each in codes] == [""], "where a used link went is forgotten"


async def test_without_a_choice_the_mail_speaks_the_customers_language(
    relay: RunningRelay, mail_server: MailServer
) -> None:
    token = await a_technician(relay)
    async with relay.console(CONSOLE, token) as console:
        for language, subject in (("nl", "Uw ondersteuningssessie"), ("", "Your support session")):
            await send(relay, token, language=language)
            await told_of(console, DeliveryState.SENT)
            assert mail_server.mails.pop()["Subject"] == subject


@pytest.mark.req("SESS-25")
async def test_what_the_mail_server_refuses_is_told_with_its_number(
    relay: RunningRelay, mail_server: MailServer
) -> None:
    token = await a_technician(relay)
    async with relay.console(CONSOLE, token) as console:
        mail_server.refuses_recipients = "550 no such mailbox"
        await send(relay, token)
        code = await told_of(console, DeliveryState.REFUSED, "address")
        assert code.delivery is not None
        assert code.delivery.number == 550
        mail_server.refuses_recipients = ""
        mail_server.refuses = "451 later"
        await send(relay, token)
        await told_of(console, DeliveryState.QUEUED, "later")
    assert mail_server.mails == []


def test_a_link_that_leads_nowhere_is_not_sent() -> None:
    def row(state: CodeState, minutes: int) -> CodeRow:
        return CodeRow(state=state, expires_at=NOW + timedelta(minutes=minutes))

    assert is_wanted(row(CodeState.ISSUED, 1), NOW)
    assert not is_wanted(row(CodeState.ISSUED, 0), NOW)
    assert not is_wanted(row(CodeState.CANCELLED, 1), NOW)
    assert not is_wanted(None, NOW)


@pytest.mark.req("SESS-17", "SESS-25")
async def test_what_cannot_be_sent_makes_no_code(relay: RunningRelay, mail_server: MailServer) -> None:
    token = await a_technician(relay)
    for new, field in (
        ({"to": ""}, "to"),
        ({"to": "anna"}, "to"),
        ({"to": f"{ANNA}, eve@evil.example"}, "to"),
        ({"to": f"{ANNA}\r\nBcc: eve@evil.example"}, "to"),
        ({"language": "xx"}, "language"),
    ):
        status, answer = await send(relay, token, **new)
        assert (status, answer["field"]) == (422, field)
    assert (await send(relay, relay.token))[1]["problem"] == "method_off", "who is in no group has only what is on"
    assert (await relay.call("GET", "/codes", None, token))[1] == []
    for _number in range(LIMITS["recipient"].misses):
        status, made = await send(relay, token)
        assert status == 201
        await relay.call("DELETE", f"/codes/{made['id']}", None, token)
    status, answer = await send(relay, token)
    assert (status, answer["problem"]) == (429, "too_many_sent")
    assert answer["retry_seconds"] > 3_000
    assert (await send(relay, token, to="other@northwind.example"))[0] == 201


async def test_a_relay_without_a_mail_server_says_so(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        token = await a_technician(relay)
        async with relay.console(CONSOLE, token) as console:
            assert not console.desk.sending.mail
            assert [each.code for each in console.desk.sending.languages] == ["en", "nl"]
        status, answer = await send(relay, token)
        assert (status, answer["problem"]) == (409, "no_mail_server")
        assert "smtp_host" in answer["message"]


@pytest.mark.parametrize(
    "typed", ["=?utf-8?q?a=0Ab?=@c.example", "=?utf-8?q?a=40victim=2Eexample=2C_b?=@c.example", "a@=?utf-8?q?b?="]
)
def test_what_mail_programs_would_decode_is_no_address(typed: str) -> None:
    """It would become two addresses, or none, in the mail that is made of it."""
    with pytest.raises(FieldError):
        clean_recipient(typed)


@given(st.text(max_size=200))
def test_what_is_typed_is_one_address_or_refused(typed: str) -> None:
    try:
        address = clean_recipient(typed)
    except FieldError:
        return
    assert address.isascii()
    assert address.count("@") == 1
    assert not set(address) & set(' \r\n\t,;<>"')


@given(st.text(max_size=80), st.text(max_size=300))
def test_no_text_of_a_group_or_name_adds_a_header_or_a_second_link(name: str, text: str) -> None:
    link = "https://help.example/s/abcdefghijklmnopqrst"
    facts = {
        "link": link,
        "until": NOW.isoformat(),
        "subject": f"Hello\r\nBcc: eve@evil.example{name}",
        "text": text,
        "from_name": f"{name}\r\nBcc: eve@evil.example",
        "reply_to": "bob@northwind.example",
    }
    message = compose(Mail(ANNA, "en", "session_link", facts), SENDER, LANGUAGES["en"], "<1@help.example>", NOW)
    assert message["Bcc"] is None
    assert len(message["From"].addresses) == len(message["Reply-To"].addresses) == 1
    assert message.get_content().count(link) == 1
    assert b"\nBcc:" not in message.as_bytes().partition(b"\n\n")[0]


def test_where_people_answer_is_left_out_where_they_cannot() -> None:
    facts = {"link": "l", "until": NOW.isoformat(), "subject": "", "text": "", "from_name": "Bob"}
    named = Sender("Help <help@help.example>", SENDER.url, "Northwind IT")
    message = compose(Mail(ANNA, "en", "session_link", facts), named, LANGUAGES["en"], "<1@help.example>", NOW)
    assert message["Reply-To"] is None
    assert str(message["From"]) == '"Bob (Northwind IT)" <help@help.example>'


@pytest.mark.req("SESS-34", "SESS-35", "LENS-09")
async def test_a_text_message_brings_the_link_and_what_became_of_it_is_told(tmp_path: Path, database_url: str) -> None:
    async with running_text_gateway() as gateway:
        settings = {"sms_url": gateway.url, "sms_countries": ["+31"]}
        async with running_relay(tmp_path, database_url=database_url, **settings) as relay:
            token = await a_technician(relay, sms=True)
            async with relay.console(CONSOLE, token) as console:
                assert console.desk.sending.texts
                english = next(each for each in console.desk.sending.languages if each.code == "en")
                lens = {"method": Method.SMS, "to": "+31 6 1234 5678", "session_type": SessionType.LENS}
                status, made = await send(relay, token, **lens)
                assert (status, made["delivery"]["to"]) == (201, "+31612345678")
                code = await told_of(console, DeliveryState.SENT)
                ((_method, _query, body, _key),) = gateway.asked
                text = json.loads(body)["text"]
                assert text == f"Northwind IT invites you to a support session: {relay.settings.url}{code.path}"
                assert (english.characters, english.messages) == (len(text), 1), "as was said before"
                async with relay.applet(Enter(1, link=str(code.path).removeprefix("/s/"))) as applet:
                    await relay.enter(applet)
                    while (session := (await console.hear_a(SessionChanged)).session).state is not SessionState.WAITING:
                        pass
                    assert (session.session_type, session.method) == (SessionType.LENS, Method.SMS)
                gateway.status = 503
                await send(relay, token, **lens)
                await told_of(console, DeliveryState.REFUSED, "gateway")
            assert len(gateway.asked) == 2, "a message that was refused is not sent again"
            for to, problem in (("06 12345678", "not_a_number"), ("+1 555 010 0199", "other_country")):
                status, answer = await send(relay, token, method=Method.SMS, to=to)
                assert (status, answer["field"], answer["problem"]) == (422, "to", problem)


async def test_without_a_gateway_no_text_message_is_offered_or_taken(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        token = await a_technician(relay, sms=True)
        async with relay.console(CONSOLE, token) as console:
            assert not console.desk.sending.texts
        status, answer = await send(relay, token, method=Method.SMS, to="+31612345678")
        assert (status, answer["problem"]) == (409, "no_gateway")
        assert "sms_url" in answer["message"]
