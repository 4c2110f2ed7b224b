"""The kept cases that both halves of codec run are what Python makes of them today."""

import json
from typing import Any

import pytest

from tests.support.packets import GOLDEN
from tests.vectors import FILES, written


@pytest.mark.parametrize("name", FILES)
def test_the_kept_cases_are_current(name: str) -> None:
    assert (GOLDEN / f"{name}.json").read_text() == written(name), "run `make vectors`"


def test_the_kept_handshakes_end_in_every_way() -> None:
    """A case that no longer reaches what it is about would prove nothing."""
    outcomes = [outcome for case in kept("handshake") for _deed, outcome in case["deeds"]]
    problems = {outcome["problem"] for outcome in outcomes if "problem" in outcome}
    assert problems == {"malformed", "secrets_differ", "changed_on_the_way", "too_many_attempts"}
    assert {outcome["console"]["how"] for outcome in outcomes if "console" in outcome} == {"secret", "words"}
    assert {outcome["lacks"] for outcome in outcomes if "lacks" in outcome} == {True, False}


def kept(name: str) -> list[dict[str, Any]]:
    """Return the cases of a file."""
    cases: list[dict[str, Any]] = json.loads((GOLDEN / f"{name}.json").read_text())
    return cases
