"""Sealed frames open in order, unchanged, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.session.seal import SEAL_OVERHEAD, Seal, SealBrokenError, derive

KEY = bytes(range(32))


@given(frames=st.lists(st.binary(max_size=200), max_size=8))
def test_frames_open_in_order(frames: list[bytes]) -> None:
    ours, theirs = Seal(KEY), Seal(KEY)
    assert [theirs.open(ours.close(frame)) for frame in frames] == frames


def test_golden_bytes() -> None:
    assert Seal(KEY).close(b"deskside").hex() == "7cdd315ade8fc2b4260c7ccef0b1a370ee8ac54a474171a5"


def test_overhead_is_what_it_says() -> None:
    assert len(Seal(KEY).close(b"12345")) == 5 + SEAL_OVERHEAD


@given(frame=st.binary(min_size=1, max_size=64), position=st.integers(0), bit=st.integers(0, 7))
def test_one_changed_bit_breaks_the_seal(frame: bytes, position: int, bit: int) -> None:
    sealed = bytearray(Seal(KEY).close(frame))
    sealed[position % len(sealed)] ^= 1 << bit
    with pytest.raises(SealBrokenError):
        Seal(KEY).open(bytes(sealed))


def test_a_repeated_or_skipped_frame_breaks_the_seal() -> None:
    ours, theirs = Seal(KEY), Seal(KEY)
    first, second = ours.close(b"first"), ours.close(b"second")
    with pytest.raises(SealBrokenError):
        theirs.open(second)
    again = Seal(KEY)
    again.open(first)
    with pytest.raises(SealBrokenError):
        again.open(first)


def test_each_purpose_and_context_has_its_own_key() -> None:
    keys = {derive(KEY, "root"), derive(KEY, "words"), derive(KEY, "root", b"other"), derive(bytes(32), "root")}
    assert len(keys) == 4
