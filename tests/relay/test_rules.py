"""The relay's rules, without a socket or a database: limits, addresses, codes, settings, ICE servers, STUN answers."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from codec.wire.api_types import CodeState
from codec.wire.signals import Refusal
from relay.codes.rules import NoPinLeftError, choose_pin, digits_of, why_not
from relay.config.settings import ENVIRONMENT, Settings, SettingsError
from relay.config.sources import read_settings
from relay.secret import Signer
from relay.signalling.ice import ice_servers, read_turn_secret, turn_credentials
from relay.signalling.stun import ANSWERS_EACH_SECOND, StunServer, binding_answer
from relay.web.clients import client_address, is_own_origin, networks

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.req("SESS-21")
def test_a_pin_is_one_that_no_live_code_has() -> None:
    assert choose_pin([7, 8], {"000007"}, is_long=False) == "000008"
    assert choose_pin([7, 8], {"900000007"}, is_long=True) == "900000008"
    with pytest.raises(NoPinLeftError):
        choose_pin([7], {"000007"}, is_long=False)


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (CodeState.ISSUED, None),
        (CodeState.USED, Refusal.USED),
        (CodeState.CANCELLED, Refusal.CANCELLED),
        (CodeState.BURNT, Refusal.CANCELLED),
        (CodeState.EXPIRED, Refusal.EXPIRED),
    ],
)
def test_why_a_code_is_refused(state: CodeState, refusal: Refusal | None) -> None:
    assert why_not(state, NOW.replace(hour=13), NOW) is refusal


def test_a_code_expires_by_the_clock_alone() -> None:
    assert why_not(CodeState.ISSUED, NOW, NOW) is Refusal.EXPIRED


@given(st.text(max_size=100))
def test_of_whatever_is_typed_only_digits_are_taken(typed: str) -> None:
    assert digits_of(typed).isascii()
    assert digits_of(typed).isdecimal() or digits_of(typed) == ""


_CALLERS = {
    (): "10.0.0.1",
    ("203.0.113.9",): "203.0.113.9",
    ("6.6.6.6, 203.0.113.9",): "203.0.113.9",
    ("203.0.113.9, 10.0.0.2",): "203.0.113.9",
    ("not an address",): "10.0.0.1",
    # HAProxy adds a line of its own behind what came; several proxies add several.
    ("6.6.6.6", "203.0.113.9"): "203.0.113.9",
    ("6.6.6.6, 7.7.7.7", "8.8.8.8", "203.0.113.9", "10.0.0.3", "10.0.0.2"): "203.0.113.9",
    ("", "203.0.113.9"): "203.0.113.9",
    # Nothing that a proxy writes makes an entry left of it count.
    ("6.6.6.6", ""): "10.0.0.1",
    ("6.6.6.6,",): "10.0.0.1",
    ("6.6.6.6, unknown",): "10.0.0.1",
    ("6.6.6.6, unknown, 10.0.0.2",): "10.0.0.2",
    ("6.6.6.6, 10.0.0.2:443x",): "10.0.0.1",
    # One computer has one address, however it is written.
    ("203.0.113.9:51234",): "203.0.113.9",
    ("[2001:db8::1]:443",): "2001:db8::1",
    ("[2001:DB8::1]",): "2001:db8::1",
    ("2001:db8:0:0::1",): "2001:db8::1",
    ("::ffff:203.0.113.9",): "203.0.113.9",
    ("203.0.113.9, ::ffff:10.0.0.2",): "203.0.113.9",
    ("fe80::1%anything",): "fe80::1",
    ("999.1.1.1",): "10.0.0.1",
    ("3405803785",): "10.0.0.1",
}


@pytest.mark.req("EDGE-35")
@pytest.mark.parametrize(("lines", "caller"), _CALLERS.items())
def test_only_listed_proxies_are_believed(lines: tuple[str, ...], caller: str) -> None:
    """F7: all lines of X-Forwarded-For are one list, whatever kind of proxy wrote them."""
    listed = networks(["10.0.0.0/8"])
    assert client_address("10.0.0.1", lines, listed) == caller
    assert client_address("::ffff:10.0.0.1", lines, listed) == caller
    assert client_address("198.51.100.7", lines, listed) == "198.51.100.7"


@given(st.lists(st.text(max_size=30), max_size=5), st.sampled_from([", {}", ",{}", None]))
def test_what_a_caller_invents_never_counts(invented: list[str], appended: str | None) -> None:
    """F7: whatever stands before what the proxy wrote, on its line or on a line of its own."""
    caller = "203.0.113.9"
    lines = (
        [*invented, caller] if appended is None else [*invented[:-1], "".join(invented[-1:]) + appended.format(caller)]
    )
    assert client_address("10.0.0.1", lines, networks(["10.0.0.0/8"])) == caller


def test_other_sites_are_not_our_own() -> None:
    own, host = "https://help.example", "help.example"
    assert is_own_origin(None, own, host)
    assert is_own_origin("https://help.example", own, host)
    assert not is_own_origin("https://evil.example", own, host)
    assert not is_own_origin("null", own, host)
    assert not is_own_origin("http://[", own, host)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"listen": "8080"}, "listen"),
        ({"public_url": "help.example"}, "public_url"),
        ({"public_url": "https://help.example/path"}, "public_url"),
        ({"tls_certificate": "cert.pem"}, "tls_key"),
        ({"turn_urls": "turn:turn.example"}, "turn_secret_file"),
        ({"trusted_proxies": "ten"}, "trusted_proxies"),
        ({"pin_minutes": "0"}, "pin_minutes"),
        ({"pin_minutes": "soon"}, "pin_minutes"),
    ],
)
def test_a_wrong_setting_is_named(values: dict[str, str], named: str) -> None:
    environment = {f"{ENVIRONMENT}{name.upper()}": value for name, value in values.items()}
    with pytest.raises(SettingsError, match=named):
        read_settings(None, environment, {})


def test_an_unknown_setting_is_named_wherever_it_stands(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="COLOUR"):
        read_settings(None, {f"{ENVIRONMENT}COLOUR": "red"}, {})
    file = tmp_path / "relay.toml"
    file.write_text('colour = "red"')
    with pytest.raises(SettingsError, match="colour"):
        read_settings(file, {}, {})
    file.write_text("not toml")
    with pytest.raises(SettingsError, match="not TOML"):
        read_settings(file, {}, {})


def test_overrides_go_before_the_environment_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "relay.toml"
    file.write_text('listen = "127.0.0.1:1"\npin_minutes = 5\nlink_hours = 2')
    environment = {f"{ENVIRONMENT}LISTEN": "127.0.0.1:2", f"{ENVIRONMENT}PIN_MINUTES": "6"}
    settings = read_settings(file, environment, {"listen": "127.0.0.1:3"})
    assert (settings.listen, settings.pin_minutes, settings.link_hours) == ("127.0.0.1:3", 6, 2)


def test_ice_servers_begin_with_our_own_and_turn_credentials_expire(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("north\n")
    settings = Settings(
        public_url="https://help.example",
        ice_servers=["stun:stun.example:3478"],
        turn_urls=["turn:turn.example"],
        turn_secret_file=str(secret),
    )
    servers = ice_servers(settings, read_turn_secret(settings), 7, NOW)
    assert [server.urls for server in servers] == [
        ["stun:help.example:3478"],
        ["stun:stun.example:3478"],
        ["turn:turn.example"],
    ]
    assert servers[2].username == f"{int(NOW.timestamp()) + 3600}:session-7"
    secret.write_text("")
    with pytest.raises(SettingsError, match="empty"):
        read_turn_secret(settings)


def test_turn_credentials_are_what_openssl_makes_of_them() -> None:
    """The credential is that of `openssl dgst -sha1 -hmac north`; test_care.py holds it against coturn itself."""
    username, credential = turn_credentials("north", "session-7", datetime.fromtimestamp(1_800_000_000, UTC))
    assert username == "1800000000:session-7"
    assert credential == "HoCqOL5yocMREIJMEYj2pSjHEcI="


def test_stun_answers_binding_requests_with_where_they_came_from() -> None:
    question = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    answer = binding_answer(bytes(question), ("203.0.113.9", 4_000))
    assert answer is not None
    parsed = stun.parse_message(answer)
    assert parsed.transaction_id == question.transaction_id
    assert parsed.attributes["XOR-MAPPED-ADDRESS"] == ("203.0.113.9", 4_000)


@given(st.binary(max_size=200))
def test_stun_passes_over_garbage(data: bytes) -> None:
    assert binding_answer(data, ("203.0.113.9", 4_000)) is None


def test_stun_answers_at_a_bounded_rate() -> None:
    server = StunServer(lambda: 1.0)
    assert (
        sum(server._may_answer(f"10.0.{n >> 8}.{n & 255}") for n in range(ANSWERS_EACH_SECOND + 50))
        == ANSWERS_EACH_SECOND
    )


def test_a_signed_text_opens_for_its_purpose_only() -> None:
    signer = Signer(b"key")
    signed = signer.signed("form", "7")
    assert signer.open("form", signed) == "7"
    assert signer.open("other", signed) is None
    assert Signer(b"another key").open("form", signed) is None
    assert signer.open("form", f"8{signed[1:]}") is None
