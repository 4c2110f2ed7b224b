"""Every catalogue of translations: `python -m tests.catalogues` collects the texts of the programs and updates them.

A tool for developers, who have Babel. People edit the .po files. The relay reads those; beside the applet's lies the
compiled form, so that a customer's computer needs no compiler; the page carries JSON. Tests prove that all are current.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from applet import texts
from codec.locations import Flaw
from relay.web import languages

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "console" / "ui" / "src"
_CALL = re.compile(r'\bt\(\s*"((?:[^"\\]|\\.)*)"')
Found = Iterator[tuple[str, str | tuple[str, ...]]]
"""File and text, for each text of a program."""


@dataclass(frozen=True)
class Catalogues:
    """The catalogues of one program. `made_from` returns what else is written from a catalogue: file → bytes."""

    name: str
    domain: str
    folder: Path
    texts: Callable[[], Found]
    made_from: Callable[[Path], dict[Path, bytes]]

    def files(self) -> list[Path]:
        """Return the catalogue of each language."""
        return sorted(self.folder.glob(f"*/LC_MESSAGES/{self.domain}.po"))

    def collect(self) -> Catalog:
        """Return all texts, with the files where they stand."""
        catalogue = Catalog(project=f"Deskside {self.name}", charset="utf-8")
        for name, text in self.texts():
            catalogue.add(text, None, [(name, 1)])
        return catalogue

    def update(self) -> None:
        """Bring every language up to date: new texts are empty, those no longer used go."""
        found = self.collect()
        for file in self.files():
            catalogue = read(file)
            catalogue.update(found, no_fuzzy_matching=True)
            with file.open("wb") as target:
                write_po(target, catalogue, width=120, ignore_obsolete=True, include_lineno=False)
            for made, content in self.made_from(file).items():
                made.write_bytes(content)


def read(file: Path) -> Catalog:
    """Return a catalogue as people edited it."""
    with file.open("rb") as source:
        return read_po(source, locale=file.parts[-3])


def _from_relay() -> Found:
    folder = ROOT / "relay" / "web" / "templates"
    options = {"**.html": {"trimmed": "true"}}
    for name, _line, text, _comments, _context in extract_from_dir(folder, [("**.html", "jinja2")], options):
        yield name, text
    for name, _line, text, _comments, _context in extract_from_dir(
        ROOT / "relay", [("**.py", "python")], keywords={"_": None}
    ):
        yield name, text
    for flaw in Flaw:
        yield "codec/locations.py", flaw.value


def _from_applet() -> Found:
    for name, _line, text, _comments, _context in extract_from_dir(
        ROOT / "applet", [("**.py", "python")], keywords={"_": None}
    ):
        yield name, text


def _from_page() -> Found:
    for file in sorted(PAGE.rglob("*.ts*")):
        for found in _CALL.finditer(file.read_text()):
            yield str(file.relative_to(PAGE)), json.loads(f'"{found[1]}"')


def _compiled(file: Path) -> dict[Path, bytes]:
    target = io.BytesIO()
    write_mo(target, read(file))
    return {file.with_suffix(".mo"): target.getvalue()}


def _as_json(file: Path) -> dict[Path, bytes]:
    translated = {message.id: message.string for message in read(file) if message.id and message.string}
    text = json.dumps(translated, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return {PAGE / "texts" / f"{file.parts[-3]}.gen.json": text.encode()}


ALL = (
    Catalogues("relay", languages.DOMAIN, languages.LOCALES, _from_relay, lambda _file: {}),
    Catalogues("applet", texts.DOMAIN, texts.LOCALES, _from_applet, _compiled),
    Catalogues("console page", "deskside-page", ROOT / "console" / "locale", _from_page, _as_json),
)


if __name__ == "__main__":
    for catalogues in ALL:
        catalogues.update()
