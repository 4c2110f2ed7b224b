"""An SFTP server of asyncssh, in one folder."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh

from codec.stores.locations import read_location
from codec.stores.source import CHUNK
from tests.codec.stores.grounds import PASSWORD, USER, BrokenError, Ground


class _Door(asyncssh.SSHServer):
    def password_auth_supported(self) -> bool:
        return True

    def begin_auth(self, username: str) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


@asynccontextmanager
async def sftp_ground(folder: Path, *, key: asyncssh.SSHKey | None = None, port: int = 0) -> AsyncIterator[Ground]:
    """Run a server."""
    home = folder / "home"
    (home / "in").mkdir(parents=True, exist_ok=True)
    ground = Ground(home / "in", slack=CHUNK)
    ground.whole = ground.file

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
            super().__init__(channel, chroot=str(home).encode())

        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            if pflags & asyncssh.FXF_WRITE and not ground.may_write:
                raise asyncssh.SFTPPermissionDenied("no")
            return super().open(path, pflags, attrs)

        def write(self, file_obj: object, offset: int, data: bytes) -> int:
            if ground.is_full:
                raise asyncssh.SFTPNoSpaceOnFilesystem("full")
            written: int = super().write(file_obj, offset, data)  # type: ignore[assignment]
            try:
                ground.take(data)
            except BrokenError:
                self.channel.get_connection().abort()
            return written

    server = await asyncssh.listen(
        "127.0.0.1",
        port,
        server_host_keys=[key or asyncssh.generate_private_key("ssh-ed25519")],
        server_factory=_Door,
        sftp_factory=Files,
    )
    ground.location = read_location(f"sftp://127.0.0.1:{server.get_port()}/in", USER, PASSWORD)
    try:
        yield ground
    finally:
        server.close()
        await server.wait_closed()
