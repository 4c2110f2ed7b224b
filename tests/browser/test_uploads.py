"""Recordings on their way, in the console's real page, with a real server and a console that is killed."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from codec.recording.journal import Began
from codec.wire.api_types import RecordingRules
from console.recording.recording_index import RecordingIndex
from console.recording.target_folder import Target
from tests.codec.stores.grounds import PASSWORD, USER, Ground
from tests.codec.stores.web_server import web_ground
from tests.support.consoles import ConsoleProcess, console_page, running_console
from tests.support.relays import RunningRelay, running_relay
from tests.support.staff import BOB, make_technician

NAME = "00000007-20260921T141320Z-Anna_de_Vries-FRONT-DESK-2"
SIZE, KILLED_AT = 20_000_000, 11_000_000
SIZES: tuple[ViewportSize, ...] = ({"width": 390, "height": 844}, {"width": 1280, "height": 800})


def record(kept: Path, location: str) -> Path:
    """Leave a recording that an earlier run of the console closed."""
    recording_index = RecordingIndex(kept / "spool")
    began, rules = Began(7, 1_790_000_000_000, "Anna", ""), RecordingRules(location=location, deferred=True)
    entry = recording_index.begins(began, NAME, Target(recording_index.spool, deferred=True), rules)
    path = recording_index.spool / f"{NAME}.avi"
    path.write_bytes(bytes(range(250)) * (SIZE // 250))
    recording_index.closed(entry, [path])
    recording_index.close()
    return path


def kill_at(ground: Ground, received: int, console: ConsoleProcess) -> None:
    """Kill the console, as a power cut does, as soon as the server has received so much."""
    take = ground.take

    def taken(data: bytes) -> None:
        take(data)
        if ground.received >= received:
            console.process.kill()

    ground.take = taken  # type: ignore[method-assign]


async def answer(page: Page, first: bool = False) -> None:
    """Open the list from the rail, the first time confirm the place, and enter what the server asks for."""
    await page.get_by_role("button", name="Recordings: 1 to upload, 1 with a problem").click()
    dialog = page.get_by_role("dialog", name="Recordings to upload")
    if first:
        await expect(dialog.get_by_text("Waiting for you to confirm the location")).to_be_visible()
        await dialog.get_by_role("button", name="Use this location").click()
    await expect(dialog.get_by_text("asks for a user name and a password")).to_be_visible()
    await dialog.get_by_label("User name").fill(USER)
    await dialog.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")


@pytest.mark.req("REC-18", "REC-26", "REC-28", "REC-29", "REC-30")
async def test_a_console_that_is_killed_while_it_uploads_goes_on_from_the_last_confirmed_byte(
    browser: Browser, tmp_path: Path
) -> None:
    async with web_ground(tmp_path) as ground, running_relay(tmp_path) as relay:
        location = ground.location.shown.replace(f"{USER}@", "").replace("…", ground.location.query)
        places = "--recordings", str(tmp_path / "kept"), "--data", str(tmp_path / "data")
        path = record(tmp_path / "kept", location.replace(" ", "%20"))
        recorded = path.read_bytes()
        with running_console(relay.url, *places) as console:
            async with console_page(browser, console.link) as page:
                await answer(page, first=True)
                assert ground.received == 0
                kill_at(ground, KILLED_AT, console)
                await expect(page.get_by_text("Deskside Console is not running.")).to_be_visible()
        assert KILLED_AT <= ground.received < SIZE
        assert path.read_bytes() == recorded
        confirmed = len(ground.file(path.name) or b"")
        ground.received = 0
        with running_console(relay.url, *places) as console:
            async with console_page(browser, console.link) as page:
                await answer(page)
                await expect(page.get_by_text("Uploaded, 20 MB")).to_be_visible(timeout=15_000)
                await page.keyboard.press("Escape")
                await expect(page.get_by_role("button", name="All recordings are uploaded")).to_be_focused()
        assert ground.file(path.name) == recorded
        assert ground.received == SIZE - confirmed
        assert not path.exists()
        kept = [each.read_text() for each in tmp_path.joinpath("kept").rglob("*") if each.is_file()]
        assert kept
        assert not any(PASSWORD in text for text in kept)


async def order(relay: RunningRelay, group: int, url: str) -> None:
    """Have a relay say that a group's recordings go somewhere."""
    values = {
        "recording.place": "https",
        "recording.url": url,
        "recording.user": "desk",
        "recording.password": "Roses 8",
    }
    status, body = await relay.call(
        "PATCH", f"/settings/technician_group/{group}", {"values": values, "confirmed": True}
    )
    assert status == 200, body


async def covers_nothing(question: Locator, rest: Locator) -> None:
    """A question that waits for days must leave everything else in reach, above the lower edge of the window."""
    above, below = await question.bounding_box(), await rest.bounding_box()
    assert above is not None
    assert below is not None
    size = question.page.viewport_size
    assert size is not None
    assert above["y"] + above["height"] <= below["y"]
    assert below["y"] + below["height"] <= size["height"]


async def test_f4_the_page_asks_before_recordings_may_go_anywhere_and_again_when_it_changes(
    browser: Browser, tmp_path: Path
) -> None:
    async with running_relay(tmp_path) as relay:
        group = await make_technician(relay.settings, ["record"])
        with running_console(relay.url, "--recordings", str(tmp_path / "kept")) as console:
            async with console_page(browser, console.link, email=BOB) as page:
                await order(relay, group.id or 0, "https://files.example/kept")
                asked = page.get_by_role("alert").filter(has_text="wants to store recordings of your sessions here")
                await expect(asked).to_contain_text("https://desk@files.example/kept")
                await expect(asked).to_contain_text("server files.example:443")
                await expect(asked).to_contain_text(relay.url)
                for size in SIZES:
                    await page.set_viewport_size(size)
                    await covers_nothing(asked, page.locator(".console"))
                await asked.get_by_role("button", name="Use this location").click()
                await expect(asked).to_have_count(0)
                await order(relay, group.id or 0, "https://files.example/kept/elsewhere")
                await expect(asked).to_contain_text("https://desk@files.example/kept/elsewhere")
                await asked.get_by_role("button", name="Not now").click()
                await expect(asked).to_have_count(0)
                await order(relay, group.id or 0, "https://files.example/kept")
                await page.reload()
                await expect(page.get_by_role("heading", name="Sessions")).to_be_visible()
                await expect(asked).to_have_count(0)
