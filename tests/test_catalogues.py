"""Every text is translated, and what is made from the catalogues is current."""

import re
from pathlib import Path

import pytest

from tests.catalogues import ALL, Catalogues, read

EACH = [(catalogues, file) for catalogues in ALL for file in catalogues.files()]


@pytest.mark.parametrize(("catalogues", "file"), EACH, ids=[f"{each.name}-{file.parts[-3]}" for each, file in EACH])
def test_every_text_is_translated_and_what_is_made_of_it_is_current(catalogues: Catalogues, file: Path) -> None:
    assert [message.id for message in read(file) if not message.string] == []
    assert {written: content == written.read_bytes() for written, content in catalogues.updated(file).items()} == (
        dict.fromkeys(catalogues.updated(file), True)
    ), "run make texts"


@pytest.mark.parametrize(("catalogues", "file"), EACH, ids=[f"{each.name}-{file.parts[-3]}" for each, file in EACH])
def test_catalogues_hold_nothing_that_changes_by_itself(catalogues: Catalogues, file: Path) -> None:
    for written, content in catalogues.updated(file).items():
        assert not re.search(rb"Date: |Generated-By|Babel|\b20\d\d\b", content), written


def test_every_program_speaks_dutch() -> None:
    assert {catalogues.name for catalogues, _file in EACH} == {catalogues.name for catalogues in ALL}
