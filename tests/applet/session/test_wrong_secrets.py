"""A code whose secret did not fit three times is refused on this computer, across sessions and restarts."""

from pathlib import Path

from applet.session.codes import read_code
from applet.session.wrong_secrets import KEPT_SECONDS, MAX_CODES, WrongSecrets
from applet.state_files import open_wrong_secrets, state_folder
from codec.session.responder import SECRET_GUESSES

NOW = 1_000_000.0


def test_f2_three_misses_use_a_code_up_across_restarts(tmp_path: Path) -> None:
    for time in range(SECRET_GUESSES):
        wrong = open_wrong_secrets(tmp_path)
        assert not wrong.is_used_up("code", NOW + time)
        wrong.missed("code", NOW + time)
    wrong = open_wrong_secrets(tmp_path)
    assert wrong.is_used_up("code", NOW)
    assert not wrong.is_used_up("other", NOW)
    assert not wrong.is_used_up("code", NOW + KEPT_SECONDS + 10)
    assert next(tmp_path.iterdir()).stat().st_mode & 0o077 == 0


def test_what_is_kept_is_bounded() -> None:
    kept: list[int] = []
    wrong = WrongSecrets(lambda codes: kept.append(len(codes)))
    for number in range(MAX_CODES + 50):
        wrong.missed(str(number), NOW + number)
    assert max(kept) == MAX_CODES


def test_a_damaged_file_is_no_reason_not_to_start(tmp_path: Path) -> None:
    (tmp_path / "wrong-secrets.json").write_bytes(b"\xff")
    assert not open_wrong_secrets(tmp_path).is_used_up("code", NOW)


def test_codes_are_named_without_their_secret() -> None:
    relay = "https://help.example"
    pins = {read_code(f"482133{secret}", relay).digest for secret in ("", "7421", "0000")}
    assert len(pins) == 1
    assert read_code("482134", relay).digest not in pins


def test_each_system_has_its_folder(tmp_path: Path) -> None:
    assert state_folder("linux", {"XDG_STATE_HOME": str(tmp_path)}) == tmp_path / "deskside"
    assert state_folder("win32", {"LOCALAPPDATA": str(tmp_path)}) == tmp_path / "deskside"
    assert state_folder("darwin", {}).parts[-3:] == ("Library", "Application Support", "deskside")
