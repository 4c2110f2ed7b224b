"""Where the running relay of a data folder is, as it says beside its lock, for the commands that work on that folder.

A relay that was started with options or in an environment of its own is where no file of settings says. The note holds
no secret, is for the relay's own user, and counts only while the relay that wrote it holds the lock.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from codec.host.private_files import read_private, write_private
from relay.config.settings import Settings
from relay.config.sources import DEFAULT, Loaded
from relay.maintenance.data_folder import holder, is_running

FILE = "relay.running"


class RunningInstance(msgspec.Struct, frozen=True):
    """What a running relay says about itself; files are absolute paths. `stun`: whether it answers by UDP."""

    pid: int
    listen: str
    public_url: str
    tls_certificate: str
    tls_key: str
    metrics_listen: str
    stun_port: int
    stun: bool


_SETTINGS = ("listen", "public_url", "tls_certificate", "tls_key", "metrics_listen", "stun_port")


@dataclass(frozen=True)
class Located:
    """Settings with what the running relay says filled in; `used` tells people where their address is from."""

    loaded: Loaded
    running: RunningInstance | None
    used: str


@contextmanager
def told_to_commands(settings: Settings, *, stun: bool) -> Iterator[None]:
    """Let commands know where this relay is while the block runs; the caller holds the lock. Raises OSError."""
    file = settings.data / FILE
    note = RunningInstance(
        os.getpid(),
        settings.listen,
        settings.public_url,
        _absolute(settings.tls_certificate),
        _absolute(settings.tls_key),
        settings.metrics_listen,
        settings.stun_port,
        stun,
    )
    write_private(file, msgspec.json.encode(note))
    try:
        yield
    finally:
        with suppress(OSError):  # no one believes it without the lock
            file.unlink(missing_ok=True)


def running_instance(data: Path) -> RunningInstance | None:
    """Return what the relay that runs on a data folder says; None where none runs, or it cannot be read."""
    with suppress(OSError, msgspec.MsgspecError):
        if is_running(data):
            note = msgspec.json.decode(read_private(data / FILE), type=RunningInstance)
            if note.pid == holder(data):
                return note
    return None


def locate(loaded: Loaded) -> Located:
    """Fill in what the running relay says, except where an option, the environment or a file says something else."""
    note = running_instance(loaded.settings.data)
    if note is None:
        return Located(loaded, None, "as in the settings; no running relay says where it is")
    open_ones = [name for name in _SETTINGS if loaded.sources.get(name, DEFAULT) == DEFAULT]
    source = f"running relay (process {note.pid})"
    settings = msgspec.structs.replace(loaded.settings, **{name: getattr(note, name) for name in open_ones})
    located = Loaded(settings, loaded.file, {**loaded.sources, **dict.fromkeys(open_ones, source)})
    deciding = "public_url" if settings.public_url else "listen"
    return Located(
        located, note, f"from the {source}" if deciding in open_ones else f"from {located.sources[deciding]}"
    )


def _absolute(file: str) -> str:
    return str(Path(file).absolute()) if file else ""
