"""What is of its own in folders as places."""

import asyncio
import errno
import os
from pathlib import Path

import pytest

from codec.stores.base import RecordingStore, StoreError
from codec.stores.factory import open_store
from codec.stores.locations import BadLocationError, read_location
from codec.stores.source import CHUNK
from tests.codec.stores.test_contract import recording


def folder(path: Path) -> RecordingStore:
    path.mkdir(exist_ok=True)
    return open_store(read_location(str(path)), hosts=path / "hosts")


@pytest.mark.req("REC-26")
async def test_an_upload_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    source, store = recording(tmp_path, 4 * CHUNK + 100), folder(tmp_path / "home")

    def stop(there: int) -> None:
        if there == 2 * CHUNK:
            sending.cancel()

    sending = asyncio.create_task(store.send(source, "a.dsr", stop))
    with pytest.raises(asyncio.CancelledError):
        await sending
    confirmed, seen = await store.confirmed("a.dsr"), list[int]()
    assert 2 * CHUNK <= confirmed < 4 * CHUNK
    assert not (tmp_path / "home" / "a.dsr").exists(), "what is not whole has not its name"
    await folder(tmp_path / "home").send(source, "a.dsr", seen.append)
    assert seen[0] == confirmed
    assert (tmp_path / "home" / "a.dsr").read_bytes() == source.read_bytes()


@pytest.mark.req("REC-28", "REC-29")
@pytest.mark.parametrize(
    ("number", "said", "retry"),
    [(errno.ENOSPC, "no space", True), (errno.EACCES, "may not", False), (errno.EIO, "gone", True)],
)
async def test_what_a_disk_cannot_do_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str, retry: bool
) -> None:
    source, store = recording(tmp_path, 1000), folder(tmp_path / "home")

    def refuse(*_: object) -> int:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(StoreError, match=said) as refused:
        await store.send(source, "a.dsr", lambda _: None)
    assert refused.value.retry is retry
    assert source.exists()
    monkeypatch.undo()
    await store.send(source, "a.dsr", lambda _: None)


async def test_a_recording_that_is_no_longer_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no longer there"):
        await folder(tmp_path / "home").send(tmp_path / "gone.dsr", "gone.dsr", lambda _: None)


@pytest.mark.req("REC-21")
def test_a_share_that_this_system_does_not_reach_is_refused_with_a_remedy(tmp_path: Path) -> None:
    for share in ("smb://support/recordings", "\\\\support\\recordings", "C:\\recordings"):
        with pytest.raises(BadLocationError, match="Mount"):
            open_store(read_location(share), hosts=tmp_path)
