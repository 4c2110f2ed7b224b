"""Sentences that are said in the reader's language: `relay.texts` marks a text, `Sentence` fills it in later."""

from collections.abc import Callable
from dataclasses import dataclass

from codec.errors import DesksideError
from relay.texts import _

Translate = Callable[[str], str]
"""A language's `gettext`."""


@dataclass(frozen=True)
class Sentence:
    """A text with gaps, and what is in them. Words in the gaps are translated if they are Sentences themselves."""

    template: str
    gaps: "tuple[tuple[str, str | int | Sentence], ...]" = ()

    def say(self, translate: Translate) -> str:
        """Return it in the language of `translate`."""
        words = {name: gap.say(translate) if isinstance(gap, Sentence) else gap for name, gap in self.gaps}
        text = translate(self.template) if self.template else ""
        return text.format_map(words) if words else text

    def __str__(self) -> str:
        return self.say(_)


def sentence(template: str, **gaps: "str | int | Sentence") -> Sentence:
    """Return the Sentence; `template` is marked with `_` where it is written."""
    return Sentence(template, tuple(gaps.items()))


class SaidError(DesksideError):
    """An error whose sentence is said in the reader's language; `str()` of it is English."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(str(said))
        self.sentence = said
