"""Where the relay's settings come from; wrong ones are named."""

from pathlib import Path

import pytest

from relay.config.settings import ENVIRONMENT, SettingsError
from relay.config.sources import read_settings

POSTGRESQL, REDIS = "postgresql+asyncpg://deskside@10.0.0.4/deskside", "redis://10.0.0.4:6379/0"


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"listen": "8080"}, "listen"),
        ({"public_url": "help.example"}, "public_url"),
        ({"public_url": "https://help.example/path"}, "public_url"),
        ({"tls_certificate": "cert.pem"}, "tls_key"),
        ({"turn_urls": "turn:turn.example"}, "turn_secret_file"),
        ({"trusted_proxies": "ten"}, "trusted_proxies"),
        ({"redis_url": "redis://127.0.0.1:6379"}, "SQLite is a file that one relay has for itself"),
        ({"redis_url": "http://:secret@127.0.0.1", "database_url": POSTGRESQL}, "redis_url: write an address like"),
        ({"redis_url": REDIS, "database_url": POSTGRESQL, "listen": "0.0.0.0:80"}, "redis_url needs peer_url"),
        ({"peer_url": "10.0.0.2:8080"}, "peer_url"),
        ({"peer_url": "http://anna:secret@10.0.0.2:8080"}, "peer_url"),
        ({"pin_minutes": "0"}, "pin_minutes"),
        ({"pin_minutes": "soon"}, "pin_minutes"),
    ],
)
def test_a_wrong_setting_is_named(values: dict[str, str], named: str) -> None:
    environment = {f"{ENVIRONMENT}{name.upper()}": value for name, value in values.items()}
    with pytest.raises(SettingsError, match=named) as refused:
        read_settings(None, environment, {})
    assert ":secret" not in str(refused.value)


def test_one_of_several_relays_says_where_the_others_reach_it() -> None:
    several = {f"{ENVIRONMENT}REDIS_URL": REDIS, f"{ENVIRONMENT}DATABASE_URL": POSTGRESQL}
    near = read_settings(None, several | {f"{ENVIRONMENT}LISTEN": "10.0.0.2:8080"}, {})
    assert (near.is_one_of_several, near.address_for_peers) == (True, "http://10.0.0.2:8080")
    said = read_settings(None, several | {f"{ENVIRONMENT}PEER_URL": "https://one.relays.example/"}, {})
    assert said.address_for_peers == "https://one.relays.example"
    assert not read_settings(None, {}, {}).is_one_of_several


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
