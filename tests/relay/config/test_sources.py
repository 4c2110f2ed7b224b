"""Where the relay's settings come from; wrong ones are named."""

from pathlib import Path

import pytest

from relay.config.settings import ENVIRONMENT, SettingsError
from relay.config.sources import read_settings


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"listen": "8080"}, "listen"),
        ({"public_url": "help.example"}, "public_url"),
        ({"public_url": "https://help.example/path"}, "public_url"),
        ({"tls_certificate": "cert.pem"}, "tls_key"),
        ({"turn_urls": "turn:turn.example"}, "turn_secret_file"),
        ({"trusted_proxies": "ten"}, "trusted_proxies"),
        ({"pin_minutes": "0"}, "pin_minutes"),
        ({"pin_minutes": "soon"}, "pin_minutes"),
    ],
)
def test_a_wrong_setting_is_named(values: dict[str, str], named: str) -> None:
    environment = {f"{ENVIRONMENT}{name.upper()}": value for name, value in values.items()}
    with pytest.raises(SettingsError, match=named):
        read_settings(None, environment, {})


def test_an_unknown_setting_is_named_wherever_it_stands(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="COLOUR"):
        read_settings(None, {f"{ENVIRONMENT}COLOUR": "red"}, {})
    file = tmp_path / "relay.toml"
    file.write_text('colour = "red"')
    with pytest.raises(SettingsError, match="colour"):
        read_settings(file, {}, {})
    file.write_text("not toml")
    with pytest.raises(SettingsError, match="not TOML"):
        read_settings(file, {}, {})


def test_overrides_go_before_the_environment_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "relay.toml"
    file.write_text('listen = "127.0.0.1:1"\npin_minutes = 5\nlink_hours = 2')
    environment = {f"{ENVIRONMENT}LISTEN": "127.0.0.1:2", f"{ENVIRONMENT}PIN_MINUTES": "6"}
    settings = read_settings(file, environment, {"listen": "127.0.0.1:3"})
    assert (settings.listen, settings.pin_minutes, settings.link_hours) == ("127.0.0.1:3", 6, 2)
