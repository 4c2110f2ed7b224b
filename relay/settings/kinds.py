"""What a value can be: switches, numbers, choices, times, colours, and references to other things.

Every kind promises the same: `check` returns the value as it is stored, or raises ValueProblemError with a sentence for
the person at the form; `schema` is its JSON schema; `limits` and `show` say in words what is accepted and chosen.
Checking what was checked changes nothing. `written` and `composed` hold the further kinds.
"""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

from relay.settings.sentences import SaidError, Sentence, sentence
from relay.texts import _

Json = Any


class ValueProblemError(SaidError):
    """A value cannot be used. `sentence` says why and what to do, `path` where inside a table or list."""

    def __init__(self, code: str, text: Sentence, path: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.path = path


class ValueKind(ABC):
    """One kind of value."""

    widget: ClassVar[str]
    """The name of the macro that draws it."""
    sensitive: ClassVar[bool] = False
    is_elsewhere: ClassVar[bool] = False
    """Whether it has a page of its own and no value here."""

    @abstractmethod
    def check(self, value: Json) -> Json:
        """Return the value as it is stored. Raises ValueProblemError."""

    @abstractmethod
    def schema(self) -> dict[str, Json]:
        """Return the JSON schema of what `check` accepts."""

    def limits(self) -> Sentence | None:
        """Return what is accepted, in words, where the form does not show it by itself."""
        return None

    def show(self, value: Json) -> Sentence:
        """Return a value in words, for documents and for the audit."""
        return Sentence(_("nothing")) if value in (None, "", [], {}) else sentence("{value}", value=str(value))


@dataclass(frozen=True)
class Switch(ValueKind):
    """On or off."""

    widget: ClassVar[str] = "switch"

    def check(self, value: Json) -> bool:
        """Accept true and false, nothing that merely looks like them."""
        if not isinstance(value, bool):
            raise ValueProblemError("type", Sentence(_("Choose on or off.")))
        return value

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        return {"type": "boolean"}

    def show(self, value: Json) -> Sentence:
        """Return the value in words."""
        return Sentence(_("on") if value else _("off"))


MINUTES = _("minutes")
SECONDS = _("seconds")
DAYS = _("days")
PIXELS = _("pixels")
SESSIONS = _("sessions")
REQUESTS = _("requests")
MESSAGES = _("messages")
PLAIN = ""


@dataclass(frozen=True)
class Number(ValueKind):
    """A whole number. `zero` says what 0 means, where it is special; `most_means` likewise for the greatest."""

    least: int
    most: int
    unit: str = PLAIN
    zero: str = ""
    most_means: str = ""
    optional: bool = False
    widget: ClassVar[str] = "number"

    def check(self, value: Json) -> int | None:
        """Accept a whole number between the limits; nothing at all only where that is allowed."""
        if value is None and self.optional:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            text = _("Enter a whole number from {least} to {most}.")
            raise ValueProblemError("number", sentence(text, least=self.least, most=self.most))
        return value

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        kind = ["integer", "null"] if self.optional else "integer"
        return {"type": kind, "minimum": self.least, "maximum": self.most}

    def limits(self) -> Sentence | None:
        """Return the limits in words."""
        if self.zero:
            text = _("{least} to {most}. 0 means {zero}")
            return sentence(text, least=self.least, most=self.most, zero=Sentence(self.zero))
        return sentence(_("{least} to {most}"), least=self.least, most=self.most)

    def show(self, value: Json) -> Sentence:
        """Return the value in words, with its unit."""
        if value is None:
            return Sentence(_("nothing"))
        if value == 0 and self.zero:
            return Sentence(self.zero)
        if value == self.most and self.most_means:
            return Sentence(self.most_means)
        return sentence("{value} {unit}", value=value, unit=Sentence(self.unit)) if self.unit else Sentence(str(value))


@dataclass(frozen=True)
class Option:
    """One possibility of a choice."""

    value: str
    label: str
    help: str = ""


@dataclass(frozen=True)
class Choice(ValueKind):
    """Exactly one of a few possibilities."""

    options: tuple[Option, ...]
    widget: ClassVar[str] = "choice"

    def check(self, value: Json) -> str:
        """Accept the value of one of the options."""
        for option in self.options:
            if option.value == value:
                return option.value
        raise ValueProblemError("choice", Sentence(_("Choose one of the options shown.")))

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        return {"enum": [option.value for option in self.options]}

    def show(self, value: Json) -> Sentence:
        """Return the label of the option."""
        return Sentence(next((option.label for option in self.options if option.value == value), str(value)))


@dataclass(frozen=True)
class Several(ValueKind):
    """Any of a few possibilities, also none unless `least` asks for some."""

    options: tuple[Option, ...]
    least: int = 0
    widget: ClassVar[str] = "several"

    def check(self, value: Json) -> list[str]:
        """Accept a list of options, each once; keeps the order of the declaration."""
        known = [option.value for option in self.options]
        if not isinstance(value, list) or any(each not in known for each in value):
            raise ValueProblemError("choice", Sentence(_("Choose from the options shown.")))
        if len(set(value)) < self.least:
            raise ValueProblemError("choice", Sentence(_("Choose at least one.")))
        return [each for each in known if each in value]

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        items = {"enum": [option.value for option in self.options]}
        return {"type": "array", "items": items, "uniqueItems": True, "minItems": self.least}

    def show(self, value: Json) -> Sentence:
        """Return the labels."""
        labels = [Sentence(option.label) for option in self.options if option.value in (value or ())]
        if not labels:
            return Sentence(_("none"))
        names = [f"l{number}" for number in range(len(labels))]
        text = ", ".join(f"{{{name}}}" for name in names)
        return Sentence(text, tuple(zip(names, labels, strict=True)))


_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\Z")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]\Z")


@dataclass(frozen=True)
class Colour(ValueKind):
    """A colour, as six hexadecimal digits."""

    widget: ClassVar[str] = "colour"

    def check(self, value: Json) -> str:
        """Accept #RRGGBB in any case; capitals are kept."""
        if not isinstance(value, str) or not _COLOUR.match(value):
            raise ValueProblemError("colour", Sentence(_("Enter a colour as # and six digits, for example #2961CE.")))
        return value.upper()

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        return {"type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"}


@dataclass(frozen=True)
class TimeOfDay(ValueKind):
    """A time of day, in steps of so many minutes."""

    step: int = 1
    widget: ClassVar[str] = "time"

    def check(self, value: Json) -> str:
        """Accept HH:MM."""
        if not isinstance(value, str) or not _TIME.match(value) or int(value[3:]) % self.step:
            example = "16:30" if self.step > 1 else "08:45"
            raise ValueProblemError("time", sentence(_("Enter a time of day, for example {example}."), example=example))
        return value

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        return {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}


@dataclass(frozen=True)
class Day(ValueKind):
    """A day of the calendar."""

    widget: ClassVar[str] = "date"

    def check(self, value: Json) -> str:
        """Accept YYYY-MM-DD."""
        try:
            if isinstance(value, str) and len(value) == len("2026-12-25"):
                return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
        raise ValueProblemError("date", sentence(_("Enter a date, for example {example}."), example="2026-12-25"))

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        return {"type": "string", "format": "date"}


@dataclass(frozen=True)
class TimeZone(ValueKind):
    """A time zone of the IANA list."""

    widget: ClassVar[str] = "time_zone"

    def check(self, value: Json) -> str:
        """Accept a name of the list, for example Europe/Amsterdam."""
        if not isinstance(value, str) or value not in _zones():
            text = _("Choose a time zone from the list, for example Europe/Amsterdam.")
            raise ValueProblemError("time_zone", Sentence(text))
        return value

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        return {"type": "string", "examples": ["UTC", "Europe/Amsterdam"]}


@dataclass(frozen=True)
class References(ValueKind):
    """Other things of the organisation, by id: channels, groups, collections. `most` of 1 makes it a single choice.

    Whether they exist is for code that knows the organisation: see `validation`.
    """

    to: str
    most: int = 1_000
    widget: ClassVar[str] = "references"

    def check(self, value: Json) -> list[int]:
        """Accept a list of ids, each once; their order means nothing."""
        is_list = isinstance(value, list) and all(
            isinstance(each, int) and not isinstance(each, bool) and each > 0 for each in value
        )
        if not is_list:
            raise ValueProblemError("references", Sentence(_("Choose from the list.")))
        unique = sorted(set(value))
        if len(unique) > self.most:
            raise ValueProblemError("too_many", sentence(_("Choose at most {most}."), most=self.most))
        return unique

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        items = {"type": "integer", "minimum": 1}
        return {"type": "array", "items": items, "uniqueItems": True, "maxItems": self.most, "x-refers-to": self.to}

    def show(self, value: Json) -> Sentence:
        """Return the ids; names are for code that knows the organisation."""
        return Sentence(", ".join(f"#{each}" for each in value)) if value else Sentence(_("none"))


@dataclass(frozen=True)
class Kept(ValueKind):
    """A list that has a page and tables of its own, such as access points or scripts; the form only leads there."""

    page: str
    widget: ClassVar[str] = "kept"
    is_elsewhere: ClassVar[bool] = True

    def check(self, value: Json) -> None:
        """Refuse every value: it is changed on its own page."""
        raise ValueProblemError("elsewhere", Sentence(_("This list has its own page. Change it there.")))

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema: nothing fits."""
        return {"not": {}}


@cache
def _zones() -> frozenset[str]:
    """Read the list once, and only if someone asks: it costs 20 ms."""
    return frozenset(available_timezones())
