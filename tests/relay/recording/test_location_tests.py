"""The relay tests a recording location: servers only, not its own computer, and no password goes elsewhere."""

from pathlib import Path

import pytest

from codec.stores.address_policy import anywhere, elsewhere
from codec.stores.base import CredentialsNeededError, StoreError
from relay.recording.location_tests import IsFolderError, LocationTests
from relay.settings.applied import AppliedSettings
from relay.settings.changes import Change
from relay.settings.holders import Holder, HolderKind
from relay.settings.vault import Vault
from tests.codec.stores.grounds import PASSWORD, USER
from tests.codec.stores.sftp_server import sftp_ground
from tests.relay.organization.organisations import NOW, Place


async def hashed(_secret: str) -> str:
    return ""


@pytest.mark.req("REC-13", "REC-19")
async def test_what_stands_in_the_form_is_tested_with_the_stored_password_only_at_its_own_address(
    place: Place, tmp_path: Path
) -> None:
    desk = Holder(HolderKind.GROUP, (await place.group("Desk")).id)
    vault = Vault(bytes(32), hashed)
    settings = AppliedSettings(place.transactions, vault.protect)
    tests = LocationTests(settings, vault, tmp_path / "hosts", anywhere)
    with pytest.raises(IsFolderError):
        await tests.test(desk, {})
    async with sftp_ground(tmp_path) as ground:
        url = f"sftp://127.0.0.1:{ground.location.port}/in"
        entered = {"recording.place": "sftp", "recording.url": url, "recording.user": USER}
        with pytest.raises(CredentialsNeededError):
            await tests.test(desk, entered)
        await tests.test(desk, {**entered, "recording.password": PASSWORD})
        await settings.save(place.owner, Change(desk, {**entered, "recording.password": PASSWORD}), NOW)
        await tests.test(desk, {})
        with pytest.raises(CredentialsNeededError):
            await tests.test(desk, {"recording.user": "bert"})
        async with sftp_ground(tmp_path / "other") as other:
            with pytest.raises(CredentialsNeededError) as refused:
                await tests.test(desk, {"recording.url": f"sftp://127.0.0.1:{other.location.port}/in"})
            assert PASSWORD not in str(refused.value)
        careful = LocationTests(settings, vault, tmp_path / "hosts", elsewhere())
        for host in ("127.0.0.1", "localhost", "169.254.169.254", "[::ffff:127.0.0.1]"):
            for scheme in ("sftp", "http", "ftp"):
                with pytest.raises(StoreError, match="own computer"):
                    await careful.test(desk, {"recording.place": scheme, "recording.url": f"{scheme}://{host}/"})
