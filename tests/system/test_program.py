"""The help program as customers get it, on a system with neither Python nor Qt: real file, real relay, real display."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from codec.picture.vp9_pyav import PyAvEncoder
from codec.wire.access import Access
from codec.wire.program_names import Carried, link_for, name_for
from console.page import messages as said
from tests.packaging.wheel import ROOT
from tests.support.programs import bare_account, install, programs
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, same, screenshot, spoken_code
from tests.support.technicians import technician
from tests.support.xvfb import virtual_display

MOST_BYTES = 120_000_000
FILE = "deskside-help-linux-x86_64"
DEB = "deskside-help_amd64.deb"
ENCODE = """
import numpy as np
from codec.picture.vp9 import Vp9Encoder
print(Vp9Encoder((64, 48), 500_000).encode(np.full((48, 64, 4), 77, np.uint8), 1).hex(), end="")
"""


def test_what_customers_download_is_not_too_large(tmp_path: Path) -> None:
    for name in (FILE, DEB):
        assert (programs() / name).stat().st_size < MOST_BYTES
    install(programs() / DEB, tmp_path)
    whole = sum(each.lstat().st_size for each in tmp_path.rglob("*") if each.is_file())
    print(f"unpacked: {whole / 1e6:.1f} MB")
    assert whole < MOST_BYTES


def test_the_encoder_of_videos_works_with_the_libraries_that_it_brings(tmp_path: Path) -> None:
    install(programs() / DEB, tmp_path / "installed")
    (brought,) = (tmp_path / "installed").rglob("av.libs")
    (tmp_path / "av.libs").symlink_to(brought)
    (tmp_path / "av").mkdir()
    (tmp_path / "av" / "__init__.py").write_text("raise ImportError('PyAV is not there')")
    command = [sys.executable, "-c", ENCODE]
    path = os.pathsep.join(map(str, (tmp_path, ROOT)))
    said = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, check=True, capture_output=True, text=True)
    packet = PyAvEncoder((64, 48), 500_000).encode(np.full((48, 64, 4), 77, np.uint8), 1)
    assert said.stdout == packet.hex()


@pytest.mark.finding("use-A2")
async def test_without_python_the_one_file_goes_by_its_name_into_a_session(tmp_path: Path) -> None:
    """One file in Downloads, started: the technician is there, nothing was typed, nothing was fetched."""
    with virtual_display(window_manager=True) as display, bare_account(tmp_path) as account:
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            name = name_for(relay.url, "", (await spoken_code(anna)).replace(" ", ""))
            assert name is not None
            began = time.monotonic()
            with account.running(display, account.save(programs() / FILE, name)):
                session = await picked_up(anna)
                print(f"from the start to a session: {time.monotonic() - began:.1f} s")
                assert session.kind == "program"
                connected = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
                assert len(connected.words) == 3


async def test_what_was_left_out_is_not_missed_when_the_screen_is_shown_and_controlled(tmp_path: Path) -> None:
    with virtual_display() as display, bare_account(tmp_path) as account:
        display.start("xterm", "-geometry", "80x24+0+0")
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            file = account.save(programs() / FILE, "deskside-help")
            how = (file, "--relay", relay.url, "--headless", "--consent", "control")
            with account.running(display, *how, text=f"{await spoken_code(anna)}\n"):
                await picked_up(anna)
                await anna.may(Access.CONTROL)
                await anna.watch()
                await anna.sees(lambda picture: same(picture, screenshot(display)))


async def test_the_package_opens_the_links_of_the_page(tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display, bare_account(tmp_path) as account:
        install(programs() / DEB, account.folder)
        entry = (account.folder / "usr/share/applications/deskside-help.desktop").read_text().splitlines()
        assert "MimeType=x-scheme-handler/deskside;" in entry
        assert "Exec=deskside-help %u" in entry
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            link = link_for(Carried(relay.url, (await spoken_code(anna)).replace(" ", "")))
            began = time.monotonic()
            with account.running(display, "deskside-help", "--relay", relay.url, link):
                display.wait_for_window("Deskside help")
                print(f"from the start to a window: {time.monotonic() - began:.1f} s")
                await picked_up(anna)
