"""use-A4: the customer's program ends with 0 and says nothing, however its window is closed."""

import asyncio
import sys
import zipfile
from pathlib import Path

import pytest

from applet.install.bootstrap import READY, place_for
from applet.install.bundle import build
from tests.support.endings import ALONE, TOGETHER, end_alone, end_together
from tests.support.relays import running_relay
from tests.support.technicians import technician
from tests.support.xvfb import virtual_display


@pytest.mark.finding("use-A4")
async def test_before_a_session(tmp_path: Path) -> None:
    """Side by side, so that each has to end beside what slows it down. `tests.perf endings` does it 100 times."""
    with virtual_display() as display:
        ended = await asyncio.gather(
            *(end_alone(display, tmp_path / f"{turn}{way}", way) for turn in range(2) for way in ALONE)
        )
    assert [each for each in ended if not each.is_clean] == []


@pytest.mark.finding("use-A4")
async def test_in_a_session_and_after_it(tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            ended = [await end_together(display, tmp_path / way, relay.url, anna, way) for way in TOGETHER]
    assert [each for each in ended if not each.is_clean] == []


@pytest.mark.finding("use-A4")
async def test_the_program_that_customers_download(tmp_path: Path) -> None:
    """The place that `bootstrap` makes the first time is made here, with our own packages in it."""
    archive = build(tmp_path)
    place = place_for(archive.read_bytes(), tmp_path / "cache" / "deskside")
    place.mkdir(parents=True, mode=0o700)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(place / "program")
    (place / "python").symlink_to(sys.prefix)
    (place / READY).touch()
    with virtual_display() as display:
        ended = [await end_alone(display, tmp_path, way, (sys.executable, str(archive))) for way in ("×", "SIGTERM")]
    assert [each for each in ended if not each.is_clean] == []
