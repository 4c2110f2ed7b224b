"""F37: what is shown is what is connected to, and nobody can take one host for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applet.session.hosts import MAX_SHOWN, BadAddressError, relay_address, shown_host


def puny(text: str) -> str:
    """Return a label as the DNS has it."""
    return f"xn--{text.encode('punycode').decode()}"


@pytest.mark.parametrize(
    ("text", "address", "shown"),
    [
        ("https://Help.Example/", "https://help.example", "help.example"),
        ("https://help.example:443", "https://help.example", "help.example"),
        ("https://help.example:8443/x?y", "https://help.example:8443", "help.example:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080", "[::1]:8080"),
        ("https://bücher.example", "https://xn--bcher-kva.example", "bücher.example"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example", "bücher.example"),
        ("https://ヘルプ.example", f"https://{puny('ヘルプ')}.example", "ヘルプ.example"),
        ("https://помощь.рф", f"https://{puny('помощь')}.{puny('рф')}", "помощь.рф"),
    ],
)
def test_an_address_is_shown_as_it_is_connected_to(text: str, address: str, shown: str) -> None:
    assert relay_address(text) == address
    assert shown_host(address) == shown


@pytest.mark.parametrize(
    "label",
    [
        "аррӏе",  # Cyrillic throughout, below a Latin top domain
        "exаmple",  # one Cyrillic letter among Latin ones
        "οοο",  # Greek
        "pаypal",
        "micrоsoft",
        "goοgle",
        "lıdl",  # a dotless i
        "аb\u0301c",
        "xn--a",
        "ｅxample",  # full width
    ],
)
def test_letters_that_look_like_others_are_shown_by_their_name_in_the_dns(label: str) -> None:
    assert shown_host(f"https://{puny(label)}.example") == f"{puny(label)}.example"


@pytest.mark.parametrize(
    "text",
    [
        "https://help.northwind.example@evil.example",
        "https://help.northwind.example:pass@evil.example",
        "https://help.northwind.example\\@evil.example",
        "https://help.northwind.example%2f.evil.example",
        "https://help.northwind.example .evil.example",
        "https://help\u202eelpmaxe.evil.example",
        "https://2130706433",
        "https://0x7f.1",
        "https://127.1",
        "https://-evil.example",
        "https://evil..example",
        "https://",
        "https://help.example:0",
        "https://help.example:99999",
        "https://[::1",
        "ftp://help.example",
        "help.example",
    ],
)
def test_what_hides_a_host_is_no_address(text: str) -> None:
    with pytest.raises(BadAddressError, match="not_a_relay"):
        relay_address(text)


def test_what_the_dns_takes_for_a_dot_is_shown_as_one() -> None:
    assert shown_host(relay_address("https://help.northwind.example\u3002evil.example")).endswith(
        ".example.evil.example"
    )


@pytest.mark.parametrize("text", ["http://help.example", "http://127.0.0.2", "http://localhost.evil.example"])
def test_what_is_not_encrypted_stays_on_this_computer(text: str) -> None:
    with pytest.raises(BadAddressError, match="not_safe"):
        relay_address(text)


def test_the_end_of_a_long_host_is_never_cut_off() -> None:
    host = shown_host("https://help.northwind.example." + "a-" * 60 + "b.evil.example:8443")
    assert len(host) == MAX_SHOWN
    assert host.endswith("b.evil.example:8443")
    assert host.startswith("…")


@given(st.text(max_size=80))
def test_any_host_is_refused_or_can_be_shown(host: str) -> None:
    try:
        address = relay_address(f"https://{host}")
    except BadAddressError:
        return
    assert address.isascii()
    assert relay_address(address) == address
    assert shown_host(address).isprintable()


@given(st.text("аеорсухһіјԛѕԝαοabcxyz0-", min_size=1, max_size=12))
def test_two_hosts_that_differ_are_never_shown_alike(label: str) -> None:
    """Whatever is not shown by its name in the DNS can be told from Latin letters: it has none that look like them."""
    if label.isascii():
        return
    shown = shown_host(f"https://{puny(label)}.example")
    assert shown == f"{puny(label)}.example"
