"""Permits: believed only from the relay, only for their session, whatever somebody does to their bytes."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from codec.wire.permits import PURPOSE, BadPermitError, Function, Permit, SignedPermit, known, read, sign

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
UNORDERED = ("reboot", "chat", "remote_control", "chat")
PERMIT = Permit(session=7, technician=3, issued_at=1_790_000_000_000, functions=UNORDERED)
GOLDEN = bytes.fromhex(
    "84a773657373696f6e07aa746563686e696369616e03a96973737565645f6174cf000001a0c4506c00"
    "a966756e6374696f6e7393a463686174a67265626f6f74ae72656d6f74655f636f6e74726f6c"
)


def test_the_bytes_of_a_permit_never_change() -> None:
    signed = sign(PERMIT, KEY)
    assert signed.statement == GOLDEN
    KEY.public_key().verify(signed.signature, PURPOSE + GOLDEN)


@pytest.mark.req("PERM-40")
def test_a_permit_is_read_as_it_was_written() -> None:
    permit = read(sign(PERMIT, KEY), PUBLIC, session=7)
    assert permit.functions == ("chat", "reboot", "remote_control")
    assert known(permit.functions) == {Function.CHAT, Function.REMOTE_CONTROL}


def test_a_permit_of_another_session_or_another_relay_permits_nothing() -> None:
    other = Ed25519PrivateKey.generate()
    for signed, key, session in (
        (sign(PERMIT, KEY), PUBLIC, 8),
        (sign(PERMIT, other), PUBLIC, 7),
        (sign(PERMIT, KEY), b"", 7),
        (SignedPermit(statement=GOLDEN, signature=KEY.sign(GOLDEN)), PUBLIC, 7),
        (SignedPermit(statement=b"odd", signature=KEY.sign(PURPOSE + b"odd")), PUBLIC, 7),
    ):
        with pytest.raises(BadPermitError):
            read(signed, key, session)


@given(st.integers(0, len(GOLDEN) - 1), st.integers(1, 255))
def test_no_changed_byte_is_believed(place: int, change: int) -> None:
    signed = sign(PERMIT, KEY)
    changed = bytearray(signed.statement)
    changed[place] ^= change
    with pytest.raises(BadPermitError):
        read(SignedPermit(statement=bytes(changed), signature=signed.signature), PUBLIC, 7)
