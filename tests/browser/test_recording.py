"""A session recorded through the console's real page, and then watched: the film shows what the screen showed."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest
from playwright.async_api import Browser, Page, expect

from codec.picture.diff import Frame
from codec.recording.formats import FORMATS, FormatName
from console.cli.recording_commands import INTACT, NOT_PROVEN, convert, prove, remembered
from console.recording.messages import Uploads as UploadsMessage
from console.recording.recordings import Recordings
from console.recording.uploads import Uploads
from tests.browser.test_viewer import canvas
from tests.perf.likeness import ssim
from tests.support.applets import headless_applet
from tests.support.consoles import ConsoleProcess, console_page, make_pin, open_chat, running_console
from tests.support.relays import running_relay
from tests.support.sessions import same, screenshot
from tests.support.staff import BOB, make_technician
from tests.support.waiting import becomes_true
from tests.support.xvfb import VirtualDisplay, virtual_display

ALIKE = 0.95


@dataclass
class Recorded:
    """A session that is recorded now."""

    page: Page
    display: VirtualDisplay
    console: ConsoleProcess
    folder: Path

    def files(self, ending: str) -> list[Path]:
        """Return the recordings with this ending."""
        return sorted(self.folder.glob(f"*{ending}"))

    async def runs_for(self, seconds: int) -> None:
        """Wait until the page shows this time beside the red dot."""
        await expect(self.page.get_by_role("button", name=f"Recording, 0:0{seconds}")).to_be_visible(timeout=15_000)


@asynccontextmanager
async def recorded(browser: Browser, folder: Path, *options: str) -> AsyncIterator[Recorded]:
    """View a display with a terminal full of text, and record it."""
    kept = folder / "kept"
    async with running_relay(folder) as relay:
        more = ["--recordings", str(kept), "--data", str(folder / "console"), *options]
        with running_console(relay.url, *more) as console, virtual_display(800, 600) as display:
            text = f"{sys.executable} -c 'import this; import time; time.sleep(600)'"
            display.start("xterm", "-title", "text", "-geometry", "100x30+20+20", "-e", "sh", "-c", text)
            display.wait_for_window("text")
            async with console_page(browser, console.link) as page:
                pin = await make_pin(page, "Hélène Fournier")
                with headless_applet(display, relay.url, pin, "record"):
                    await page.get_by_role("button", name="Request viewing").click(timeout=20_000)
                    await expect(page.locator("canvas")).to_be_visible(timeout=15_000)
                    await page.get_by_role("button", name="Record", exact=True).click()
                    yield Recorded(page, display, console, kept)


def frames(film: Path) -> dict[float, Frame]:
    """Return every picture of a film with the second from which it is shown."""
    with av.open(str(film)) as container:
        decoded = [(each.time, each.to_ndarray(format="bgra")) for each in container.decode(video=0)]
    return {float(time or 0): picture.astype(np.uint8, copy=False) for time, picture in decoded}


def seconds(film: Path) -> float:
    """Return how long a film says that it is."""
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        assert stream.duration is not None
        assert stream.time_base is not None
        return float(stream.duration * stream.time_base)


def at(film: Path, second: float) -> Frame:
    """Return what a film shows at a second."""
    pictures = frames(film)
    return pictures[max(time for time in pictures if time <= second)]


def likeness(one: Frame, other: Frame) -> float:
    return ssim(np.ascontiguousarray(one[..., :3]), np.ascontiguousarray(other[..., :3]))


async def plays(page: Page, screens: dict[float, Frame]) -> None:
    """Play the recording where it was recorded: the canvas has the pixels of the screen."""
    await page.get_by_role("button", name="Recordings").click()
    await page.get_by_role("button", name="Play the recording of Hélène Fournier").click()
    for second, screen in screens.items():
        await page.get_by_role("slider", name="Time").fill(str(second))

        async def is_same(wanted: Frame = screen) -> bool:
            return same(await canvas(page), wanted)

        await becomes_true(is_same)


@pytest.mark.req("REC-03", "REC-31", "REC-32", "REC-36", "REC-37")
async def test_a_recorded_session_shows_at_each_second_what_the_screen_showed(browser: Browser, tmp_path: Path) -> None:
    async with recorded(browser, tmp_path, "--recording-format", "rasc") as session:
        await session.runs_for(2)
        before = screenshot(session.display)
        session.display.run("xsetroot", "-solid", "#336699")
        after = screenshot(session.display)
        assert not same(before, after)
        await session.runs_for(5)
        assert same(screenshot(session.display), after)
        await expect(session.page.get_by_role("button", name="Hélène Fournier, Active, recording")).to_be_visible()
        await session.page.get_by_role("button", name="Stop recording").click()
        await expect(session.page.get_by_text("Recording saved")).to_be_visible()
        await open_chat(session.page)
        await session.page.get_by_role("tab", name="Events").click()
        kept = session.page.get_by_label("Events").get_by_text("Recording saved: 0").first
        assert "/" not in (await kept.inner_text()).removesuffix("Play")
        await kept.get_by_role("button", name="Play").click()
        await expect(session.page.get_by_role("slider", name="Time")).to_be_visible()
        await session.page.get_by_role("button", name="Hélène Fournier, Active").click()
        await expect(session.page.get_by_role("button", name="Record", exact=True)).to_be_visible()
        (film,), (journal,) = session.files(".avi"), session.files(".dsr")
        await plays(session.page, {1.0: before, 4.4: after})
    assert same(at(film, 1.0), before)
    assert same(at(film, 4.4), after)
    relays = remembered(tmp_path / "console")
    assert prove(film, None, [], relays) == prove(journal, None, [], relays) == INTACT
    assert prove(film, None, [], []) == NOT_PROVEN
    for name in FormatName:
        made = tmp_path / f"{name}.avi"
        convert(journal, made, name)
        for second, screen in ((1.0, before), (4.4, after)):
            alike = likeness(at(made, second), screen)
            assert alike == 1.0 if FORMATS[name].lossless else alike >= ALIKE, name


@pytest.mark.req("REC-31")
async def test_a_console_that_is_killed_leaves_files_that_open(browser: Browser, tmp_path: Path) -> None:
    async with recorded(browser, tmp_path, "--recording-format", "h264") as session:
        await session.runs_for(2)
        screen = screenshot(session.display)
        session.console.process.kill()
        session.console.process.wait()
        (film,), (journal,) = session.files(".avi"), session.files(".dsr")
        await session.page.goto("about:blank")  # it would complain, rightly, that its program is gone
    *_, last = frames(film).values()
    assert likeness(last, screen) >= ALIKE
    assert seconds(film) >= 0.8  # two seconds had passed, of which one may be missing, from the first picture on
    relays = remembered(tmp_path / "console")
    assert prove(film, None, [], relays) == prove(journal, None, [], relays) == NOT_PROVEN
    again = tmp_path / "again.avi"
    convert(journal, again, FormatName.RASC)
    assert same(at(again, 60.0), screen)
    assert await told_at_the_next_start(tmp_path / "kept") == [journal.stem]


async def told_at_the_next_start(kept: Path) -> list[str]:
    """Return what the next console says that it found open, and closed."""
    heard: asyncio.Queue[UploadsMessage] = asyncio.Queue()
    recordings = Recordings(kept)
    uploads = Uploads(recordings.recording_index, recordings.open_store, heard.put_nowait, recordings.confirmed)
    try:
        async with asyncio.timeout(10):
            while not (recovered := (await heard.get()).recovered):
                pass
        return recovered
    finally:
        await uploads.close()


@pytest.mark.req("PERM-12")
async def test_who_may_not_record_sees_no_button_for_it(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        await make_technician(relay.settings, ["record"])
        with (
            running_console(relay.url, "--recordings", str(tmp_path / "kept")) as console,
            virtual_display() as display,
        ):
            async with console_page(browser, console.link, email=BOB) as page:
                pin = await make_pin(page)
                with headless_applet(display, relay.url, pin, "record"):
                    await page.get_by_role("button", name="Request viewing").click(timeout=20_000)
                    await expect(page.locator("canvas")).to_be_visible(timeout=15_000)
                    await expect(page.get_by_role("button", name="Record", exact=True)).to_have_count(0)
                    assert not (tmp_path / "kept").exists()
