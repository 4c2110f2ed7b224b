"""Collects every text of the relay's pages: `python -m relay.web.extract` updates the catalogues in relay/locale."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from relay.web.languages import DOMAIN, LOCALES

TEMPLATES = Path(__file__).parent / "templates"


def collect() -> Catalog:
    """Return the texts of all templates, with the places where they stand."""
    catalogue = Catalog(project="Deskside relay", charset="utf-8")
    methods, options = [("**.html", "jinja2")], {"**.html": {"trimmed": "true"}}
    for name, line, message, comments, context in extract_from_dir(TEMPLATES, methods, options):
        catalogue.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalogue


def update(folder: Path = LOCALES) -> None:
    """Bring each catalogue up to date: new texts are empty, those no longer used go."""
    found = collect()
    for file in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        with file.open("rb") as source:
            catalogue = read_po(source, locale=file.parts[-3])
        catalogue.update(found, no_fuzzy_matching=True)
        with file.open("wb") as target:
            write_po(target, catalogue, width=120, ignore_obsolete=True, omit_header=False, include_lineno=False)


if __name__ == "__main__":
    update()
