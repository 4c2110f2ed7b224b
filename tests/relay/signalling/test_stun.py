"""What the STUN server answers, to whom, and how often."""

from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from relay.signalling.stun import ANSWERS_EACH_SECOND, StunServer, binding_answer


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
