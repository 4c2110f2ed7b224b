"""PINs and links, without a database: how a PIN is chosen, and why one is refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.wire.api_types import CodeState, Method
from codec.wire.group_settings import GroupSettings
from codec.wire.signals import Refusal
from relay.codes.rules import MethodOffError, NoPinLeftError, check_offered, choose_pin, digits_of, why_not

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.req("SESS-17")
@pytest.mark.parametrize(
    ("chosen", "offered"),
    [
        (GroupSettings(), {Method.PIN, Method.LINK}),
        (GroupSettings(connections_pin=False), {Method.LINK}),
        (GroupSettings(connections_link=False), {Method.PIN, Method.LINK}),
        (GroupSettings(connections_own_mail=False), {Method.PIN, Method.LINK}),
        (GroupSettings(connections_link=False, connections_own_mail=False), {Method.PIN}),
    ],
)
def test_a_group_says_how_customers_are_invited(chosen: GroupSettings, offered: set[Method]) -> None:
    """What is mailed is a link: that one way is off takes nothing from the other."""
    for method in Method:
        if method in offered:
            check_offered(method, chosen)
        else:
            with pytest.raises(MethodOffError):
                check_offered(method, chosen)


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
