"""From the group's settings to its server: what is recorded there, by a console that learns of it while it runs."""

from pathlib import Path
from typing import Any

import pytest

from codec.recording.verify import verify
from codec.wire.access import Access
from console.page import messages as said
from console.recording.messages import Uploads, UploadState
from console.recording.recordings import Recordings
from tests.codec.stores.grounds import PASSWORD, USER, Ground
from tests.codec.stores.web_server import web_ground
from tests.support.applets import headless_applet
from tests.support.relays import RunningRelay, running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.staff import BOB, make_technician
from tests.support.technicians import technician
from tests.support.xvfb import virtual_display


async def choose(relay: RunningRelay, group: int, ground: Ground, **more: Any) -> None:
    """Have an administrator choose that the group's recordings go to a web server."""
    address = f"http://{ground.location.host}:{ground.location.port}/in"
    chosen = {"place": "http", "url": address, "user": USER, "password": PASSWORD, "forced": True, **more}
    values = {f"recording.{key}": value for key, value in chosen.items()}
    status, body = await relay.call(
        "PATCH", f"/settings/technician_group/{group}", {"values": values, "confirmed": True}
    )
    assert status == 200, body


@pytest.mark.req("REC-01", "REC-13", "REC-17", "REC-19", "REC-25", "REC-27", "REC-28", "REC-34")
async def test_what_a_group_demands_is_recorded_and_goes_with_its_proofs_to_its_server(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "kept")
    async with web_ground(tmp_path) as ground, running_relay(tmp_path) as relay:
        group = await make_technician(relay.settings, [])
        async with technician(relay.url, email=BOB, recordings=recordings) as bob:
            assert not recordings.rules.forced
            await choose(relay, group.id or 0, ground)
            desk = await bob.until(lambda each: type(each).__name__ == "Desk" and each.recording.forced)
            assert desk.recording.location.startswith("http://127.0.0.1:")
            await bob.use_place()
            code = await spoken_code(bob)
            with virtual_display() as display, headless_applet(display, relay.url, code, "record"):
                await picked_up(bob)
                await bob.watch()
                await bob.hear(said.RecordingNow, lambda now: now.since is not None)
                assert Access.RECORD in bob.granted
                assert list(recordings.recording_index.spool.glob("*.dsr"))
                await bob.request(lambda number: said.PageEnd(number, bob.session))
            sent = await bob.hear(Uploads, lambda each: [item.state for item in each.items] == [UploadState.DONE])
            assert PASSWORD not in str(bob.heard)
    assert sent.items[0].session == bob.session
    assert sent.items[0].location.startswith(f"http://{USER}@127.0.0.1:")
    there = sorted(path.name for path in ground.folder.iterdir())
    assert [Path(name).suffix for name in there] == [".avi", ".proof", ".dsr", ".proof"]
    for name in (there[0], there[2]):
        report = verify((ground.folder / name).read_bytes(), (ground.folder / f"{name}.proof").read_bytes(), {})
        assert report.findings == []
    assert [path for path in recordings.recording_index.spool.iterdir() if path.is_file()] == []
