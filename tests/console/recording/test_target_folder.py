"""Where a group's rules send a recording, and what stands against it before anything is recorded."""

from pathlib import Path

import pytest

from codec.recording.sink import RecordingStoppedError
from codec.wire.api_types import RecordingRules
from console.recording.confirmed_locations import Order
from console.recording.recordings import Recordings
from console.recording.target_folder import Target, target_of

OWN, SPOOL = Path("/own"), Path("/own/spool")


@pytest.mark.req("REC-13", "REC-15", "REC-23", "REC-24", "REC-25", "REC-27")
@pytest.mark.parametrize(
    ("rules", "target"),
    [
        (RecordingRules(), Target(OWN, deferred=False, own=(OWN,))),
        (RecordingRules(deferred=True), Target(OWN, deferred=False, own=(OWN,))),
        (RecordingRules(location="/mnt/kept"), Target(Path("/mnt/kept"), deferred=False)),
        (RecordingRules(location="/mnt/kept", deferred=True), Target(SPOOL, deferred=True, own=(OWN, SPOOL))),
        *(
            (RecordingRules(location=f"{scheme}://files.example/kept"), Target(SPOOL, deferred=True, own=(OWN, SPOOL)))
            for scheme in ("ftp", "ftps", "http", "https", "sftp", "s3")
        ),
    ],
)
def test_folders_are_recorded_into_directly_and_servers_always_later(rules: RecordingRules, target: Target) -> None:
    assert target_of(rules, OWN, SPOOL, confirmed=True, platform="linux") == target


@pytest.mark.req("REC-14", "REC-20", "REC-21")
@pytest.mark.parametrize("deferred", [False, True])
def test_a_share_is_a_folder_on_windows_and_refused_with_its_remedy_elsewhere(deferred: bool) -> None:
    rules = RecordingRules(location=r"smb://support/recordings", deferred=deferred)
    wanted = SPOOL if deferred else Path(r"\\support\recordings")
    assert target_of(rules, OWN, SPOOL, confirmed=True, platform="win32").folder == wanted
    with pytest.raises(RecordingStoppedError, match="Mount the share on this computer"):
        target_of(rules, OWN, SPOOL, confirmed=True, platform="linux")


def test_a_location_that_cannot_be_read_is_named_without_what_may_be_secret() -> None:
    with pytest.raises(RecordingStoppedError) as refused:
        target_of(RecordingRules(location="gopher://me:tulips@files.example/"), OWN, SPOOL, confirmed=False)
    assert "An address must begin with" in str(refused.value)
    assert "tulips" not in str(refused.value)


@pytest.mark.req("REC-10", "REC-13")
async def test_the_groups_folder_must_be_there_and_the_technicians_own_is_made(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "own", rules=RecordingRules(location=str(tmp_path / "share")))
    recordings.confirmed.confirm(Order(recordings.account, str(tmp_path / "share")))
    assert "folder does not exist" in await recordings.checked()
    assert not (tmp_path / "share").exists()  # a share that is not mounted stays visible as such
    (tmp_path / "share").mkdir()
    assert await recordings.checked() == ""
    assert list((tmp_path / "share").iterdir()) == []
    recordings.rules = RecordingRules(location="https://files.example/")
    assert recordings.problem_in(recordings.target()) == ""
    assert recordings.recording_index.spool.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("location", ["/mnt/kept", "https://files.example/kept"])
def test_f4_what_the_technician_has_not_confirmed_waits_in_the_spool(location: str) -> None:
    rules = RecordingRules(location=location)
    assert target_of(rules, OWN, SPOOL, confirmed=False, platform="linux") == Target(SPOOL, True, (OWN, SPOOL))


async def test_f4_nothing_is_tried_in_a_folder_that_is_not_confirmed(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    before = share.stat().st_mtime_ns
    recordings = Recordings(tmp_path / "own", rules=RecordingRules(location=str(share)))
    assert recordings.waits_for_yes
    assert await recordings.checked() == ""
    assert share.stat().st_mtime_ns == before
