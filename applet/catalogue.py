"""Collects every text of the applet: `python -m applet.catalogue` updates the catalogues in applet/locale.

The compiled catalogues lie beside the ones that people edit, so that an applet needs no compiler; a test proves that
they are current. Needs Babel, which only developers have.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from applet.texts import DOMAIN, LOCALES

_PROGRAM = Path(__file__).parent


def collect() -> Catalog:
    """Return every text of the program, with the file where it stands."""
    catalogue = Catalog(project="Deskside applet", charset="utf-8")
    for name, line, message, comments, context in extract_from_dir(
        _PROGRAM, [("**.py", "python")], keywords={"_": None}
    ):
        catalogue.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalogue


def compiled(file: Path) -> bytes:
    """Return the compiled form of a catalogue."""
    with file.open("rb") as source:
        catalogue = read_po(source)
    target = io.BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def update(folder: Path = LOCALES) -> None:
    """Bring each catalogue up to date: new texts are empty, those no longer used go."""
    found = collect()
    for file in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        with file.open("rb") as source:
            catalogue = read_po(source, locale=file.parts[-3])
        catalogue.update(found, no_fuzzy_matching=True)
        with file.open("wb") as target:
            write_po(target, catalogue, width=120, ignore_obsolete=True, include_lineno=False)
        file.with_suffix(".mo").write_bytes(compiled(file))


if __name__ == "__main__":
    update()
