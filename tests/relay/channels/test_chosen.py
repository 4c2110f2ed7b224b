"""What an organisation's choices mean for customers of a channel."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from codec.wire.signals import Refusal
from relay.channels.chosen import KEYS, Chosen, chosen_by
from relay.channels.rules import NotAdmittedError
from relay.settings.catalogue import CATALOGUE
from relay.settings.inheritance import Held, Origin

MONDAY_NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
PAGE = "https://northwind.example/closed"


def chosen(values: Mapping[str, object]) -> Chosen:
    """Return what holds where these were chosen, and nothing else."""
    defaults = {key: Held(CATALOGUE.setting(key).default, Origin.DEFAULT) for key in KEYS}
    return chosen_by(defaults | {key: Held(value, Origin.HERE) for key, value in values.items()})


def test_by_default_customers_wait_at_any_time_and_no_hours_are_told() -> None:
    for now in (MONDAY_NOON, SUNDAY):
        for is_anyone_there in (True, False):
            chosen({}).check_admits(now, is_anyone_there=is_anyone_there)
        assert chosen({}).opens(now) is None


@pytest.mark.req("SESS-102")
def test_hours_that_were_chosen_are_told_outside_them() -> None:
    of_channel = chosen({"availability.time_zone": "Europe/Amsterdam"})
    assert of_channel.opens(MONDAY_NOON) is None
    assert of_channel.opens(SUNDAY) == datetime(2026, 11, 30, 7, 0, tzinfo=UTC)


@pytest.mark.req("SESS-102", "SESS-107")
@pytest.mark.parametrize(
    ("case", "now", "is_anyone_there", "refusal"),
    [
        ("closed", SUNDAY, True, Refusal.CLOSED),
        ("closed", MONDAY_NOON, False, None),
        ("open", MONDAY_NOON, False, Refusal.NO_ONE_THERE),
        ("open", MONDAY_NOON, True, None),
        ("open", SUNDAY, False, None),
    ],
)
def test_each_case_has_its_own_policy(case: str, now: datetime, is_anyone_there: bool, refusal: Refusal | None) -> None:
    of_channel = chosen({f"availability.{case}_policy": "refuse", f"availability.{case}_page": PAGE})
    if refusal is None:
        of_channel.check_admits(now, is_anyone_there=is_anyone_there)
        return
    with pytest.raises(NotAdmittedError) as caught:
        of_channel.check_admits(now, is_anyone_there=is_anyone_there)
    assert (caught.value.refusal, caught.value.page) == (refusal, PAGE)


def test_a_page_that_is_left_over_from_another_policy_refuses_no_one() -> None:
    chosen({"availability.closed_page": PAGE}).check_admits(SUNDAY, is_anyone_there=False)


@pytest.mark.req("SESS-101", "SESS-107")
def test_on_a_holiday_a_channel_is_closed() -> None:
    holiday = {"date": "2026-11-30", "name": "St Andrew", "repeats": "once"}
    of_channel = chosen(
        {
            "availability.holidays": [holiday],
            "availability.closed_policy": "refuse",
            "availability.closed_page": PAGE,
        }
    )
    with pytest.raises(NotAdmittedError):
        of_channel.check_admits(MONDAY_NOON, is_anyone_there=True)
