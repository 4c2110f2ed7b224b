"""Why the relay cannot listen at an address, and what helps."""

import errno
import os
import socket

from codec.errors import DesksideError

PRIVILEGED = 1024


class ListenError(DesksideError):
    """The relay cannot listen where its settings say."""


def why_not_bound(setting: str, address: tuple[str, int], error: OSError) -> str:
    """Return why nobody can listen at the address of a setting, with the remedy. Pure."""
    host, port = address
    shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    option = " (--listen)" if setting == "listen" else ""
    choose = f"choose another address in {setting}{option}."
    if isinstance(error, socket.gaierror):
        return f"{shown} cannot be used: {host} is not known. Write an address of this computer, or {choose}"
    match error.errno:
        case errno.EADDRINUSE:
            return f"{shown} is in use by another program. Stop that program, or {choose}"
        case errno.EADDRNOTAVAIL:
            return f"{shown} is not an address of this computer. Write 0.0.0.0:{port} for all of its own, or {choose}"
        case errno.EACCES | errno.EPERM if port < PRIVILEGED:
            return (
                f"{shown}: ports below {PRIVILEGED} need a permission. Give it to the relay (systemd: "
                f"AmbientCapabilities=CAP_NET_BIND_SERVICE), put a proxy in front, or {choose}"
            )
        case number:
            why = error.strerror or (os.strerror(number) if number else str(error))
            return f"{shown} cannot be used: {why}. To avoid that, {choose}"
