import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applet.session.codes import (
    BadCodeError,
    Code,
    check_relay,
    grouped_while_typed,
    place_after,
    read_code,
    read_digits,
)
from codec.wire.pins import SENT_LINK_BYTES, SENT_LINK_CHARACTERS
from relay.codes.rules import ROUTING_BYTES

RELAY = "https://help.example"


@pytest.mark.parametrize(
    ("typed", "pin", "secret"),
    [
        ("123456", "123456", None),
        (" 123 456 ", "123456", None),
        ("123-456", "123456", None),
        ("123 456 7890", "123456", "7890"),
        ("948 213 377", "948213377", None),
        ("948 213 377 7421", "948213377", "7421"),
    ],
)
def test_a_pin_may_be_written_as_people_write_it(typed: str, pin: str, secret: str | None) -> None:
    assert read_code(typed, RELAY) == Code(RELAY, pin=pin, secret=secret)


@pytest.mark.finding("use-F3")
@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("34", "34"),
        ("344911", "344 911"),
        ("3449112349", "344 911 2349"),
        ("344 9112 349", "344 911 2349"),
        ("948213377", "948 213 377"),
        ("94821337", "948 213 37"),
        ("https://help.example/s/x#y", "https://help.example/s/x#y"),
        ("", ""),
    ],
)
def test_a_pin_is_shown_in_groups_while_it_is_typed(typed: str, shown: str) -> None:
    assert grouped_while_typed(typed) == shown
    assert place_after(shown, len(shown)) == len(shown)
    assert place_after("344 911", 4) == 5


@pytest.mark.finding("use-B9")
@pytest.mark.parametrize(("typed", "digits"), [("2349", "2349"), (" 23 49 ", "2349"), ("", None), ("x", None)])
def test_extra_digits_may_come_by_themselves(typed: str, digits: str | None) -> None:
    if digits is None:
        with pytest.raises(BadCodeError):
            read_digits(typed)
    else:
        assert read_digits(typed) == digits


def test_a_link_carries_its_relay_and_its_secret() -> None:
    code = read_code("https://help.example/s/AbC#s3cret", None)
    assert code == Code(RELAY, routing="AbC", secret="s3cret")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("12345", "not_whole"),
        ("912345", "not_whole_nine"),
        ("999999", "not_whole_nine"),
        ("12345a", "not_digits"),
        ("١٢٣٤٥٦", "not_digits"),
        ("123456" + "7" * 9, "not_extra_digits"),
        ("482133 742", "not_extra_digits"),
        ("948213377 7", "not_extra_digits"),
        ("9" * 501, "too_long"),
        ("https://help.example/s/AbC", "half_a_link"),
        ("https://help.example/x#y", "not_a_link"),
        ("http://help.example/s/AbC#s", "not_safe"),
        ("ftp://help.example/s/AbC#s", "not_a_relay"),
    ],
)
def test_what_is_no_code_says_why(typed: str, problem: str) -> None:
    with pytest.raises(BadCodeError) as caught:
        read_code(typed, RELAY)
    assert caught.value.problem == problem


def test_without_a_relay_a_pin_leads_nowhere() -> None:
    with pytest.raises(BadCodeError, match="no_relay"):
        read_code("123456", None)


@given(st.text(max_size=600))
def test_any_text_is_a_code_or_a_named_problem(typed: str) -> None:
    try:
        code = read_code(typed, RELAY)
    except BadCodeError:
        return
    assert (code.pin is None) != (code.routing is None)


@given(st.text(max_size=60))
def test_any_address_is_safe_or_refused(address: str) -> None:
    try:
        assert check_relay(address).startswith(("https://", "http://localhost", "http://127.0.0.1", "http://[::1]"))
    except BadCodeError:
        return


def test_the_link_that_a_technician_sends_for_the_program_is_read_as_its_pin() -> None:
    for start in ("https://help.example/?program#", "https://help.example/#", "https://help.example#"):
        assert read_code(f"{start}482133", None) == Code("https://help.example", pin="482133")
    assert read_code("https://help.example/?program#9482133777421", None).secret == "7421"
    with pytest.raises(BadCodeError, match="not_whole"):
        read_code("https://help.example/?program#48213", None)


def test_only_a_link_that_the_relay_sent_may_come_without_a_secret() -> None:
    assert read_code("https://help.example/s/abcdefghijklmnop-_01", None).secret is None
    others = secrets.token_urlsafe(ROUTING_BYTES)
    assert len(secrets.token_urlsafe(SENT_LINK_BYTES)) == SENT_LINK_CHARACTERS < len(others)
    with pytest.raises(BadCodeError, match="half_a_link"):
        read_code(f"https://help.example/s/{others}", None)
