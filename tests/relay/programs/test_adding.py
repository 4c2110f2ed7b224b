import shutil
from pathlib import Path

import pytest

from codec.errors import DesksideError
from relay.config.settings import Settings
from relay.monitoring.local_checks import check_downloads
from relay.programs.adding import CannotAddError, add, list_all, remove
from relay.programs.downloads import SHIPPED, downloads_of
from relay.programs.minisign import BadKeyError
from relay.programs.signed_files import signature_of
from tests.packaging.release import new_key, sign

NAME = "deskside-help-windows.exe"
KEY = new_key()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "data").mkdir()
    return Settings(
        data_dir=str(tmp_path / "data"),
        downloads_dir=str(tmp_path / "data" / "downloads"),
        downloads_keys=[new_key().public_key, KEY.public_key],
    )


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "brought" / NAME
    file.parent.mkdir()
    file.write_bytes(b"MZ" + bytes(100_000))
    sign(file, KEY, 1_764_000_000)
    return file


def test_a_signed_program_is_offered_at_once_with_size_and_digest(settings: Settings, program: Path) -> None:
    downloads = downloads_of(settings)
    assert downloads.all() == []
    told = add(settings, program)
    (offered,) = downloads.all()
    assert offered.file == settings.downloads / NAME
    assert offered.bytes == program.stat().st_size
    assert offered.signer in told[1]
    assert offered.sha256 in "\n".join(list_all(settings))
    assert check_downloads(settings).saw == f"{NAME} (signed with the key {offered.signer})"
    assert offered.file.stat().st_mode & 0o777 == 0o644
    program.write_bytes(b"MZ newer")
    sign(program, KEY, 1_764_000_001)
    add(settings, program)
    assert downloads.all()[0].bytes == len(b"MZ newer"), "a newer one takes its place"
    assert sorted(each.name for each in settings.downloads.iterdir()) == [NAME, f"{NAME}.minisig"]


def _unsigned(program: Path) -> Path:
    signature_of(program).unlink()
    return program


def _changed(program: Path) -> Path:
    program.write_bytes(program.read_bytes()[:-1] + b"!")
    return program


def _cut_short(program: Path) -> Path:
    program.write_bytes(program.read_bytes()[:-1])
    return program


def _renamed(program: Path) -> Path:
    """A genuine program for another system."""
    other = program.with_name("deskside-help-linux-x86_64")
    shutil.move(signature_of(program), signature_of(other))
    return program.rename(other)


def _misnamed(program: Path) -> Path:
    return program.rename(program.with_name("help.exe"))


def _by_a_stranger(program: Path) -> Path:
    sign(program, new_key(), 1_764_000_000)
    return program


def _signature_cut_short(program: Path) -> Path:
    signature_of(program).write_bytes(signature_of(program).read_bytes()[:-30])
    return program


def _no_text(program: Path) -> Path:
    signature_of(program).write_bytes(b"\xff" * 200)
    return program


REFUSED = {
    _unsigned: "is not signed",
    _changed: "not the one that was signed",
    _cut_short: "not the one that was signed",
    _renamed: f"it was signed as {NAME}",
    _misnamed: "is not the name of a help program",
    _by_a_stranger: "which is not one of yours",
    _signature_cut_short: "no whole signature",
    _no_text: "no signature of minisign",
}


@pytest.mark.parametrize(("spoiled", "why"), REFUSED.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_anything_else_is_refused_with_its_reason_and_what_was_there_stays(
    settings: Settings, program: Path, tmp_path: Path, spoiled: object, why: str
) -> None:
    add(settings, program)
    before = {each.name: each.read_bytes() for each in settings.downloads.iterdir()}
    assert callable(spoiled)
    with pytest.raises(CannotAddError, match=why) as refused:
        add(settings, spoiled(program))
    assert str(refused.value).count(".") >= 2, "cause and remedy"
    assert {each.name: each.read_bytes() for each in settings.downloads.iterdir()} == before


@pytest.mark.parametrize("spoiled", [_unsigned, _changed, _cut_short, _by_a_stranger, _signature_cut_short, _no_text])
def test_what_is_put_into_the_folder_by_hand_is_offered_only_with_its_signature(
    settings: Settings, program: Path, spoiled: object
) -> None:
    add(settings, program)
    downloads = downloads_of(settings)
    assert downloads.find(NAME)
    assert callable(spoiled)
    spoiled(settings.downloads / NAME)
    assert downloads.find(NAME) is None
    assert NAME in downloads.refused()
    assert check_downloads(settings).is_problem
    assert "not offered" in "\n".join(list_all(settings))


def test_without_a_key_nothing_can_be_added(settings: Settings, program: Path, tmp_path: Path) -> None:
    keyless = Settings(data_dir=settings.data_dir)
    with pytest.raises(CannotAddError, match="Set downloads_keys"):
        add(keyless, program)
    with pytest.raises(BadKeyError, match="downloads_keys"):
        downloads_of(Settings(data_dir=settings.data_dir, downloads_keys=["RWnonsense"]))


def test_what_came_with_the_relay_needs_no_signature_of_its_own(settings: Settings) -> None:
    with_shipped = Settings(data_dir=settings.data_dir, downloads_keys=[KEY.public_key])
    assert [each.file.parent for each in downloads_of(with_shipped).all()] == [SHIPPED]


def test_a_program_is_removed_with_its_signature(settings: Settings, program: Path) -> None:
    add(settings, program)
    remove(settings, NAME)
    assert list(settings.downloads.iterdir()) == []
    for name in (NAME, "../key", "relay.sqlite3"):
        with pytest.raises(DesksideError, match="There is no"):
            remove(settings, name)
    assert list_all(settings) == ["There is no help program."]
