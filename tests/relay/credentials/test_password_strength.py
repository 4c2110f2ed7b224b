"""The password rules, example by example, and the same rules in the browser."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.credentials.password_strength import MIN_LENGTH, Level, check, days_left, has_expired, level_of
from relay.field_errors import FieldError

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SCRIPT = Path(__file__).parents[3] / "relay" / "web" / "static" / "strength.js"
EXAMPLES = [
    ("Sampla12", Level.GOOD),
    ("Sample12", Level.STRONG),
    ("Sampla1%", Level.STRONG),
    ("Sample1%", Level.EXCELLENT),
    ("Sampl1%", Level.NONE),
    ("sample12", Level.NONE),
    ("SAMPLE12", Level.NONE),
    ("aA1aaaaa", Level.GOOD),
    ("aAbBcCdD", Level.NONE),
    ("Tulips in the rain", Level.GOOD),
    ("Åéîøü123", Level.STRONG),
    ("人人人人人人Aa", Level.GOOD),
    ("", Level.NONE),
]
SOME = st.text(st.sampled_from("abcXYZ0189%& éÉß中٣"), max_size=14)


@pytest.mark.req("SEC-23", "SEC-24", "SEC-26", "SEC-27", "SEC-28", "SEC-29", "SEC-30", "EDGE-40", "EDGE-41")
@pytest.mark.parametrize(("password", "level"), EXAMPLES)
def test_each_example_has_its_level(password: str, level: Level) -> None:
    assert level_of(password) is level


@pytest.mark.req("SEC-29")
def test_a_repeated_character_is_told_by_its_case() -> None:
    assert level_of("Sample1%") is level_of("sSample1%") is Level.EXCELLENT
    assert level_of("ssSample1%") is Level.STRONG


@pytest.mark.req("SEC-23", "SEC-30")
@given(SOME)
def test_short_passwords_and_those_of_two_kinds_are_never_enough(password: str) -> None:
    if len(password) < MIN_LENGTH:
        assert level_of(password) is Level.NONE
    for least in Level:
        try:
            level = check(password, least, "anna@northwind.example", "Anna")
        except FieldError:
            assert level_of(password) < max(least, Level.GOOD)
        else:
            assert level >= max(least, Level.GOOD)


@pytest.mark.parametrize(
    ("password", "least", "code"),
    [
        ("Sampl1%", Level.GOOD, "too_short"),
        ("sample12", Level.GOOD, "not_good"),
        ("Sampla12", Level.STRONG, "not_strong"),
        ("Sampla1%", Level.EXCELLENT, "not_excellent"),
        ("Aa1" + "x" * 998, Level.GOOD, "too_long"),
        ("Anna De Vries", Level.GOOD, "guessable"),
        ("ANNA@northwind.example", Level.GOOD, "guessable"),
    ],
)
def test_what_is_wrong_is_named(password: str, least: Level, code: str) -> None:
    with pytest.raises(FieldError) as refused:
        check(password, least, "anna@northwind.example", "Anna de Vries")
    assert refused.value.code == code


@pytest.mark.req("SEC-31", "EDGE-37")
def test_a_password_ends_after_its_days_and_zero_is_for_ever() -> None:
    assert not has_expired(NOW - timedelta(days=9_000), 0, NOW)
    assert not has_expired(NOW - timedelta(days=29, hours=23), 30, NOW)
    assert has_expired(NOW - timedelta(days=30), 30, NOW)
    assert has_expired(None, 30, NOW), "nobody knows its age, so it is changed when ages begin to count"


@pytest.mark.req("SEC-32", "EDGE-37")
@pytest.mark.parametrize(
    ("age", "limit", "warn", "left"),
    [
        (20, 30, 7, None),
        (23, 30, 7, 7),
        (29, 30, 7, 1),
        (0, 30, 30, 30),
        (0, 30, 90, 30),
        (29, 30, 0, None),
        (29, 0, 7, None),
    ],
)
def test_people_are_warned_in_the_days_before(age: int, limit: int, warn: int, left: int | None) -> None:
    assert days_left(NOW - timedelta(days=age), limit, warn, NOW) == left


@pytest.mark.req("ORG-28")
def test_the_browser_says_what_the_relay_says() -> None:
    asked = [example for example, _level in EXAMPLES]
    asked += [chr(first) + "bC1" * repeats for first in range(33, 600, 7) for repeats in (1, 2, 3)]
    program = f"import {{ levelOf }} from {json.dumps(SCRIPT.as_uri())};"
    program += "console.log(JSON.stringify(JSON.parse(process.argv[1]).map(levelOf)))"
    command = ["node", "--input-type=module", "-e", program, json.dumps(asked)]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert said == [level_of(password).key for password in asked]
