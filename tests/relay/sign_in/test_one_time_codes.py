"""One-time codes: the vectors of the RFC, clocks that are off, codes that come back, what people type."""

import base64
from datetime import UTC, datetime

import pytest

from relay.sign_in.one_time_codes import RECOVERY_CODES, matching_step, plain, recovery_code

SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")]


@pytest.mark.req("SEC-41")
@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert matching_step(SECRET, code, datetime.fromtimestamp(seconds, UTC), None) == seconds // 30


@pytest.mark.parametrize(("off", "is_taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_phones_clock_may_be_half_a_minute_off(off: int, is_taken: bool) -> None:
    now = datetime.fromtimestamp(1234567890 + off, UTC)
    assert (matching_step(SECRET, "005924", now, None) is not None) is is_taken


def test_no_code_is_taken_twice() -> None:
    now = datetime.fromtimestamp(1234567890, UTC)
    step = matching_step(SECRET, "005924", now, None)
    assert matching_step(SECRET, "005924", now, step) is None


def test_what_is_typed_in_groups_or_capitals_is_the_same_code() -> None:
    assert plain(" 005 924 ") == "005924"
    assert plain("ABCD-efgh 2345") == "abcdefgh2345"


def test_recovery_codes_are_read_without_doubt_and_made_of_what_is_random() -> None:
    assert recovery_code(bytes(range(16))) == "abcd-efgh-jkmn"
    assert RECOVERY_CODES == 10
