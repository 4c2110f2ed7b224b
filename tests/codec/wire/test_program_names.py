import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.wire.program_names import Carried, link_for, name_for, read_link, read_name

RELAYS = [
    ("https://help.example", "deskside_help.example_help.exe"),
    ("https://help-2.example:8443", "deskside_help-2.example_8443_help.exe"),
    ("http://127.0.0.1:8080", "deskside_127.0.0.1_8080_help.exe"),
    ("https://xn--hlp-bma.example", "deskside_xn--hlp-bma.example_help.exe"),
]


@pytest.mark.finding("use-A2")
@pytest.mark.parametrize(("relay", "name"), RELAYS)
@pytest.mark.parametrize("pin", [None, "482133", "948213377"])
def test_the_name_of_a_download_carries_the_relay_and_the_pin(relay: str, name: str, pin: str | None) -> None:
    named = name_for(relay, ".exe", pin)
    assert named == (name if pin is None else name.replace("_help.exe", f"_pin{pin}_help.exe"))
    stem = named.removesuffix(".exe")
    for saved in (named, stem, f"{stem}(1).exe", f"{stem} (1).exe", f"{stem}-2.exe", f"{stem} – Kopie.exe"):
        assert read_name(saved) == Carried(relay, pin)


@pytest.mark.finding("use-A2")
def test_other_names_carry_nothing() -> None:
    for name in ("deskside-help.exe", "deskside_help.exe", "deskside_a b_help.exe", "deskside_héllo_help.exe"):
        assert read_name(name) is None
    assert read_name("deskside_help.example_pin4821_help.exe") is None, "no PIN is so short"
    assert read_name("deskside_help.example_pin948213_help.exe") == Carried("https://help.example"), (
        "nor this one whole"
    )


def test_a_relay_that_a_name_cannot_carry_is_not_half_carried() -> None:
    for relay in ("https://[2001:db8::1]", "http://help.example", "https://localhost", "https://help.example/deskside"):
        assert name_for(relay, ".exe", "482133") is None


@pytest.mark.parametrize("relay", [relay for relay, _ in RELAYS])
@pytest.mark.parametrize("pin", [None, "482133"])
def test_a_link_carries_both(relay: str, pin: str | None) -> None:
    assert read_link(link_for(Carried(relay, pin))) == Carried(relay, pin)


@given(st.text(max_size=40))
def test_of_any_other_link_nothing_is_believed(text: str) -> None:
    for link in (text, f"https://open?relay={text}", f"deskside:{text}", f"deskside://open?pin={text}"):
        assert read_link(link) is None
    carried = read_link(f"deskside://open?relay=https://help.example&pin={text}")
    assert carried is None or carried.pin is None or carried.pin.isdecimal()
