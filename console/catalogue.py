"""Collects every text of the page: `python -m console.catalogue` updates console/locale and the page's own copies.

Texts are the first arguments of `t("…")` in the TypeScript. People translate the .po files; the page takes
`src/texts/<code>.gen.json`, which a test proves to be current. Needs Babel, which only developers have.
"""

import json
import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

DOMAIN = "deskside-page"
LOCALES = Path(__file__).parent / "locale"
SOURCE = Path(__file__).parent / "ui" / "src"
_CALL = re.compile(r'\bt\(\s*"((?:[^"\\]|\\.)*)"')


def collect() -> Catalog:
    """Return every text of the page, with the file where it stands."""
    catalogue = Catalog(project="Deskside console page", charset="utf-8")
    for file in sorted(SOURCE.rglob("*.ts*")):
        for found in _CALL.finditer(file.read_text()):
            catalogue.add(json.loads(f'"{found[1]}"'), None, [(str(file.relative_to(SOURCE)), 1)])
    return catalogue


def for_page(file: Path) -> str:
    """Return the JSON that the page takes from a catalogue: text → translation."""
    with file.open("rb") as source:
        texts = {message.id: message.string for message in read_po(source) if message.id and message.string}
    return json.dumps(texts, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def update(folder: Path = LOCALES) -> None:
    """Bring each catalogue and its copy for the page up to date."""
    found = collect()
    for file in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        with file.open("rb") as source:
            catalogue = read_po(source, locale=file.parts[-3])
        catalogue.update(found, no_fuzzy_matching=True)
        with file.open("wb") as target:
            write_po(target, catalogue, width=120, ignore_obsolete=True, include_lineno=False)
        (SOURCE / "texts" / f"{file.parts[-3]}.gen.json").write_text(for_page(file))


if __name__ == "__main__":
    update()
