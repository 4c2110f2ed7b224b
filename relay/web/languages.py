"""Languages of the pages: those that are complete, which of them a visitor wants, and which way each is read.

A language is offered when its catalogue has every text (I18N-01); nothing else lists them.
"""

import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parents[1] / "locale"
DOMAIN = "deskside-relay"
SOURCE = "en"
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

    @property
    def direction(self) -> str:
        """How it is read: "ltr" or "rtl"."""
        return "rtl" if self.code in RIGHT_TO_LEFT else "ltr"

    @property
    def locale(self) -> Locale:
        """Its rules for dates and numbers."""
        return Locale.parse(self.code, sep="-")


def load_languages(folder: Path = LOCALES) -> dict[str, Language]:
    """Return the source language, and every language whose catalogue in `folder` is complete."""
    found = {SOURCE: Language(SOURCE, _name(SOURCE), gettext.NullTranslations())}
    for file in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        with file.open("rb") as source:
            catalogue = read_po(source)
        if _is_complete(catalogue):
            code = file.parts[-3]
            found[code] = Language(code, _name(code), _compiled(catalogue))
    return found


def choose(asked: str | None, accepted: str, languages: Mapping[str, Language]) -> Language:
    """Return the language for a visitor: the one they asked for, else the best their browser accepts, else the source.

    `accepted` is an Accept-Language header (RFC 9110, 12.5.4).
    """
    asked = ALIASES.get(asked or "", asked)
    if asked is not None and asked in languages:
        return languages[asked]
    wanted = [ALIASES.get(code.lower(), code) for code in _accepted(accepted[:MAX_HEADER])]
    return languages[negotiate_locale(wanted, list(languages), sep="-") or SOURCE]


def _accepted(header: str) -> list[str]:
    """Return the languages of a header, the most wanted first; what has the weight 0 is not acceptable."""
    weighted = []
    for part in header.split(","):
        code, *parameters = (each.strip() for each in part.split(";"))
        weight = next((_weight(each[2:]) for each in parameters if each.startswith("q=")), 1.0)
        if code and weight > 0:
            weighted.append((-weight, code))
    return [code for _weight_, code in sorted(weighted, key=lambda each: each[0])]


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _name(code: str) -> str:
    name = Locale.parse(code, sep="-").get_display_name() or code
    return name[:1].upper() + name[1:]


def _is_complete(catalogue: Catalog) -> bool:
    """Whether every text is translated; one of several forms, in each of them."""
    for message in catalogue:
        forms = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        if message.id and (message.fuzzy or not all(forms)):
            return False
    return True


def _compiled(catalogue: Catalog) -> gettext.GNUTranslations:
    """Compile a catalogue as people edit it; done here, nothing is left that could be out of date."""
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
