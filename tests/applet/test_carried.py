import sys
from pathlib import Path

import pytest

from applet.carried import Given, given, given_by_file, given_by_link, one_file
from applet.session.codes import BadCodeError, Code, read_code
from codec.wire.program_names import PIN_SECONDS, Carried, link_for

LINK = link_for(Carried("https://help.example", "482133"))


def test_a_new_file_gives_relay_and_pin_and_an_old_one_the_relay_alone(tmp_path: Path) -> None:
    file = tmp_path / "deskside_help.example_pin482133_help (1).exe"
    file.touch()
    made = file.stat().st_ctime
    assert given_by_file(file, made + PIN_SECONDS - 1) == Given("https://help.example", LINK)
    assert given_by_file(file, made + PIN_SECONDS) == Given("https://help.example")
    assert given_by_file(file, made - 60) == Given("https://help.example"), "the clock was set: its age is not known"
    assert given_by_file(tmp_path / "deskside-help", made) == Given()


def test_a_link_never_makes_its_relay_known() -> None:
    assert given_by_link(LINK) == Given(None, LINK)
    assert given_by_link("deskside://open?relay=https%3A%2F%2Fhelp.example") == Given(), "it only opens the program"
    assert given_by_link("https://help.example/s/abc#def") == Given()


def test_the_one_file_and_the_program_that_a_bootstrap_has_started_read_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "deskside_help.example_pin482133_help"
    file.touch()
    assert given(None, {"DESKSIDE_FILE": str(file)}) == Given("https://help.example", LINK)
    monkeypatch.setattr(sys, "executable", str(file))
    assert given(None, {}) == Given(), "this is a Python, whatever it is called"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert given(None, {}) == Given("https://help.example", LINK)
    assert one_file({"DESKSIDE_FILE": "/downloads/help"}) == Path("/downloads/help"), "not where that is unpacked"
    other = link_for(Carried("https://other.example", "123456"))
    assert given(other, {}) == Given("https://help.example", other), "the link is newer than the name"


def test_a_link_is_read_like_what_is_typed() -> None:
    assert read_code(LINK, None) == Code("https://help.example", pin="482133")
    assert read_code(LINK, "https://other.example") == Code("https://help.example", pin="482133")
    for link, problem in (
        ("deskside://open?relay=ftp%3A%2F%2Fhelp.example&pin=482133", "not_a_relay"),
        ("deskside://open?relay=http%3A%2F%2Fhelp.example&pin=482133", "not_safe"),
        ("deskside://open?relay=https%3A%2F%2Fhelp.example", "not_digits"),
    ):
        with pytest.raises(BadCodeError) as refused:
            read_code(link, None)
        assert refused.value.problem == problem
