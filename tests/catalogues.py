"""Every catalogue of translations: `python -m tests.catalogues` collects the texts of the programs and updates them.

A tool for developers. People edit the .po files. Beside them is what a program reads: the relay has Babel and reads
the .po itself, the applet reads .mo because a customer's computer has no Babel, and JSON is built into the page. Equal
texts give equal bytes, so that two changes meet only where they change the same text. Tests prove that all is current.
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
from babel.messages.pofile import PoFileParser, write_po

from applet.ui.texts import DOMAIN as APPLET_DOMAIN
from applet.ui.texts import LOCALES as APPLET_LOCALES
from codec.stores.locations import Flaw
from relay.web import languages

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "console" / "ui" / "src"
JOIN = ROOT / "applet" / "web"
_CALL = re.compile(r'\bt\(\s*"((?:[^"\\]|\\.)*)"')
_IN_PAGE = re.compile(r"%([^%<>]+)%")
"""How the pages in applet/web mark their texts, which their build translates."""
_HEADERS = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
"""What readers need. Dates and versions would change by themselves, and the rest has never been filled in."""
Found = Iterator[tuple[str, str | tuple[str, ...]]]
"""File and text, for each text of a program."""


class Texts(Catalog):
    """A catalogue that writes only these headers."""

    def _get_kept_headers(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self._get_mime_headers() if name in _HEADERS]

    mime_headers = property(_get_kept_headers, Catalog._set_mime_headers)


@dataclass(frozen=True)
class Catalogues:
    """The catalogues of one program. `made_from` returns what else is written from a .po file: file → bytes."""

    name: str
    domain: str
    folder: Path
    texts: Callable[[], Found]
    made_from: Callable[[Path, Texts], dict[Path, bytes]]

    def files(self) -> list[Path]:
        """Return the catalogue of each language."""
        return sorted(self.folder.glob(f"*/LC_MESSAGES/{self.domain}.po"))

    def collect(self) -> Texts:
        """Return all texts, with the files that they are in."""
        catalogue = Texts(charset="utf-8")
        for name, text in self.texts():
            catalogue.add(text, None, [(name, 1)])
        return catalogue

    def updated(self, file: Path) -> dict[Path, bytes]:
        """Return a .po file and what is made from it, brought up to date: new texts are empty, unused ones are gone."""
        texts = read(file)
        texts.update(self.collect(), no_fuzzy_matching=True)
        target = io.BytesIO()
        write_po(target, texts, width=120, ignore_obsolete=True, include_lineno=False)
        return {file: target.getvalue()} | self.made_from(file, texts)


def read(file: Path) -> Texts:
    """Return a catalogue as people edited it."""
    texts = Texts(locale=file.parts[-3])
    with file.open("rb") as source:
        PoFileParser(texts).parse(source)
    return texts


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
        yield "codec/stores/locations.py", flaw.value


def _from_applet() -> Found:
    for name, _line, text, _comments, _context in extract_from_dir(
        ROOT / "applet", [("**.py", "python")], keywords={"_": None}
    ):
        yield name, text


def _from_page() -> Found:
    return _calls(PAGE)


def _from_join() -> Found:
    yield from _page_texts("index.html")
    yield from ((file, text) for file, text in _calls(JOIN / "src") if not file.startswith("check/"))


def _from_check() -> Found:
    """Return what the page that tests says beyond what it shares with the other."""
    shared = {text for _, text in _from_join()}
    for file, text in (*_page_texts("check.html"), *_calls(JOIN / "src" / "check")):
        if text not in shared:
            yield file, text


def _page_texts(page: str) -> Found:
    for text in _IN_PAGE.findall((JOIN / page).read_text()):
        yield page, text


def _calls(folder: Path) -> Found:
    for file in sorted(folder.rglob("*.ts*")):
        for found in _CALL.finditer(file.read_text()):
            yield str(file.relative_to(folder)), json.loads(f'"{found[1]}"')


def _compiled(file: Path, texts: Texts) -> dict[Path, bytes]:
    target = io.BytesIO()
    write_mo(target, texts)
    return {file.with_suffix(".mo"): target.getvalue()}


def _as_json(folder: Path) -> Callable[[Path, Texts], dict[Path, bytes]]:
    def made(file: Path, texts: Texts) -> dict[Path, bytes]:
        translated = {message.id: message.string for message in texts if message.id and message.string}
        text = json.dumps(translated, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        return {folder / f"{file.parts[-3]}.gen.json": text.encode()}

    return made


ALL = (
    Catalogues("relay", languages.DOMAIN, languages.LOCALES, _from_relay, lambda _file, _texts: {}),
    Catalogues("applet", APPLET_DOMAIN, APPLET_LOCALES, _from_applet, _compiled),
    Catalogues("console page", "deskside-page", ROOT / "console" / "locale", _from_page, _as_json(PAGE / "texts")),
    Catalogues("join page", "deskside-join", JOIN / "locale", _from_join, _as_json(JOIN / "src" / "texts")),
    Catalogues(
        "check page", "deskside-check", JOIN / "locale", _from_check, _as_json(JOIN / "src" / "check" / "texts")
    ),
)


if __name__ == "__main__":
    for catalogues in ALL:
        for file in catalogues.files():
            for written, content in catalogues.updated(file).items():
                written.write_bytes(content)
