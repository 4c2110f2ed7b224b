"""Secrets at rest, and the texts that a new organisation starts with."""

import pytest

from relay.settings.catalogue import CATALOGUE
from relay.settings.seeds import seeds
from relay.settings.vault import SealBrokenError, Vault
from relay.texts import _
from relay.web.languages import load_languages
from tests.support.passwords import quick_passwords

RECORDING = CATALOGUE.setting("recording.password")
EXPORT = CATALOGUE.setting("export.password")
MASTER = CATALOGUE.setting("sso.password")


@pytest.mark.req("REC-19", "POST-08", "SSO-19")
async def test_a_secret_is_sealed_or_hashed_and_opens_only_where_it_belongs() -> None:
    passwords = quick_passwords()
    vault = Vault(b"k" * 32, passwords.hash)
    stored = await vault.protect(RECORDING, "hunter2")
    assert "hunter2" not in repr(stored)
    assert stored != await vault.protect(RECORDING, "hunter2"), "equal secrets do not look equal"
    assert vault.open(RECORDING, stored) == "hunter2"
    assert vault.open(RECORDING, None) is None
    hashed = await vault.protect(MASTER, "correct horse battery")
    assert await passwords.verify(hashed["hashed"], "correct horse battery")
    for key, setting, value in (
        (b"k" * 32, EXPORT, stored),
        (b"x" * 32, RECORDING, stored),
        (b"k" * 32, RECORDING, {"sealed": "AAAA"}),
        (b"k" * 32, RECORDING, {"sealed": "not base 64!"}),
        (b"k" * 32, MASTER, hashed),
        (b"k" * 32, RECORDING, "hunter2"),
    ):
        with pytest.raises(SealBrokenError, match="Enter it again"):
            Vault(key, passwords.hash).open(setting, value)
    passwords.close()


@pytest.mark.req("FIELD-10")
def test_names_are_written_down_once_in_the_language_of_registration() -> None:
    dutch = seeds(CATALOGUE, load_languages()["nl"].texts.gettext)
    assert dutch["fields.name"] == "Naam"
    assert dutch["fields.5"] == "Aangepast veld 5"
    assert "$PINCODE$" in dutch["sms_invitation.below"]
    assert seeds(CATALOGUE, _) == {}
    for key, text in dutch.items():
        assert CATALOGUE.setting(key).kind.check(text) == text
