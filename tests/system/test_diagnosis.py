"""The connection explains itself in a real session: relay, engine and applet, with faults that are really there.

All forty are a measurement: `python -m tests.perf diagnosis`. One of each kind is tried here.
"""

from pathlib import Path

import pytest

from codec.session.diagnosis import Diagnosis
from console.page.messages import Connected
from tests.support.faults import FAULTS, Fault, meeting, named

TRIED = (
    "customer's line: 40 kB/s",
    "customer's line is cut",
    "technician's line is cut",
    "technician's proxy cuts the tunnel",
    "customer's computer stands still",
    "page shows nothing",
    "customer's screen is black",
    "UDP is blocked",
    "direct path is lost",
)


async def test_all_that_is_measured_reaches_the_page(tmp_path: Path) -> None:
    async with meeting(tmp_path) as here:
        here.moves()
        told = await here.anna.hear(Connected, lambda each: {"encode_ms", "rtt_ms", "page_ms"} <= each.facts.keys())
        assert told.facts["relay_present"] == told.facts["customer_present"] == 1
        causes = {each.cause for each in told.causes}
        assert not causes & {Diagnosis.SERVER_UNREACHABLE, Diagnosis.CUSTOMER_OFFLINE, Diagnosis.CONNECTION_CUT}
        assert not causes & {Diagnosis.PAGE_ASLEEP, Diagnosis.SCREEN_DARK, Diagnosis.NOTHING_CHANGES}


@pytest.mark.parametrize("fault", [each for each in FAULTS if each.name in TRIED], ids=lambda fault: fault.name)
async def test_a_fault_is_named_within_ten_seconds(fault: Fault, tmp_path: Path) -> None:
    cause, _seconds = await named(fault, tmp_path)
    assert cause == fault.cause


def test_forty_faults_are_measured_and_those_that_are_tried_are_among_them() -> None:
    assert len({each.name for each in FAULTS}) == len(FAULTS) == 40
    assert set(TRIED) < {each.name for each in FAULTS}
