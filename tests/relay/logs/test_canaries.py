"""A day at the relay with marked secrets: all that happens is in the log, and none of the secrets."""

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from codec.wire.api_types import Method
from codec.wire.signals import BeginRecording, Enter, RecordingBegun, SigningKey
from relay.accounts.setup_token import SetupToken
from relay.logs.writing import JsonLines, TextLines
from tests.relay.api.test_account_stories import app_code
from tests.support.relays import EMAIL, PASSWORD, enter_with, free_port, running_relay
from tests.support.waiting import eventually

SMTP_PASSWORD = "canary-smtp-password-4711"
TYPED = "canary-password-typed-as-an-address-815"
GUESS = "canary-wrong-password-0815"
NEW = "Canary tulips in the sun 9"


class Taken:
    """A mail server that keeps everything."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail."""
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        return "250 OK"


def _authenticate(*arguments: object) -> AuthResult:
    data = arguments[-1]
    return AuthResult(success=getattr(data, "password", b"") == SMTP_PASSWORD.encode(), handled=False)


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[tuple[Controller, Taken]]:
    """A mail server on loopback that wants a password."""
    taken = Taken()
    controller = Controller(
        taken, hostname="127.0.0.1", port=free_port(), authenticator=_authenticate, auth_required=True,
        auth_require_tls=False,
    )  # fmt: skip
    (tmp_path / "smtp-password").write_text(SMTP_PASSWORD)
    controller.start()
    yield controller, taken
    controller.stop()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that any logger of this process says at all, in both formats."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers = [logging.StreamHandler(stream), logging.StreamHandler(stream)]
    handlers[0].setFormatter(TextLines(for_journal=False))
    handlers[1].setFormatter(JsonLines(for_journal=False))
    levels = {name: logging.getLogger(name).level for name in ("relay", "codec")}
    for handler in handlers:
        root.addHandler(handler)
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    for handler in handlers:
        root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.finding("use-B18")
@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # of the mail server: it is on loopback
async def test_a_day_with_marked_secrets(tmp_path: Path, mail: tuple[Controller, Taken], log: io.StringIO) -> None:
    controller, taken = mail
    secrets = [PASSWORD, SMTP_PASSWORD, TYPED, GUESS, NEW]
    token = tmp_path / "metrics-token"
    token.write_text("canary-metrics-token-with-32-characters")
    secrets.append(token.read_text())
    async with running_relay(
        tmp_path,
        smtp_host="127.0.0.1",
        smtp_port=controller.port,
        smtp_security="none",
        smtp_user="deskside",
        smtp_password_file=str(tmp_path / "smtp-password"),
        metrics_token_file=str(token),
    ) as relay:
        secrets += [relay.token, *((relay.settings.data / name).read_text() for name in ("key", "permit-key"))]
        secrets.append(SetupToken(relay.settings.data).show())
        for email, password in ((EMAIL, GUESS), (TYPED, GUESS), ("nobody@northwind.example", GUESS)):
            await relay.call("POST", "/sign-in", {"email": email, "password": password, "console": "x"})
        await relay.call("GET", "/me", token="canary-wrong-token-1234")
        await relay.call("GET", "/me", token="dsk_canary-wrong-key-1234")
        secrets += ["canary-wrong-token-1234", "canary-wrong-key-1234"]

        _status, made = await relay.call("POST", "/api-keys", {"name": "monitor", "scopes": ["sessions:read"]})
        secrets.append(made["key"])
        await relay.call("GET", "/sessions", token=made["key"])
        await relay.call("GET", "/units/organisation/0", token=made["key"])

        link = await relay.make_code(Method.LINK)
        code = await relay.make_code(Method.PIN)
        secrets += [str(link.path).removeprefix("/s/"), str(code.pin)]
        wrong = "012345" if code.pin != "012345" else "543210"
        for bad in (Enter(1, pin=wrong, link=None, computer="X", system="Y"),
                    Enter(1, pin=None, link="canary-wrong-link-9876543", computer="X", system="Y")):  # fmt: skip
            async with relay.applet(bad) as applet:
                await applet.hear()
        secrets += [wrong, "canary-wrong-link-9876543"]
        async with relay.console() as console, relay.applet(enter_with(code)) as applet:
            entered = await relay.enter(applet)
            secrets.append(entered.ticket)
            (session,) = [each["id"] for each in (await relay.call("GET", "/sessions"))[1]]
            await relay.pick_up(session)
            await applet.say(SigningKey(bytes([2] * 32)))
            await console.say(BeginRecording(session, bytes(16), bytes([3] * 32)))
            await console.hear_a(RecordingBegun)
            assert (await relay.call("POST", f"/sessions/{session}/end"))[0] == 200

        await relay.call("POST", "/password-links", {"email": EMAIL}, token="")
        await eventually(lambda: any(b"choose-password" in mail for mail in taken.mails))
        text = b"".join(taken.mails).replace(b"=\r\n", b"").replace(b"=23", b"#").decode()
        found = re.search(r"choose-password#([\w-]{20,})", text)
        assert found is not None
        secrets.append(found[1])

        _status, proposed = await relay.call("POST", "/me/second-step/proposal", {"current": PASSWORD})
        _status, codes = await relay.call("POST", "/me/second-step/confirmation", {"code": app_code(proposed)})
        secrets += [proposed["secret"], *codes["recovery_codes"]]
        who = {"email": EMAIL, "password": PASSWORD, "console": "x", "code": "canary-code"}
        await relay.call("POST", "/sign-in", who)
        secrets.append("canary-code")
        change = {"current": PASSWORD, "new": NEW, "code": codes["recovery_codes"][0]}
        assert (await relay.call("PUT", "/me/password", change))[0] == 204
    said = log.getvalue()
    for secret in secrets:
        assert len(secret) >= 6
        assert secret not in said
    names = {line.split()[2] for line in said.splitlines() if not line.startswith(("{", " "))}
    assert {
        "signed-in", "refused", "code-created", "code-entered", "code-ended", "session-begun", "session-taken",
        "session-ended", "recording-begun", "mail-kept", "mail-sent", "changed",
    } <= names  # fmt: skip
    refused = {re.sub(r"^.*refused ", "", line) for line in said.splitlines() if " WARNING refused " in line}
    for expected in (
        'address=127.0.0.1 what=sign-in why="wrong password" person=1',
        'address=127.0.0.1 what=sign-in why="wrong password"',
        'address=127.0.0.1 what=sign-in why="wrong code" person=1',
        'address=127.0.0.1 what=token why="unknown or ended"',
        "address=127.0.0.1 what=PIN why=unknown",
        "address=127.0.0.1 what=link why=unknown",
    ):
        assert expected in refused, refused
    assert re.search(r"session-ended session=\d+ person=1 how=closed_by_technician seconds=\d+", said)


@pytest.mark.finding("use-B18")
async def test_a_slow_request_is_told_by_its_page_alone(
    tmp_path: Path, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.web.middleware.SLOW_SECONDS", -1.0)
    async with running_relay(tmp_path) as relay, relay.http.get(f"{relay.url}/s/canary-routing?x=canary-query"):
        pass
    assert 'slow-request method=GET route="/s/{routing}" status=404 seconds=0.' in log.getvalue()
    assert "canary" not in log.getvalue()
