"""The page's catalogues are complete, and what the page carries is what people translated."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from console.catalogue import DOMAIN, LOCALES, SOURCE, collect, for_page

CATALOGUES = sorted(LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.parts[-3])
def test_every_text_of_the_page_is_translated(file: Path) -> None:
    with file.open("rb") as source:
        translated = {message.id for message in read_po(source) if message.id and message.string}
    assert {message.id for message in collect() if message.id} == translated


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.parts[-3])
def test_the_page_carries_the_current_translations(file: Path) -> None:
    assert (SOURCE / "texts" / f"{file.parts[-3]}.gen.json").read_text() == for_page(file)
