"""Languages of the pages: which one a visitor wants, its texts, and which way it is read."""

import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parents[1] / "locale"
DOMAIN = "deskside-relay"
SOURCE = "en"
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")
MAX_HEADER = 500


@dataclass(frozen=True)
class Language:
    """One language that pages can be shown in."""

    code: str
    name: str
    texts: gettext.NullTranslations

    @property
    def direction(self) -> str:
        """How it is read: "ltr" or "rtl"."""
        return "rtl" if self.code in RIGHT_TO_LEFT else "ltr"

    @property
    def locale(self) -> Locale:
        """Its rules for dates and numbers."""
        return Locale.parse(self.code)


def load_languages(folder: Path = LOCALES) -> dict[str, Language]:
    """Return every language that has a catalogue in `folder`, and the source language."""
    found = {SOURCE: Language(SOURCE, _name(SOURCE), gettext.NullTranslations())}
    for file in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        code = file.parts[-3]
        found[code] = Language(code, _name(code), _texts(file))
    return found


def choose(asked: str | None, accepted: str, languages: Mapping[str, Language]) -> Language:
    """Return the language for a visitor: what he asked for, else what his browser accepts, else the source."""
    if asked is not None and asked in languages:
        return languages[asked]
    wanted = [part.partition(";")[0].strip() for part in accepted[:MAX_HEADER].split(",")]
    code = negotiate_locale(wanted, list(languages), sep="-")
    return languages[code or SOURCE]


def _name(code: str) -> str:
    return (Locale.parse(code).get_display_name() or code).capitalize()


def _texts(file: Path) -> gettext.GNUTranslations:
    """Read a catalogue as people edit it; compiling it here leaves nothing that could be out of date."""
    with file.open("rb") as source:
        catalogue = read_po(source)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
