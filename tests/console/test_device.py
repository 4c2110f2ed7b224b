"""F13: the console keeps, for its owner only, that a technician has signed in on this computer, and says so."""

import stat
from pathlib import Path

import aiohttp
import pytest

from codec.wire.api_types import SignedIn
from console.device import FOLDER, DeviceFile
from console.engine import Engine
from console.page.open_pages import Page
from console.recording.recordings import Recordings
from console.relay import Relay
from console.sign_in.messages import PageSignIn
from tests.support.relays import EMAIL, PASSWORD, running_relay

URL = "https://help.example"


def test_what_is_kept_is_for_its_owner_only_and_for_one_relay(tmp_path: Path) -> None:
    device = DeviceFile(tmp_path, URL)
    assert device.read() == ""
    device.keep("first")
    device.keep("second")
    device.keep("")
    device.keep("x" * 2_000)
    assert DeviceFile(tmp_path, URL).read() == "second"
    assert DeviceFile(tmp_path, "https://other.example").read() == ""
    (file,) = (tmp_path / FOLDER).iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert "help" not in file.name


@pytest.mark.parametrize("content", [b"\xff", b"x" * 2_000])
def test_what_cannot_be_read_costs_no_sign_in(tmp_path: Path, content: bytes) -> None:
    device = DeviceFile(tmp_path, URL)
    device.keep("first")
    next((tmp_path / FOLDER).iterdir()).write_bytes(content)
    assert device.read() == ""


async def test_the_engine_brings_back_what_the_relay_gave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brought: list[str] = []
    ask = Relay.sign_in

    async def listening(self: Relay, email: str, password: str, code: str = "", device: str = "") -> SignedIn:
        brought.append(device)
        return await ask(self, email, password, code, device)

    monkeypatch.setattr(Relay, "sign_in", listening)
    async with running_relay(tmp_path) as relay, aiohttp.ClientSession() as http:
        for _ in range(2):
            device = DeviceFile(tmp_path / "console", relay.url)
            engine = Engine(http, relay.url, "console-of-anna", Recordings(Path("/nowhere")), device=device)
            await engine._sign_in_flow.answer(Page(), PageSignIn(1, EMAIL, PASSWORD))
            await engine.close()
    assert brought[0] == ""
    assert brought[1].startswith("1-")
