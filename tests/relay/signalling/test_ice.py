"""Which ICE servers both ends use, and credentials for TURN."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from relay.config.settings import Settings, SettingsError
from relay.signalling.ice import ice_servers, read_turn_secret, turn_credentials

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_ice_servers_begin_with_our_own_and_turn_credentials_expire(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("north\n")
    settings = Settings(
        public_url="https://help.example",
        ice_servers=["stun:stun.example:3478"],
        turn_urls=["turn:turn.example"],
        turn_secret_file=str(secret),
    )
    servers = ice_servers(settings, read_turn_secret(settings), 7, NOW)
    assert [server.urls for server in servers] == [
        ["stun:help.example:3478"],
        ["stun:stun.example:3478"],
        ["turn:turn.example"],
    ]
    assert servers[2].username == f"{int(NOW.timestamp()) + 3600}:session-7"
    secret.write_text("")
    with pytest.raises(SettingsError, match="empty"):
        read_turn_secret(settings)


def test_turn_credentials_are_what_openssl_makes_of_them() -> None:
    """The credential is that of `openssl dgst -sha1 -hmac north`; test_care.py holds it against coturn itself."""
    username, credential = turn_credentials("north", "session-7", datetime.fromtimestamp(1_800_000_000, UTC))
    assert username == "1800000000:session-7"
    assert credential == "HoCqOL5yocMREIJMEYj2pSjHEcI="
