"""F6, F8, F13: a try is counted before its work, for all keys at once, in memory of a fixed size."""

import asyncio
import random
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from codec.errors import DesksideError
from relay.limits.fair_queue import BusyError
from relay.limits.rate_limiter import (
    SHARED_TIMES,
    Limit,
    Limiter,
    Reservation,
    TooOftenError,
    address_key,
    neighbourhood_of,
    network_key,
)


class WrongError(DesksideError):
    """A guess that was wrong."""


def missed(limiter: Limiter, keys: dict[str, str], now: float) -> None:
    """Try once, in vain."""
    with pytest.raises(WrongError), limiter.reserve(keys, now):
        raise WrongError


def is_refused(limiter: Limiter, keys: dict[str, str], now: float) -> bool:
    """Whether a try is refused; one that is not was right."""
    try:
        with limiter.reserve(keys, now):
            return False
    except TooOftenError:
        return True


def test_too_many_misses_wait_until_the_oldest_has_left_the_window() -> None:
    limiter = Limiter({"address": Limit(3, 60)})
    for second in range(3):
        missed(limiter, {"address": "a"}, second)
    with pytest.raises(TooOftenError) as caught:
        limiter.reserve({"address": "a"}, 10)
    assert (caught.value.retry_seconds, caught.value.kinds) == (51, frozenset({"address"}))
    assert not is_refused(limiter, {"address": "b"}, 10)
    assert is_refused(limiter, {"address": "a"}, 59.9)
    assert not is_refused(limiter, {"address": "a"}, 60)


@given(st.integers(1, 8), st.integers(0, 40), st.randoms(use_true_random=False))
def test_f6_of_any_number_of_parallel_tries_as_many_as_the_limit_reach_the_work(
    limit: int, callers: int, chance: random.Random
) -> None:
    """F6: whatever the interleaving; each waits at random places between its check and its answer."""
    limiter, worked = Limiter({"address": Limit(limit, 600), "account": Limit(limit, 600)}), 0

    async def guess(number: int) -> None:
        nonlocal worked
        for _ in range(chance.randrange(4)):
            await asyncio.sleep(0)
        with limiter.reserve({"address": "a", "account": str(number % 2)}, number):
            worked += 1
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
            raise WrongError

    async def all_at_once() -> list[BaseException | None]:
        return list(await asyncio.gather(*map(guess, range(callers)), return_exceptions=True))

    refused = [type(error) for error in asyncio.run(all_at_once())]
    assert worked == min(limit, callers) == refused.count(WrongError)
    assert refused.count(TooOftenError) == callers - worked


def test_f6_a_key_that_is_full_leaves_the_others_uncounted() -> None:
    limiter = Limiter({"address": Limit(1, 60), "account": Limit(3, 60)})
    missed(limiter, {"address": "a", "account": "anna"}, 0)
    for _ in range(10):
        assert is_refused(limiter, {"address": "a", "account": "anna"}, 0)
    for number in range(2):
        missed(limiter, {"address": f"b{number}", "account": "anna"}, 0)
    assert is_refused(limiter, {"address": "c", "account": "anna"}, 0)


@pytest.mark.parametrize("error", [BusyError(), asyncio.CancelledError(), OSError(), KeyboardInterrupt()])
def test_what_told_nothing_is_given_back(error: BaseException) -> None:
    limiter = Limiter({"address": Limit(1, 60)})
    for _ in range(3):
        with pytest.raises(type(error)), limiter.reserve({"address": "a"}, 0):
            raise error
    assert limiter.held_bytes == 0


def test_a_try_ends_once_however_often_it_is_ended() -> None:
    limiter = Limiter({"address": Limit(2, 60)})
    missed(limiter, {"address": "a"}, 0)
    with limiter.reserve({"address": "a"}, 0) as reserved:
        reserved.give_back()
        reserved.give_back("address")
        reserved.keep()
    assert not is_refused(limiter, {"address": "a"}, 0)
    missed(limiter, {"address": "a"}, 0)
    assert is_refused(limiter, {"address": "a"}, 0)


def test_those_at_work_delay_others_for_a_moment_only() -> None:
    limiter = Limiter({"address": Limit(1, 600)})
    reserved = limiter.reserve({"address": "a"}, 0)
    with pytest.raises(TooOftenError) as caught:
        limiter.reserve({"address": "a"}, 0)
    assert caught.value.retry_seconds == 1
    reserved.keep()
    with pytest.raises(TooOftenError) as caught:
        limiter.reserve({"address": "a"}, 0)
    assert caught.value.retry_seconds == 601


def test_who_knew_starts_afresh() -> None:
    limiter = Limiter({"account": Limit(1, 60)})
    missed(limiter, {"account": "a"}, 0)
    limiter.forget("account", "a")
    assert not is_refused(limiter, {"account": "a"}, 1)


@pytest.mark.finding("load-1.13")
def test_a_clock_that_is_set_back_makes_nobody_wait_longer() -> None:
    limiter = Limiter({"address": Limit(1, 60)})
    missed(limiter, {"address": "a"}, 100_000)
    with pytest.raises(TooOftenError) as caught:
        limiter.reserve({"address": "a"}, 5)
    assert caught.value.retry_seconds == 61
    assert not is_refused(limiter, {"address": "a"}, 65)


def test_a_request_that_came_earlier_and_is_counted_later_takes_no_time_back() -> None:
    """Who sends a body slowly has an old time; it must not make what was counted older."""
    limiter = Limiter({"address": Limit(2, 600)})
    for at in (1_000, 900):
        missed(limiter, {"address": "a"}, at)
    assert is_refused(limiter, {"address": "a"}, 1_599)
    assert not is_refused(limiter, {"address": "a"}, 1_600)


def test_f13_a_soft_key_refuses_nothing_and_is_over_until_it_was_quiet() -> None:
    limiter = Limiter({"address": Limit(1, 60), "relay": Limit(3, 60)})

    def over(second: float) -> bool:
        reserved = limiter.reserve({"address": str(second)}, second, {"relay": ""})
        reserved.keep()
        return bool(reserved.over)

    assert [over(second) for second in range(6)] == [False] * 3 + [True] * 3
    assert limiter.is_full("relay", "", 62.9)
    assert not limiter.is_full("relay", "", 63)
    assert [over(second) for second in range(65, 70)] == [False] * 3 + [True] * 2


def test_f13_parallel_tries_of_a_soft_key_leave_a_counter_of_its_size() -> None:
    limiter = Limiter({"relay": Limit(3, 60)})
    at_work = [limiter.reserve({}, 0, {"relay": ""}) for _ in range(1_000)]
    for reserved in at_work:
        reserved.keep()
    (counter,) = limiter._own["relay"].values()
    assert (len(counter.times), counter.at_work) == (3, 0)


def flooded(limiter: Limiter, kind: str, network: Callable[[int], str], tries: int) -> None:
    """Miss once from each of many addresses."""
    for number in range(tries):
        try:
            limiter.take({kind: address_key(network(number))}, number / tries)
        except TooOftenError:
            pass


def v6(network: int, number: int) -> str:
    """Return an address in a /32."""
    return f"2001:{network:x}:{number // 65_536:x}:{number % 65_536:x}::1"


def test_f8_memory_is_bounded_in_bytes_and_nobody_is_pushed_out() -> None:
    """F8: 30,000 networks come once each; who was counted stays counted, and other networks still come in."""
    limiter = Limiter({"address": Limit(10, 600, neighbourhood_of)}, max_bytes=1 << 20)
    for _ in range(10):
        missed(limiter, {"address": "203.0.113.9"}, 0)
    flooded(limiter, "address", lambda number: v6(0xDB8, number), 30_000)
    assert limiter.held_bytes <= 1 << 20
    assert is_refused(limiter, {"address": "203.0.113.9"}, 1)
    assert is_refused(limiter, {"address": address_key(v6(0xDB8, 70_000))}, 1), "neighbours of the flood share"
    let_in = sum(not is_refused(limiter, {"address": address_key(v6(network, 1))}, 1) for network in range(1, 500))
    assert let_in >= 480  # (which networks share is chance: 493 was seen)
    assert not is_refused(limiter, {"address": "203.0.113.9"}, 602)
    assert limiter.held_bytes <= 1 << 19, "what is over is forgotten"


def test_f8_declared_bytes_cover_what_is_measured() -> None:
    """F8: what the limiter says that it may hold is at least what Python holds for it."""
    limits = {"address": Limit(10, 600, neighbourhood_of), "account": Limit(10, 600)}
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        limiter = Limiter(limits, max_bytes=2 << 20)
        for number in range(6_000):
            for _ in range(10 if number < 500 else 1):
                try:
                    limiter.take({"address": v6(number, 7), "account": f"{number}@" + "x" * 200}, 0)
                except TooOftenError:
                    pass
        held = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert limiter.held_bytes <= 2 << 20
    assert held <= 2 << 20


class _Guessers(RuleBasedStateMachine):
    """Tries of a few keys in any order, against a list of what was counted when."""

    LIMIT = 3
    SECONDS = 50.0

    def __init__(self) -> None:
        super().__init__()
        self.limiter = Limiter({"address": Limit(self.LIMIT, self.SECONDS)})
        self.now = 0.0
        self.at_work: list[tuple[str, float, Reservation]] = []
        self.kept: list[tuple[str, float]] = []

    def counted(self, value: str) -> int:
        """How many tries of a key are in the window."""
        times = [time for each, time, _ in self.at_work if each == value] + [
            at for each, at in self.kept if each == value
        ]
        return sum(time > self.now - self.SECONDS for time in times)

    @rule(seconds=st.sampled_from([0, 1, 7, 49, 50]))
    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    @rule(value=st.sampled_from("abc"))
    def begin(self, value: str) -> None:
        """Begin a try: exactly those for which there is room reach the work."""
        room = self.counted(value) < self.LIMIT
        try:
            reserved = self.limiter.reserve({"address": value}, self.now)
        except TooOftenError:
            assert not room
            return
        assert room
        self.at_work.append((value, self.now, reserved))

    @rule(place=st.integers(0, 20), was_wrong=st.booleans())
    def end(self, place: int, was_wrong: bool) -> None:
        """End one of those at work."""
        if not self.at_work:
            return
        value, at, reserved = self.at_work.pop(place % len(self.at_work))
        if was_wrong:
            reserved.keep()
            self.kept.append((value, at))
        else:
            reserved.give_back()

    @invariant()
    def holds_no_more_than_it_must(self) -> None:
        """There is no counter but for keys that were tried and not given back."""
        live = {value for value, _, _ in self.at_work} | {value for value, _ in self.kept}
        assert len(self.limiter._own["address"]) <= len(live)


TestGuessers = _Guessers.TestCase


def test_what_counts_as_one_address_one_network_and_one_neighbourhood() -> None:
    assert address_key("2001:db8::1") == address_key("2001:db8::ffff")
    assert address_key("2001:db8:0:1::1") != address_key("2001:db8::1")
    assert address_key("::ffff:192.0.2.1") == address_key("192.0.2.1") == "192.0.2.1"
    assert network_key("2001:db8:0:1::1") == network_key("2001:db8:0:2::1") != network_key("2001:db8:1::1")
    assert network_key("192.0.2.1") == network_key("::ffff:192.0.2.200") != network_key("192.0.3.1")
    assert neighbourhood_of(address_key("2001:db8:5::1")) == neighbourhood_of("2001:db8::")
    assert neighbourhood_of("192.0.2.1") == neighbourhood_of("192.0.200.1") != neighbourhood_of("192.1.2.1")
    assert address_key("::1") == "::/64"
    assert address_key("not an address") == "not an address"
    assert SHARED_TIMES > 1
