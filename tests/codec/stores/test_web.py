"""What is of its own in web servers and S3 as places."""

from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codec.stores.base import StoreError
from codec.stores.factory import open_store
from codec.stores.locations import read_location
from codec.stores.names import stored_name
from tests.codec.stores.s3_server import S3Server, s3_ground
from tests.codec.stores.test_contract import recording
from tests.codec.stores.web_server import Sort, web_ground


def closing(store: Any) -> Any:
    store.aclose = store.close
    return aclosing(store)


@pytest.mark.req("REC-30")
async def test_the_beginning_of_another_recording_is_not_gone_on_with(tmp_path: Path) -> None:
    async with web_ground(tmp_path, Sort.JOINS) as ground:
        path = ground.folder / stored_name("a.dsr")
        path.write_bytes(bytes(200_000))
        async with closing(open_store(ground.location, hosts=tmp_path)) as store:
            assert await store.confirmed("a.dsr") == 200_000
            with pytest.raises(StoreError, match="another file"):
                await store.send(recording(tmp_path, 300_000), "a.dsr", lambda _: None)
        assert path.read_bytes() == bytes(200_000)


@pytest.mark.req("REC-28")
async def test_what_changed_on_the_way_is_found_out_and_sent_again(tmp_path: Path) -> None:
    source = recording(tmp_path, 300_000)
    async with web_ground(tmp_path, Sort.JOINS) as ground:
        damaged = bytearray(source.read_bytes()[:200_000])
        damaged[5] ^= 1
        (ground.folder / "a.dsr").write_bytes(damaged)
        async with closing(open_store(ground.location, hosts=tmp_path)) as store:
            with pytest.raises(StoreError, match="damaged") as found:
                await store.send(source, "a.dsr", lambda _: None)
            assert found.value.retry
            await store.send(source, "a.dsr", lambda _: None)
        assert ground.whole("a.dsr") == source.read_bytes()


async def test_a_name_with_a_colon_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="has no"):
        open_store(read_location("https://server/in", "a:b", "c"), hosts=tmp_path)


async def test_a_key_that_may_only_read_is_told_so(tmp_path: Path, s3: S3Server) -> None:
    async with s3_ground(tmp_path, s3) as ground:
        location = replace(ground.location, user=s3.reader[0], password=s3.reader[1])
        async with closing(open_store(location, hosts=tmp_path)) as store:
            for attempt in (store.test, lambda: store.send(recording(tmp_path, 100), "a", lambda _: None)):
                with pytest.raises(StoreError, match="cannot write") as refused:
                    await attempt()
                assert not refused.value.retry


@pytest.mark.req("REC-26", "REC-30")
async def test_parts_that_nobody_will_need_are_thrown_away_with_the_file(tmp_path: Path, s3: S3Server) -> None:
    async with s3_ground(tmp_path, s3) as ground:
        source, bucket = recording(tmp_path, ground.size), ground.location.path.split("/")[1]
        ground.left = ground.size * 6 // 10
        async with closing(open_store(ground.location, hosts=tmp_path)) as store:
            with pytest.raises(StoreError):
                await store.send(source, "a", lambda _: None)
            assert await store.confirmed("a") == 8 << 20
            assert s3.admin.list_multipart_uploads(Bucket=bucket)["Uploads"]
            await store.delete("a")
            assert "Uploads" not in s3.admin.list_multipart_uploads(Bucket=bucket)
            assert await store.confirmed("a") == 0
