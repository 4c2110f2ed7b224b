"""What pages show of errors and secrets."""

from relay.pages.credential_texts import qr_code
from relay.sign_in.one_time_codes import totp_uri
from tests.relay.sign_in.test_one_time_codes import SECRET


def test_a_name_cannot_change_what_the_qr_code_says() -> None:
    uri = totp_uri(SECRET, "a&secret=X@x.example", "North?wind: IT")
    assert uri.count("?") == uri.count("&") == 1
    assert "secret=X" not in uri
    drawn = qr_code(SECRET, "a@x.example", "<script>")
    assert drawn.startswith("<svg")
    assert "style=" not in drawn
    assert "script" not in drawn
