"""Tells systemd that the relay serves (sd_notify): `systemctl start` returns then, or says that it failed."""

import os
import socket
from collections.abc import Mapping

READY = "READY=1"


def tell_service_manager(state: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Send a state to what started this process; return whether there is a manager that wants to know.

    One that cannot be told any more is no reason to end.
    """
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):  # the abstract namespace of Linux
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.connect(address)
            manager.send(state.encode())
    except OSError:
        return False
    return True
