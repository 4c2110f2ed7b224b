"""Who is calling: the address behind listed proxies, and whose page a request comes from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.web.clients import client_address, is_own_origin, networks

_CALLERS = {
    (): "10.0.0.1",
    ("203.0.113.9",): "203.0.113.9",
    ("6.6.6.6, 203.0.113.9",): "203.0.113.9",
    ("203.0.113.9, 10.0.0.2",): "203.0.113.9",
    ("not an address",): "10.0.0.1",
    # HAProxy adds a line of its own behind what came; several proxies add several.
    ("6.6.6.6", "203.0.113.9"): "203.0.113.9",
    ("6.6.6.6, 7.7.7.7", "8.8.8.8", "203.0.113.9", "10.0.0.3", "10.0.0.2"): "203.0.113.9",
    ("", "203.0.113.9"): "203.0.113.9",
    # Nothing that a proxy writes makes an entry left of it count.
    ("6.6.6.6", ""): "10.0.0.1",
    ("6.6.6.6,",): "10.0.0.1",
    ("6.6.6.6, unknown",): "10.0.0.1",
    ("6.6.6.6, unknown, 10.0.0.2",): "10.0.0.2",
    ("6.6.6.6, 10.0.0.2:443x",): "10.0.0.1",
    # One computer has one address, however it is written.
    ("203.0.113.9:51234",): "203.0.113.9",
    ("[2001:db8::1]:443",): "2001:db8::1",
    ("[2001:DB8::1]",): "2001:db8::1",
    ("2001:db8:0:0::1",): "2001:db8::1",
    ("::ffff:203.0.113.9",): "203.0.113.9",
    ("203.0.113.9, ::ffff:10.0.0.2",): "203.0.113.9",
    ("fe80::1%anything",): "fe80::1",
    ("999.1.1.1",): "10.0.0.1",
    ("3405803785",): "10.0.0.1",
}


@pytest.mark.req("EDGE-35")
@pytest.mark.parametrize(("lines", "caller"), _CALLERS.items())
def test_only_listed_proxies_are_believed(lines: tuple[str, ...], caller: str) -> None:
    """F7: all lines of X-Forwarded-For are one list, whatever kind of proxy wrote them."""
    listed = networks(["10.0.0.0/8"])
    assert client_address("10.0.0.1", lines, listed) == caller
    assert client_address("::ffff:10.0.0.1", lines, listed) == caller
    assert client_address("198.51.100.7", lines, listed) == "198.51.100.7"


@given(st.lists(st.text(max_size=30), max_size=5), st.sampled_from([", {}", ",{}", None]))
def test_what_a_caller_invents_never_counts(invented: list[str], appended: str | None) -> None:
    """F7: whatever stands before what the proxy wrote, on its line or on a line of its own."""
    caller = "203.0.113.9"
    lines = (
        [*invented, caller] if appended is None else [*invented[:-1], "".join(invented[-1:]) + appended.format(caller)]
    )
    assert client_address("10.0.0.1", lines, networks(["10.0.0.0/8"])) == caller


def test_other_sites_are_not_our_own() -> None:
    own, host = "https://help.example", "help.example"
    assert is_own_origin(None, own, host)
    assert is_own_origin("https://help.example", own, host)
    assert not is_own_origin("https://evil.example", own, host)
    assert not is_own_origin("null", own, host)
    assert not is_own_origin("http://[", own, host)
