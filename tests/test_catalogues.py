"""Every text is translated, and what is made from the catalogues is current."""

from pathlib import Path

import pytest

from tests.catalogues import ALL, Catalogues, read

EACH = [(catalogues, file) for catalogues in ALL for file in catalogues.files()]


@pytest.mark.parametrize(("catalogues", "file"), EACH, ids=[f"{each.name}-{file.parts[-3]}" for each, file in EACH])
def test_every_text_is_translated_and_what_is_made_of_it_is_current(catalogues: Catalogues, file: Path) -> None:
    translated = {message.id for message in read(file) if message.id and message.string}
    assert translated == {message.id for message in catalogues.collect() if message.id}
    for made, content in catalogues.made_from(file).items():
        assert made.read_bytes() == content


def test_every_program_speaks_dutch() -> None:
    assert {catalogues.name for catalogues, _file in EACH} == {catalogues.name for catalogues in ALL}
