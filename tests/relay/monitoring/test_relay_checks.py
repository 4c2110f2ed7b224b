"""What the doctor says of several relays, and of Redis."""

from pathlib import Path

import pytest

from relay.cluster.membership import Peer
from relay.cluster.own import Own
from relay.monitoring.relay_checks import check_redis, judge_clocks, judge_relays
from tests.support.redis_servers import running_redis
from tests.support.relays import settings_for

OWN = Own("http://10.0.0.2:8080", "0.1.0", "a" * 64)


def peer(number: int, address: str, *, version: str = "0.1.0", keys: str = "a", ahead: float = 0.0) -> Peer:
    """Return a relay that is there."""
    return Peer(number, Own(f"http://{address}:8080", version, keys * 64), ahead)


def test_relays_that_are_alike_are_named() -> None:
    found = judge_relays(OWN, [peer(1, "10.0.0.2"), peer(2, "10.0.0.3")], [])
    assert not found.is_problem
    assert found.saw.startswith("2 on this database, with the same keys and version: http://10.0.0.2:8080, ")
    assert not judge_relays(OWN, [], []).was_made


@pytest.mark.parametrize(
    ("others", "unreached", "saw", "remedy"),
    [
        ([peer(2, "10.0.0.3", keys="b")], [], "10.0.0.3:8080 has other keys", "Copy key and permit-key"),
        ([peer(2, "10.0.0.3", version="0.2.0")], [], "different versions: 0.1.0, 0.2.0", "Upgrade all"),
        ([peer(2, "10.0.0.2")], [], "given by more than one relay", "its own peer_url"),
        ([peer(2, "10.0.0.3")], ["http://10.0.0.3:8080"], "10.0.0.3:8080 does not answer", "Open its port"),
    ],
)
def test_what_differs_is_said_with_its_remedy(others: list[Peer], unreached: list[str], saw: str, remedy: str) -> None:
    found = judge_relays(OWN, [peer(1, "10.0.0.2"), *others], unreached)
    assert saw in found.saw
    assert remedy in found.remedy


def test_a_clock_that_is_far_off_is_named_with_its_relay() -> None:
    assert not judge_clocks(0.2, [peer(1, "10.0.0.2", ahead=-0.5)]).is_problem
    found = judge_clocks(0.2, [peer(1, "10.0.0.2", ahead=0.1), peer(2, "10.0.0.3", ahead=-61.0)])
    assert found.saw == "at most 61.0 s from the database’s (http://10.0.0.3:8080)"
    assert "time synchronisation" in found.remedy


async def test_whether_redis_answers_is_told_without_its_password(tmp_path: Path) -> None:
    assert not (await check_redis(settings_for(tmp_path))).was_made
    with running_redis() as server:
        found = await check_redis(settings_for(tmp_path, redis_url=server.url))
        assert "answers in" in found.saw
        assert not found.is_problem
    away = await check_redis(settings_for(tmp_path, redis_url="redis://:secret-word@127.0.0.1:1/0"))
    assert "does not answer" in away.saw
    assert "No relay starts without it" in away.remedy
    assert "secret-word" not in away.saw + away.remedy
