"""Where recordings go and in which format, before anything is recorded."""

from pathlib import Path, PurePosixPath

import pytest

from codec.recording.formats import FORMATS, FormatName
from codec.wire.api_types import Person, RecordingRules
from codec.wire.signals import Desk
from console.cli.command_line import recordings_folder
from console.recording.recordings import Recordings
from relay.settings.catalogue import CATALOGUE

HOME = Path("/home/anna")


@pytest.mark.req("REC-23")
@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {}, "/home/anna/.local/share/deskside/recordings"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/deskside/recordings"),
        ("darwin", {}, "/home/anna/Library/Application Support/deskside/recordings"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/deskside/recordings"),
        ("win32", {}, "/home/anna/AppData/Local/deskside/recordings"),
    ],
)
def test_recordings_go_where_a_persons_programs_keep_their_data(
    platform: str, environment: dict[str, str], folder: str
) -> None:
    assert PurePosixPath(recordings_folder(platform, environment, HOME)) == PurePosixPath(folder)


@pytest.mark.req("REC-34")
@pytest.mark.parametrize(
    ("group", "own", "film"),
    [
        ("", "rasc", FormatName.RASC),
        ("", "dsr", None),
        ("h264", "rasc", FormatName.H264),
        ("dsr", "rasc", None),
        ("hologram", "rasc", FormatName.H264),
    ],
)
def test_the_groups_format_goes_before_the_technicians(group: str, own: str, film: FormatName | None) -> None:
    assert Recordings(HOME, own, rules=RecordingRules(format=group)).film is film


def test_the_desk_tells_rules_name_and_key_and_a_key_that_is_none_is_none() -> None:
    recordings = Recordings(HOME)
    anna = Person(id=1, email="anna@northwind.example", name="Anna de Vries", nickname="Anna")
    desk = Desk(anna, "Northwind IT", "", [], [], recording=RecordingRules(forced=True), stamp_key="a2V5")
    recordings.follow(desk)
    assert (recordings.rules.forced, recordings.technician, recordings.stamp_key) == (True, "Anna de Vries", b"key")
    recordings.follow(Desk(anna, "Northwind IT", "", [], [], stamp_key="no base64!"))
    assert (recordings.rules.forced, recordings.stamp_key) == (False, b"")


@pytest.mark.req("REC-10")
def test_a_folder_is_made_for_its_owner_alone_and_one_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "new" / "folder")
    assert recordings.problem() == ""
    assert recordings.folder.stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").touch()
    assert "not a folder" in Recordings(tmp_path / "file" / "folder").problem()


@pytest.mark.finding("load-1.11")
def test_what_is_recorded_by_default_is_what_every_player_opens() -> None:
    """Players that were tried: docs/recording-formats.md."""
    assert CATALOGUE.setting("recording.format").default == Recordings(Path("/home/anna")).format == FormatName.H264
    assert "not in VLC" in FORMATS[FormatName.RASC].help
