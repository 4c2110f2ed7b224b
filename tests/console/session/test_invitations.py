"""Secrets are made here, kept here, and forgotten in time."""

from datetime import UTC, datetime

import pytest

from codec.wire.api_types import Code, CodeState, Method
from console.session.invitations import RANDOM_BYTES, Invitations, secret_for

AT = datetime(2026, 11, 24, tzinfo=UTC)
PAGE = "https://help.example/"


def code(number: int = 1, state: CodeState = CodeState.ISSUED, *, pin: str | None = "482133") -> Code:
    return Code(
        id=number,
        method=Method.PIN if pin else Method.LINK,
        state=state,
        name="",
        made_at=AT,
        expires_at=AT,
        pin=pin,
        path=None if pin else "/s/abc",
    )


def test_a_plain_pin_has_no_secret() -> None:
    invitations = Invitations()
    invitations.made(code(), None)
    assert invitations.invitation(code(), PAGE).spoken == "482 133"
    assert invitations.secret_of(1) is None


def test_a_lengthened_pin_is_read_in_groups() -> None:
    invitations = Invitations()
    invitations.made(code(), "7421")
    assert invitations.invitation(code(), PAGE).spoken == "482 133 7421"


def test_a_long_pin_is_read_in_threes() -> None:
    invitations = Invitations()
    invitations.made(code(pin="948213377"), "7421")
    assert invitations.invitation(code(pin="948213377"), PAGE).spoken == "948 213 377 7421"


@pytest.mark.parametrize("pin", ["", "482", "48213", "4821337", "94821", "482 13"])
def test_f35_a_relay_that_gives_a_shorter_pin_hears_no_digit_of_the_secret(pin: str) -> None:
    """The customer would send the first digits of the secret as the last ones of the PIN."""
    invitations = Invitations()
    invitations.made(code(), "7421")
    assert invitations.invitation(code(pin=pin), PAGE).spoken is None


def test_a_link_carries_its_secret_in_the_fragment() -> None:
    invitations = Invitations()
    invitations.made(code(pin=None), "s3cret")
    assert invitations.invitation(code(pin=None), PAGE).link == "https://help.example/s/abc#s3cret"


def test_a_link_of_another_console_is_not_shown_without_its_secret() -> None:
    assert Invitations().invitation(code(pin=None), PAGE).link is None


@pytest.mark.parametrize("state", [CodeState.EXPIRED, CodeState.CANCELLED, CodeState.BURNT])
def test_the_secret_of_a_dead_code_is_forgotten(state: CodeState) -> None:
    invitations = Invitations()
    invitations.made(code(), "7421")
    invitations.take(code(state=CodeState.USED))
    assert invitations.secret_of(1) == "7421"
    invitations.take(code(state=state))
    assert invitations.secret_of(1) is None


def test_secrets_of_codes_that_the_relay_no_longer_lists_are_forgotten() -> None:
    invitations = Invitations()
    invitations.made(code(1), "7421")
    invitations.take_all([code(2)])
    assert invitations.secret_of(1) is None
    assert [known.id for known in invitations.codes] == [2]


def test_secrets_are_made_from_all_the_randomness() -> None:
    assert secret_for(Method.PIN, False, bytes(RANDOM_BYTES)) is None
    assert secret_for(Method.PIN, True, bytes(RANDOM_BYTES)) == "0000"
    assert secret_for(Method.PIN, True, (10_007).to_bytes(RANDOM_BYTES, "big")) == "0007"
    link = secret_for(Method.LINK, False, bytes(range(RANDOM_BYTES)))
    assert link == "AAECAwQFBgcICQoLDA0ODw"
    with pytest.raises(ValueError, match="16 random bytes"):
        secret_for(Method.PIN, True, b"few")


def test_secrets_stay_over_a_sign_out_of_the_same_person() -> None:
    invitations = Invitations()
    invitations.signed_in("anna")
    invitations.made(code(), "7421")
    invitations.signed_out()
    assert invitations.codes == []
    invitations.signed_in("anna")
    invitations.take_all([code(state=CodeState.USED)])
    assert invitations.secret_of(1) == "7421"


def test_who_signs_in_next_does_not_get_the_secrets_of_another() -> None:
    invitations = Invitations()
    invitations.signed_in("anna")
    invitations.made(code(), "7421")
    invitations.signed_out()
    invitations.signed_in("bob")
    assert invitations.secret_of(1) is None
    invitations.signed_in("anna")
    assert invitations.secret_of(1) is None
