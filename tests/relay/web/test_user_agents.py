"""Browsers are told apart by the names that people know."""

import pytest

from relay.web.user_agents import browser_and_system

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Linux")),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/140.0.0.0 Safari/537.36", ("Chrome", "Windows")),
        (f"Mozilla/5.0 (Windows NT 10.0) {_WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0", ("Edge", "Windows")),
        (f"Mozilla/5.0 (X11; Linux x86_64) {_WEBKIT} Chrome/140.0 Safari/537.36 OPR/120.0", ("Opera", "Linux")),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 Version/18.0 Safari/605.1",
            ("Safari", "macOS"),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Mobile Safari/604.1",
            ("Safari", "iPhone"),
        ),
        (f"Mozilla/5.0 (Linux; Android 14) {_WEBKIT} Chrome/140.0 Mobile Safari/537.36", ("Chrome", "Android")),
        ("Python/3.11 aiohttp/3.14.5", ("", "")),
        ("Firefox/140.0", ("", "")),
        ("", ("", "")),
    ],
)
def test_what_a_browser_is_called(said: str, names: tuple[str, str]) -> None:
    assert browser_and_system(said) == names
