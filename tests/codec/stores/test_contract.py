"""What every place for recordings promises, held against a real server of each kind."""

import asyncio
import logging
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

import pytest

from codec.stores.address_policy import Reach, anywhere
from codec.stores.base import CredentialsNeededError, RecordingStore, StoreError
from codec.stores.factory import open_store
from codec.stores.locations import Location, read_location
from codec.stores.names import stored_name
from tests.codec.stores.ftp_server import ftp_ground
from tests.codec.stores.grounds import PASSWORD, Ground, MakeGround
from tests.codec.stores.s3_server import s3_ground
from tests.codec.stores.sftp_server import sftp_ground
from tests.codec.stores.web_server import Sort, web_ground

NAME = '00000042-20261127T230000Z-Jürgen_Ω-a/b\\c:*?"<>|%20 .avi'


@asynccontextmanager
async def folder_ground(folder: Path) -> AsyncIterator[Ground]:
    """Use a plain folder."""
    (folder / "home").mkdir()
    ground = Ground(folder / "home", read_location(str(folder / "home")), asks=False)
    ground.whole = ground.file
    yield ground


_GROUNDS: dict[str, MakeGround] = {
    "folder": folder_ground,
    "ftp": ftp_ground,
    "ftps": partial(ftp_ground, tls=True),
    "sftp": sftp_ground,
    "http": web_ground,
    "https with digest": partial(web_ground, digest=True, tls=True),
}
_SORTS: dict[str, MakeGround] = {
    "ftp that only appends": partial(ftp_ground, can_rest=False),
    "http that refuses segments": partial(web_ground, sort=Sort.REFUSES, digest=True),
    "http that ignores segments": partial(web_ground, sort=Sort.IGNORES),
    "http with 308": partial(web_ground, sort=Sort.RESUMABLE),
}
"""Servers that differ from those above only in how they resume."""
_EVERY = pytest.mark.parametrize("ground", [*_GROUNDS, *_SORTS, "s3"], indirect=True)


@pytest.fixture(params=[*_GROUNDS, "s3"])
async def ground(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ground]:
    if request.param == "s3":
        server = request.getfixturevalue("s3")
        make: MakeGround = lambda folder: s3_ground(folder, server)  # noqa: E731
    else:
        make = (_GROUNDS | _SORTS)[request.param]
    async with make(tmp_path) as made:
        yield made


class Opener:
    """Opens places, each as a console does that was just started, and closes them in the end."""

    def __init__(self, ground: Ground, folder: Path, stack: AsyncExitStack) -> None:
        self._ground, self._folder, self._stack = ground, folder, stack

    def __call__(self, location: Location | None = None, reach: Reach = anywhere) -> RecordingStore:
        where, hosts = location or self._ground.location, self._folder / "hosts"
        store = open_store(where, hosts=hosts, trust=self._ground.trust, reach=reach)
        self._stack.push_async_callback(store.close)
        return store


@pytest.fixture
async def opening(ground: Ground, tmp_path: Path) -> AsyncIterator[Opener]:
    async with AsyncExitStack() as stack:
        yield Opener(ground, tmp_path, stack)


def recording(folder: Path, size: int, seed: int = 1) -> Path:
    path = folder / f"{size}-{seed}.recording"
    path.write_bytes(Random(seed).randbytes(size))
    return path


@pytest.mark.finding("field-21")
async def test_a_server_that_answers_at_one_of_its_addresses_only_is_reached(
    ground: Ground, opening: Opener, tmp_path: Path
) -> None:
    async def several(_host: str, _port: int) -> list[str]:
        return ["::1", "127.0.0.77", "127.0.0.1"]

    source, named = recording(tmp_path, 3_000), ground.location
    if named.host:
        named = replace(named, host="localhost")
    store = opening(named, several)
    await store.send(source, NAME, lambda _: None)
    assert ground.whole(stored_name(NAME)) == source.read_bytes()


@pytest.mark.req("REC-13", "REC-16", "REC-17", "REC-28", "REC-35")
@_EVERY
@pytest.mark.parametrize("size", [0, 300_000])
async def test_a_recording_arrives_whole_whatever_its_name(
    ground: Ground, opening: Opener, tmp_path: Path, size: int
) -> None:
    source, store, seen = recording(tmp_path, size), opening(), list[int]()
    assert await store.confirmed(NAME) == 0
    await store.send(source, NAME, seen.append)
    assert seen[-1] == size
    assert ground.whole(stored_name(NAME)) == source.read_bytes()
    assert await store.confirmed(NAME) == size
    received = ground.received
    await opening().send(source, NAME, seen.append)
    assert ground.received - received < max(size, 4096), "what is there is not sent again"
    await store.delete(NAME)
    await store.delete(NAME)
    assert ground.whole(stored_name(NAME)) is None
    assert await store.confirmed(NAME) == 0


@pytest.mark.req("REC-26", "REC-30")
@_EVERY
async def test_an_upload_that_broke_goes_on_from_the_last_confirmed_byte(
    ground: Ground, opening: Opener, tmp_path: Path
) -> None:
    source, store = recording(tmp_path, ground.size), opening()
    if not ground.asks:
        pytest.skip("a folder has no server that breaks: see test_folder.py")
    ground.left = ground.size * 6 // 10
    with pytest.raises(StoreError) as broken:
        await store.send(source, NAME, lambda _: None)
    assert broken.value.retry
    assert ground.whole(stored_name(NAME)) != source.read_bytes()
    again, seen, before = opening(), list[int](), ground.received
    confirmed = await again.confirmed(NAME)
    await again.send(source, NAME, seen.append)
    assert ground.whole(stored_name(NAME)) == source.read_bytes()
    assert seen == sorted(seen) or not ground.resumes
    if ground.resumes:
        assert ground.received <= ground.size + ground.slack
        assert ground.received - before <= ground.size - confirmed + ground.slack
        assert ground.received - before < ground.size


@pytest.mark.req("REC-28")
async def test_another_file_of_the_same_name_is_never_replaced(ground: Ground, opening: Opener, tmp_path: Path) -> None:
    first, second = recording(tmp_path, 200_000, 1), recording(tmp_path, 200_000, 2)
    longer = recording(tmp_path, 300_000, 3)
    await opening().send(first, NAME, lambda _: None)
    for other in (second, longer):
        with pytest.raises(StoreError, match="another file") as refused:
            await opening().send(other, NAME, lambda _: None)
        assert not refused.value.retry
    assert ground.whole(stored_name(NAME)) == first.read_bytes()


async def test_a_place_that_can_keep_recordings_passes_its_test_and_keeps_nothing_of_it(
    ground: Ground, opening: Opener
) -> None:
    await opening().test()
    assert not [path for path in ground.folder.rglob("*test*") if path.is_file()]


@pytest.mark.req("REC-17", "REC-18", "REC-19")
async def test_who_is_not_known_is_asked_and_no_password_shows(
    ground: Ground, opening: Opener, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if not ground.asks:
        pytest.skip("a folder asks nobody")
    caplog.set_level(logging.DEBUG)
    source, secret = recording(tmp_path, 1000), "not-this-7f3a"
    wrong = replace(ground.location, password=secret)
    nobody = replace(ground.location, user="", password="")
    for location, said in [(wrong, "refused"), (nobody, "asks for")]:
        store = opening(location)
        attempts = (store.test, partial(store.send, source, NAME, list[int]().append), partial(store.confirmed, NAME))
        for attempt in attempts:
            with pytest.raises(CredentialsNeededError, match=said) as asked:
                await attempt()
            assert secret not in str(asked.value) + repr(asked.value) + repr(location)
            assert PASSWORD not in str(asked.value)
    assert secret not in caplog.text
    lines = await asyncio.to_thread(subprocess.run, ["ps", "axww"], capture_output=True, text=True, check=True)
    assert secret not in lines.stdout


@pytest.mark.req("REC-29")
async def test_a_place_that_is_full_or_forbidden_says_so(ground: Ground, opening: Opener, tmp_path: Path) -> None:
    if not ground.asks or ground.location.place == "s3":
        pytest.skip("a folder: see test_folder.py; the S3 server of the tests is never full")
    source = recording(tmp_path, 100_000)
    ground.is_full = True
    for attempt in (partial(opening().send, source, NAME, list[int]().append), opening().test):
        with pytest.raises(StoreError, match=r"space|disk is full") as full:
            await attempt()
        assert full.value.retry
        assert PASSWORD not in str(full.value)
    ground.is_full, ground.may_write = False, False
    for attempt in (partial(opening().send, source, NAME, list[int]().append), opening().test):
        with pytest.raises(StoreError, match=r"cannot (do|write)") as forbidden:
            await attempt()
        assert not forbidden.value.retry
    ground.may_write = True
    await opening().send(source, NAME, lambda _: None)


async def test_a_folder_that_is_not_there_is_named_and_not_made(
    ground: Ground, opening: Opener, tmp_path: Path
) -> None:
    path = ground.location.path.replace("/in", "/nowhere") if ground.asks else f"{ground.location.path}/nowhere"
    if ground.location.place == "s3":
        path = "/nowhere/x"
    elsewhere = replace(ground.location, path=path)
    with pytest.raises(StoreError, match=r"no such|does not exist"):
        await opening(elsewhere).send(recording(tmp_path, 1000), NAME, lambda _: None)
    with pytest.raises(StoreError, match=r"no such|does not exist"):
        await opening(elsewhere).test()


async def test_a_server_that_is_not_there_can_be_tried_again(
    ground: Ground, opening: Opener, tmp_path: Path, unused_tcp_port: int
) -> None:
    if not ground.asks:
        pytest.skip("a folder has no server")
    gone = replace(ground.location, port=unused_tcp_port)
    with pytest.raises(StoreError, match="cannot be reached") as missing:
        await opening(gone).send(recording(tmp_path, 1000), NAME, lambda _: None)
    assert missing.value.retry


async def test_what_arrived_damaged_does_not_pass_for_the_recording(
    ground: Ground, opening: Opener, tmp_path: Path
) -> None:
    if not ground.resumes or ground.location.place in ("http", "https", "s3"):
        pytest.skip("web servers: see test_web.py; in S3 nothing stands under the name before it is whole")
    source = recording(tmp_path, 600_000)
    (ground.folder / (stored_name(NAME) + ".part")).write_bytes(bytes(300_000))
    with pytest.raises(StoreError, match="damaged") as damaged:
        await opening().send(source, NAME, lambda _: None)
    assert damaged.value.retry
    assert ground.whole(stored_name(NAME)) is None
    await opening().send(source, NAME, lambda _: None)
    assert ground.whole(stored_name(NAME)) == source.read_bytes()
