"""Whom a place believes to be the server that was meant: certificates of TLS, keys of SSH."""

import ssl
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest
from aiohttp import web

from codec.host.private_files import write_private
from codec.stores.base import RecordingStore, StoreError
from codec.stores.factory import open_store
from codec.stores.host_keys import HostKeyChangedError
from codec.stores.locations import Place, read_location
from tests.codec.stores.ftp_server import ftp_ground
from tests.codec.stores.grounds import PASSWORD, USER, Ground, certificates
from tests.codec.stores.sftp_server import sftp_ground
from tests.codec.stores.web_server import web_ground


async def refused(store: RecordingStore) -> StoreError:
    try:
        with pytest.raises(StoreError) as error:
            await store.test()
        return error.value
    finally:
        await store.close()


@pytest.mark.parametrize("kind", [web_ground, ftp_ground])
async def test_a_server_that_nobody_vouches_for_gets_no_password(kind: type, tmp_path: Path) -> None:
    async with kind(tmp_path, tls=True) as ground:
        stranger = open_store(ground.location, hosts=tmp_path / "hosts")
        error = await refused(stranger)
        assert "an authority that this computer does not trust" in str(error)
        assert not error.retry


@pytest.mark.parametrize(
    ("days", "address", "said"),
    [(-1, "127.0.0.1", "has expired"), (1, "10.1.2.3", "is for another address"), (1, "127.0.0.1", "")],
)
async def test_what_is_wrong_with_a_certificate_is_named(tmp_path: Path, days: int, address: str, said: str) -> None:
    files = certificates(tmp_path, days=days, address=address)
    runner = web.AppRunner(web.Application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=files.serve()).start()
    try:
        location = read_location(f"https://127.0.0.1:{runner.addresses[0][1]}/")
        error = await refused(open_store(location, hosts=tmp_path, trust=files.trust()))
        assert said in str(error)
        assert ("certificate" in str(error)) is bool(said)
    finally:
        await runner.cleanup()


async def test_a_server_without_tls_is_not_spoken_to_without(tmp_path: Path) -> None:
    trust = ssl.create_default_context()
    async with ftp_ground(tmp_path) as ground:
        for place in (Place.FTPS, Place.HTTPS):
            location = replace(ground.location, place=place)
            assert PASSWORD not in str(await refused(open_store(location, hosts=tmp_path, trust=trust)))
        assert not ground.received


async def test_a_redirection_is_not_followed(tmp_path: Path) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        raise web.HTTPFound("/elsewhere")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        location = read_location(f"http://127.0.0.1:{runner.addresses[0][1]}/in", USER, PASSWORD)
        assert "redirects to another address" in str(await refused(open_store(location, hosts=tmp_path)))
        assert "/elsewhere" not in asked
    finally:
        await runner.cleanup()


async def used(ground: Ground, hosts: Path, *known: Path) -> None:
    store = open_store(ground.location, hosts=hosts, known_hosts=known)
    try:
        await store.test()
    finally:
        await store.close()


async def test_an_ssh_server_is_remembered_at_the_first_visit_and_another_key_is_refused(tmp_path: Path) -> None:
    hosts = tmp_path / "new" / "hosts"
    async with sftp_ground(tmp_path) as ground:
        await used(ground, hosts)
        remembered = hosts.read_text()
        await used(ground, hosts)
        assert hosts.read_text() == remembered
        port = ground.location.port or 0
        assert remembered.startswith(f"[127.0.0.1]:{port} ssh-ed25519 ")
        assert hosts.stat().st_mode & 0o777 == 0o600
    async with sftp_ground(tmp_path, port=port) as changed:
        with pytest.raises(HostKeyChangedError, match="different key") as refused:
            await used(changed, hosts)
        assert not refused.value.retry
        assert str(hosts) in str(refused.value)
        assert hosts.read_text() == remembered
        hosts.unlink()
        await used(changed, hosts)


async def test_what_openssh_knows_of_a_server_counts(tmp_path: Path) -> None:
    key, other = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    hosts, known = tmp_path / "hosts", tmp_path / "known_hosts"
    async with sftp_ground(tmp_path, key=key) as ground:
        name = f"[127.0.0.1]:{ground.location.port}"
        known.write_text(f"# ours\n127.0.0.1 {_public(other)}\n{name} {_public(other)}\n")
        with pytest.raises(HostKeyChangedError):
            await used(ground, hosts, known)
        known.write_text(f"127.0.0.1 {_public(other)}\n{name} {_public(key)}\n")
        await used(ground, hosts, known)
        assert not hosts.exists(), "what is known there needs no second memory"
        known.write_text(f"127.0.0.1 {_public(other)}\n")
        await used(ground, hosts, known)
        known.write_text(f"@revoked {name} {_public(key)}\n")
        with pytest.raises(StoreError, match="revoked"):
            await used(ground, tmp_path / "fresh", known)


async def test_a_memory_of_servers_that_cannot_be_read_lets_nobody_through(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    write_private(hosts, b"\xff\xfe")
    async with sftp_ground(tmp_path) as ground:
        with pytest.raises(StoreError, match="cannot be read"):
            await used(ground, hosts)
        assert not ground.received


async def test_a_memory_of_servers_that_others_may_write_to_lets_nobody_through(tmp_path: Path) -> None:
    """F23: somebody else could have put another server's key there."""
    hosts, key = tmp_path / "hosts", asyncssh.generate_private_key("ssh-ed25519")
    async with sftp_ground(tmp_path, key=key) as ground:
        write_private(hosts, f"[127.0.0.1]:{ground.location.port} {_public(key)}\n".encode())
        hosts.chmod(0o622)
        with pytest.raises(StoreError, match="can be written by others"):
            await used(ground, hosts)
        assert not ground.received
        hosts.chmod(0o600)
        await used(ground, hosts)


def _public(key: asyncssh.SSHKey) -> str:
    return key.export_public_key("openssh").decode().strip()
