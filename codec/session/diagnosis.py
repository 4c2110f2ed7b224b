"""Why a session is slow, blurred or still: from what both ends measured to causes, the likeliest first. Pure.

Facts are numbers by name; what was not measured is not there. A rule names a cause and what must hold of the facts for
it. Rules are a table, so that the page in the customer's browser has the very same ones
(codec/ts/src/session/diagnosis.ts).
Each end uses what it knows: the console everything, with what the customer's side says in `Stats`; the customer's side
its own part, for the sentence that is shown there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from codec.wire.messages import Stats


class Fact(StrEnum):
    """What is measured. Yes is 1, no is 0."""

    LOST = "lost"
    """There is no way to the other end at this moment."""
    SILENT = "silent"
    """Whether the link in use does not answer."""
    RELAYED = "relayed"
    DIRECT_FAILED = "direct_failed"
    WAS_DIRECT = "was_direct"
    RELAY_PRESENT = "relay_present"
    """Whether the console's own socket to the relay is up."""
    CUSTOMER_PRESENT = "customer_present"
    """Whether the customer's is, by the relay's word."""
    RTT_MS = "rtt_ms"
    RTT_BEST_MS = "rtt_best_ms"
    """The shortest of the last five seconds."""
    RTT_SPREAD_MS = "rtt_spread_ms"
    """By how much they differ from one to the next: the median."""
    RATE_KBIT = "rate_kbit"
    """What pictures have shown the line to carry in a second."""
    WAITS_MS = "waits_ms"
    """For so long the oldest picture under way has not been shown."""
    QUEUED_BYTES = "queued_bytes"
    """What the console has said and the customer's side has not confirmed."""
    ENCODE_MS = "encode_ms"
    """What reading and encoding a picture takes."""
    BUSY = "busy"
    """Load of the customer's computer, 1 for all of its processors."""
    STILL_S = "still_s"
    """For so long nothing has changed on the customer's screen."""
    DARK = "dark"
    """Whether all that was read of the screen is black."""
    UNREADABLE = "unreadable"
    """Whether the customer's side says that it cannot read the screen."""
    PAGE_MS = "page_ms"
    """From a picture's arrival at the console to its being shown in the page."""
    PAGE_SILENT_S = "page_silent_s"
    """For so long the page has not shown a picture that it has."""
    KEY_MS = "key_ms"
    """From a key or click to the next picture."""
    ASLEEP_S = "asleep_s"
    """For so long this computer did not run, within the last half minute."""


class Diagnosis(StrEnum):
    """A cause. Each has its sentence and a next step."""

    CONSOLE_ASLEEP = "console_asleep"
    SERVER_UNREACHABLE = "server_unreachable"
    CUSTOMER_OFFLINE = "customer_offline"
    CONNECTION_CUT = "connection_cut"
    SCREEN_UNREADABLE = "screen_unreadable"
    PAGE_ASLEEP = "page_asleep"
    LINE_STALLED = "line_stalled"
    CUSTOMER_BUSY = "customer_busy"
    SLOW_ENCODE = "slow_encode"
    SLOW_VIEWER = "slow_viewer"
    NARROW_LINE = "narrow_line"
    UNSTEADY_LINE = "unsteady_line"
    DETOUR = "detour"
    LONG_LINE = "long_line"
    QUEUE_FULL = "queue_full"
    SCREEN_DARK = "screen_dark"
    DIRECT_LOST = "direct_lost"
    NO_DIRECT_PATH = "no_direct_path"
    NOTHING_CHANGES = "nothing_changes"


@dataclass(frozen=True)
class Rule:
    """A cause, and what holds of the facts where it is one: each named fact lies between two numbers."""

    cause: str
    confidence: float
    """From 0 to 1. Of two causes the likelier one is told first."""
    least: Mapping[str, float]
    most: Mapping[str, float]


@dataclass(frozen=True)
class Finding:
    """A cause that the facts speak for."""

    cause: Diagnosis
    confidence: float


Facts: TypeAlias = Mapping[str, float]


def _rule(cause: Diagnosis, confidence: float, *, most: Facts | None = None, **least: float) -> Rule:
    return Rule(cause.value, confidence, least, most or {})


RULES: tuple[Rule, ...] = (
    _rule(Diagnosis.CONSOLE_ASLEEP, 0.98, asleep_s=4),
    _rule(Diagnosis.SERVER_UNREACHABLE, 0.96, most={"relay_present": 0}),
    _rule(Diagnosis.CUSTOMER_OFFLINE, 0.95, lost=1, relay_present=1, most={"customer_present": 0}),
    _rule(Diagnosis.CONNECTION_CUT, 0.9, lost=1, relay_present=1, customer_present=1),
    _rule(Diagnosis.SCREEN_UNREADABLE, 0.95, unreadable=1),
    _rule(Diagnosis.PAGE_ASLEEP, 0.93, page_silent_s=2),
    _rule(Diagnosis.LINE_STALLED, 0.89, silent=1),
    _rule(Diagnosis.LINE_STALLED, 0.88, waits_ms=1500, most={"page_silent_s": 1, "busy": 0.9}),
    _rule(Diagnosis.CUSTOMER_BUSY, 0.89, busy=0.9, encode_ms=120),
    _rule(Diagnosis.CUSTOMER_BUSY, 0.86, busy=0.9, encode_ms=40),
    _rule(Diagnosis.SLOW_ENCODE, 0.84, encode_ms=80, most={"busy": 0.9}),
    _rule(Diagnosis.SLOW_VIEWER, 0.85, page_ms=100),
    _rule(Diagnosis.UNSTEADY_LINE, 0.875, rtt_spread_ms=180),
    _rule(Diagnosis.NARROW_LINE, 0.87, rate_kbit=1, most={"rate_kbit": 1200, "page_ms": 100}),
    _rule(Diagnosis.DETOUR, 0.886, relayed=1, direct_failed=1, rtt_best_ms=150),
    _rule(Diagnosis.LONG_LINE, 0.885, rtt_best_ms=150, most={"direct_failed": 0}),
    _rule(Diagnosis.UNSTEADY_LINE, 0.76, rtt_spread_ms=100),
    _rule(Diagnosis.QUEUE_FULL, 0.75, queued_bytes=200_000),
    _rule(Diagnosis.SCREEN_DARK, 0.7, dark=1),
    _rule(Diagnosis.DIRECT_LOST, 0.6, relayed=1, was_direct=1),
    _rule(Diagnosis.NO_DIRECT_PATH, 0.5, relayed=1, direct_failed=1, most={"was_direct": 0}),
    _rule(Diagnosis.NOTHING_CHANGES, 0.3, still_s=6, most={"dark": 0}),
)
"""Above: what makes all the rest worthless. Below: what is good to know."""
CUSTOMER_RULES: tuple[Rule, ...] = tuple(
    rule
    for rule in RULES
    if rule.cause in {Diagnosis.LINE_STALLED, Diagnosis.CUSTOMER_BUSY, Diagnosis.SLOW_ENCODE, Diagnosis.NARROW_LINE}
)
"""For what the customer is told: what their own side has measured. It cannot tell a slow line from a busy computer."""


def facts_of(stats: Stats) -> dict[str, float]:
    """Return what the customer's side has measured, by name."""
    known = {
        Fact.WAITS_MS: stats.waits_ms,
        Fact.ENCODE_MS: stats.encode_ms or None,
        Fact.DARK: int(stats.dark),
        Fact.RATE_KBIT: stats.rate_kbit,
        Fact.BUSY: None if stats.busy_percent is None else stats.busy_percent / 100,
    }
    return {fact.value: float(value) for fact, value in known.items() if value is not None}


def diagnose(facts: Facts, rules: tuple[Rule, ...] = RULES) -> list[Finding]:
    """Return the causes that these facts speak for, the likeliest first."""
    found: dict[str, float] = {}
    for rule in rules:
        if _holds(rule, facts):
            found[rule.cause] = max(rule.confidence, found.get(rule.cause, 0.0))
    findings = [Finding(Diagnosis(cause), confidence) for cause, confidence in found.items()]
    return sorted(findings, key=lambda finding: -finding.confidence)


def customers_cause(facts: Facts) -> str:
    """Return what the customer is told of, from what their own side has measured; empty where all is well."""
    found = diagnose(facts, CUSTOMER_RULES)
    return found[0].cause.value if found else ""


def _holds(rule: Rule, facts: Facts) -> bool:
    """A `most` of what was not measured holds, a `least` does not; a rule needs one fact that was."""
    least = all(name in facts and facts[name] >= value for name, value in rule.least.items())
    most = all(facts.get(name, value) <= value for name, value in rule.most.items())
    measured = bool(rule.least) or all(name in facts for name in rule.most)
    return least and most and measured
