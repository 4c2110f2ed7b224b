"""Signed texts open for their purpose only."""

from relay.secret import Signer


def test_a_signed_text_opens_for_its_purpose_only() -> None:
    signer = Signer(b"key")
    signed = signer.signed("form", "7")
    assert signer.open("form", signed) == "7"
    assert signer.open("other", signed) is None
    assert Signer(b"another key").open("form", signed) is None
    assert signer.open("form", f"8{signed[1:]}") is None
