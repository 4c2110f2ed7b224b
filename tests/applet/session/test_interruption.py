"""When a session is interrupted for its customer."""

import pytest

from applet.session.interruption import Interruption, Where, interruption_of
from codec.wire.api_types import SessionState as S


@pytest.mark.req("SESS-168", "SESS-169")
@pytest.mark.parametrize(
    ("where", "leg_of_key", "interruption"),
    [
        (Where(S.WAITING), None, None),
        (Where(S.ACTIVE, 1), None, None),
        (Where(S.ACTIVE, 1), 1, None),
        (Where(S.ON_HOLD, 1), 1, Interruption.ON_HOLD),
        (Where(S.TRANSFERRING, 1, "Bob"), 1, Interruption.HANDED_OVER),
        (Where(S.TRANSFERRING, 0, "Bob"), None, Interruption.HANDED_OVER),
        (Where(S.ACTIVE, 2), 1, Interruption.HANDED_OVER),
        (Where(S.RECONNECTING, 2), 1, Interruption.HANDED_OVER),
        (Where(S.ACTIVE, 2), 2, None),
        (Where(S.DISCONNECTED, 1), 1, None),
    ],
)
def test_the_key_is_worth_nothing_in_another_technicians_part(
    where: Where, leg_of_key: int | None, interruption: Interruption | None
) -> None:
    assert interruption_of(where, leg_of_key) is interruption
