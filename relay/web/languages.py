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
STAFF = ("de", "en", "es", "fr", "it", "ja", "ko", "nl", "pt-BR", "th", "zh-Hans", "zh-Hant-TW")
"""Languages that staff can choose (I18N-01). One without a catalogue yet is written in the source language."""
ALIASES = {"pt-br": "pt-BR", "zh": "zh-Hans", "zh-tw": "zh-Hant-TW"}
"""Historic codes, and what they are called now (I18N-04)."""
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")
MAX_HEADER = 500


@dataclass(frozen=True)
class Language:
    """One language that pages can be shown in."""

    code: str
    name: str
    texts: gettext.NullTranslations
    written: str
    """The language in which its texts really are, for those who have pages read to them."""

    @property
    def direction(self) -> str:
        """How it is read: "ltr" or "rtl"."""
        return "rtl" if self.written in RIGHT_TO_LEFT else "ltr"

    @property
    def locale(self) -> Locale:
        """Its rules for dates and numbers."""
        return Locale.parse(self.code, sep="-")


def load_languages(folder: Path = LOCALES) -> dict[str, Language]:
    """Return every language that can be chosen: those for staff, and all that have a catalogue in `folder`."""
    found = {code: Language(code, _name(code), gettext.NullTranslations(), SOURCE) for code in STAFF}
    for file in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        code = file.parts[-3]
        found[code] = Language(code, _name(code), _texts(file), code)
    return found


def choose(asked: str | None, accepted: str, languages: Mapping[str, Language]) -> Language:
    """Return the language for a visitor: what he asked for, else what his browser accepts, else the source."""
    asked = ALIASES.get(asked or "", asked)
    if asked is not None and asked in languages:
        return languages[asked]
    wanted = [part.partition(";")[0].strip() for part in accepted[:MAX_HEADER].split(",")]
    translated = [code for code, language in languages.items() if language.written == code]
    code = negotiate_locale(wanted, translated, sep="-")
    return languages[code or SOURCE]


def _name(code: str) -> str:
    name = Locale.parse(code, sep="-").get_display_name() or code
    return name[:1].upper() + name[1:]


def _texts(file: Path) -> gettext.GNUTranslations:
    """Read a catalogue as people edit it; compiling it here leaves nothing that could be out of date."""
    with file.open("rb") as source:
        catalogue = read_po(source)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
