"""What a mail says, whatever people are called."""

from hypothesis import given
from hypothesis import strategies as st

from relay.mail.texts import Mail, Sender, compose, one_line
from tests.relay.mail.test_mail import LANGUAGES, NOW, SENDER
from tests.relay.sign_in.scenes import URL


@given(st.text(max_size=80))
def test_a_name_adds_neither_a_header_nor_a_line(name: str) -> None:
    facts = {
        "event": "technician_added",
        "at": NOW.isoformat(),
        "actor": name,
        "affected": [name, f"x\r\nBcc: eve@evil.example{name}"],
        "address": "",
    }
    mail = Mail("anna@northwind.example", "en", "notice", facts)
    sender = Sender(SENDER.address, URL, f"Northwind\r\nBcc: eve@evil.example {name}")
    message = compose(mail, sender, LANGUAGES["en"], "<1@help.example>", NOW)
    ours = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"}
    assert set(message.keys()) - ours == {
        "Content-Language",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    }
    assert len(message.keys()) == 10
    assert not any(line.startswith("Bcc:") for line in message.get_content().splitlines())
    assert "\n" not in one_line(name)
