"""What systemd is told, over a real socket."""

import socket
from pathlib import Path

from relay.host.systemd import READY, tell_service_manager


def test_the_manager_that_started_us_is_told_and_others_are_not(tmp_path: Path) -> None:
    for address, name in ((str(tmp_path / "notify"), None), ("@deskside-test", "\0deskside-test")):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(name or address)
            assert tell_service_manager(READY, {"NOTIFY_SOCKET": address})
            assert manager.recv(100) == b"READY=1"
        assert not tell_service_manager(READY, {"NOTIFY_SOCKET": address}), "it is gone: that ends nothing"
    assert not tell_service_manager(READY, {})
    assert not tell_service_manager(READY, {"NOTIFY_SOCKET": "vsock:2:1"})
