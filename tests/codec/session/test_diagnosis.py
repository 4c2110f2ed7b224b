"""From what was measured to causes."""

import pytest

from codec.session.diagnosis import RULES, Diagnosis, Fact, customers_cause, diagnose, facts_of
from codec.wire.messages import Stats

FINE: dict[str, float] = {
    "lost": 0,
    "relayed": 0,
    "direct_failed": 0,
    "was_direct": 1,
    "relay_present": 1,
    "customer_present": 1,
    "rtt_ms": 20,
    "rtt_best_ms": 18,
    "rtt_spread_ms": 6,
    "rate_kbit": 20_000,
    "waits_ms": 30,
    "queued_bytes": 0,
    "encode_ms": 5,
    "busy": 0.3,
    "still_s": 1,
    "dark": 0,
    "unreadable": 0,
    "page_ms": 12,
    "page_silent_s": 0.1,
    "key_ms": 40,
}
CAUSES: dict[Diagnosis, dict[str, float]] = {
    Diagnosis.CONSOLE_ASLEEP: {"asleep_s": 40},
    Diagnosis.SERVER_UNREACHABLE: {"relay_present": 0},
    Diagnosis.CUSTOMER_OFFLINE: {"lost": 1, "customer_present": 0},
    Diagnosis.CONNECTION_CUT: {"lost": 1},
    Diagnosis.SCREEN_UNREADABLE: {"unreadable": 1},
    Diagnosis.PAGE_ASLEEP: {"page_silent_s": 5, "waits_ms": 5000},
    Diagnosis.LINE_STALLED: {"waits_ms": 2600},
    Diagnosis.CUSTOMER_BUSY: {"busy": 0.98, "encode_ms": 90, "waits_ms": 1700},
    Diagnosis.SLOW_ENCODE: {"encode_ms": 140},
    Diagnosis.SLOW_VIEWER: {"page_ms": 240, "rate_kbit": 900},
    Diagnosis.NARROW_LINE: {"rate_kbit": 800},
    Diagnosis.UNSTEADY_LINE: {"rtt_spread_ms": 190},
    Diagnosis.DETOUR: {"relayed": 1, "direct_failed": 1, "was_direct": 0, "rtt_best_ms": 320},
    Diagnosis.LONG_LINE: {"rtt_best_ms": 280},
    Diagnosis.QUEUE_FULL: {"queued_bytes": 600_000},
    Diagnosis.SCREEN_DARK: {"dark": 1, "still_s": 60},
    Diagnosis.DIRECT_LOST: {"relayed": 1, "direct_failed": 1},
    Diagnosis.NO_DIRECT_PATH: {"relayed": 1, "direct_failed": 1, "was_direct": 0},
    Diagnosis.NOTHING_CHANGES: {"still_s": 30},
}


def test_every_cause_is_tried_here() -> None:
    assert CAUSES.keys() == set(Diagnosis) == {Diagnosis(rule.cause) for rule in RULES}


def test_where_all_is_well_there_is_no_cause() -> None:
    assert diagnose(FINE) == []
    assert diagnose({}) == []


@pytest.mark.parametrize("cause", CAUSES)
def test_each_cause_is_found_first(cause: Diagnosis) -> None:
    found = diagnose(FINE | CAUSES[cause])
    assert found[0].cause is cause, found
    assert [each.confidence for each in found] == sorted((each.confidence for each in found), reverse=True)


def test_rules_name_only_facts_that_are_measured() -> None:
    named = {name for rule in RULES for name in (*rule.least, *rule.most)}
    assert named <= set(Fact)


def test_the_customer_is_told_only_of_what_is_theirs() -> None:
    assert customers_cause(facts_of(Stats(30, 5, rate_kbit=800))) == "narrow_line"
    assert customers_cause(facts_of(Stats(30, 5, dark=True, rate_kbit=None))) == ""
