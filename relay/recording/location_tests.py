"""Tests from the relay whether recordings can go to a server, as someone has just written it into the settings.

Who may change a location decides whom the relay connects to. So the relay's own computer and what trusts it blindly is
left out unless the operator allows it, nothing of an answer is shown, and no test takes long.
"""

import asyncio
from pathlib import Path

from codec.stores.address_policy import Reach
from codec.stores.base import StoreError
from codec.stores.factory import open_store
from codec.stores.locations import read_location
from relay.recording.policy import PASSWORD, PLACE, URL, USER
from relay.settings.applied import AppliedSettings
from relay.settings.catalogue import CATALOGUE
from relay.settings.credential_binding import CredentialBinding
from relay.settings.declare import Values
from relay.settings.holders import Holder
from relay.settings.validation import RESET
from relay.settings.vault import Vault

TESTED = (PLACE, URL, USER, PASSWORD)
"""The settings that a test is about."""
LONGEST_SECONDS = 20.0
MOST_AT_ONCE = 4
_FOLDERS = ("local", "network")
_BOND = CredentialBinding(URL, USER, PASSWORD)


class IsFolderError(StoreError):
    """The relay cannot test folders. Run test-location on a technician's computer."""


class LocationTests:
    """Tests the locations of one organisation."""

    def __init__(self, settings: AppliedSettings, vault: Vault, hosts: Path, reach: Reach) -> None:
        """`hosts` is where the keys of SSH servers are remembered, `reach` says whom a test may connect to."""
        self._settings = settings
        self._vault = vault
        self._hosts = hosts
        self._reach = reach
        self._turn = asyncio.Semaphore(MOST_AT_ONCE)

    async def test(self, unit: Holder, entered: Values) -> None:
        """Test what holds for a unit once `entered`, which is checked, is saved.

        Raises BadLocationError, StoreError; IsFolderError for what only a technician's computer can test.
        """
        held = await self._settings.held(unit, TESTED)
        values = {key: each.value for key, each in held.items()}
        values |= {key: value for key, value in entered.items() if value is not RESET}
        if values[PLACE] in _FOLDERS:
            raise IsFolderError(IsFolderError.__doc__ or "", retry=False)
        location = read_location(values[URL], values[USER], self._password(values))
        async with self._turn:
            store = open_store(location, hosts=self._hosts, reach=self._reach, proxies=False)
            try:
                async with asyncio.timeout(LONGEST_SECONDS):
                    await store.test()
            except TimeoutError:
                text = f"{location.shown} takes too long to answer. Check its address, and that the server runs."
                raise StoreError(text, retry=True) from None
            finally:
                await store.close()

    def _password(self, values: Values) -> str:
        """Return what was just typed, else what is stored for this very address."""
        password = values[PASSWORD]
        if isinstance(password, str):
            return password
        return self._vault.open(CATALOGUE.setting(PASSWORD), password) or "" if _BOND.holds(values) else ""
