"""Whether what someone entered can be kept: each value by its kind, references by what exists, then the rules.

All problems are found at once, so that a form shows them all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from codec.errors import DesksideError
from relay.settings.catalogue import Catalogue, UnknownSettingError
from relay.settings.declare import Json
from relay.settings.holders import Holder, HolderKind, Tree
from relay.settings.inheritance import Effective, Stored
from relay.settings.kinds import References, ValueProblemError
from relay.settings.sentences import Sentence, sentence
from relay.settings.text_kinds import Url, split_credentials
from relay.texts import _

Known = Mapping[str, Mapping[int, str]]
"""For each kind of thing that References name, those that exist and that the editor may choose: id → name."""


class Reset(Enum):
    """Instead of a value: choose nothing here, take what is above."""

    RESET = "reset"


RESET = Reset.RESET


@dataclass(frozen=True)
class Problem:
    """One thing that prevents saving. `path` says where inside a table; `code` is for programs."""

    key: str
    code: str
    sentence: Sentence
    path: str = ""


class SettingsRefusedError(DesksideError):
    """Nothing was saved. `problems` says why, for each setting; `confirmable` are those that a confirmation lifts."""

    def __init__(self, problems: Iterable[Problem], confirmable: Iterable[Problem] = ()) -> None:
        self.problems = tuple(problems)
        self.confirmable = tuple(confirmable)
        super().__init__(" ".join(str(problem.sentence) for problem in (*self.problems, *self.confirmable)))

    @property
    def fields(self) -> dict[str, str]:
        """Return what is wrong with each setting, in English."""
        return {each.key: str(each.sentence) for each in (*self.confirmable, *reversed(self.problems))}

    @property
    def is_confirmable(self) -> bool:
        """Whether a confirmation is all that is missing."""
        return not self.problems


def checked(catalogue: Catalogue, kind: HolderKind, entered: Mapping[str, Json], known: Known) -> dict[str, Json]:
    """Return the values as they are stored. RESET passes. Raises SettingsRefusedError."""
    values: dict[str, Json] = {}
    problems: list[Problem] = []
    for key, value in _spread(catalogue, entered).items():
        try:
            values[key] = _checked_one(catalogue, kind, key, value, known)
        except ValueProblemError as problem:
            problems.append(Problem(key, problem.code, problem.sentence, problem.path))
        except UnknownSettingError as error:
            problems.append(Problem(key, "unknown", error.sentence))
    if problems:
        raise SettingsRefusedError(problems)
    return values


def broken_rules(
    catalogue: Catalogue, tree: Tree, stored: Stored, unit: Holder, keys: Iterable[str]
) -> tuple[list[Problem], list[Problem]]:
    """Return what the rules say about a unit after a change of `keys`: what forbids it, and what asks for a yes."""
    keys = list(keys)
    values = Effective(catalogue, tree, stored, unit)
    forbidden: list[Problem] = []
    confirmable: list[Problem] = []
    for rule in catalogue.rules(unit.kind, keys):
        said = rule.broken(values)
        if said is not None:
            (confirmable if rule.confirm else forbidden).append(Problem(rule.field, "rule", said))
    for across in catalogue.across(unit.kind, keys):
        said = across.broken(unit, lambda each: Effective(catalogue, tree, stored, each), tree)
        if said is not None:
            forbidden.append(Problem(across.field, "rule", said))
    return forbidden, confirmable


def _checked_one(catalogue: Catalogue, kind: HolderKind, key: str, value: Json, known: Known) -> Json:
    setting, section = catalogue.setting(key), catalogue.section(key)
    if not section.carries(setting, kind):
        raise ValueProblemError("kind", Sentence(_("This cannot be set here.")))
    if value is RESET:
        return RESET
    found = setting.kind.check(value)
    if isinstance(setting.kind, References) and any(each not in known.get(setting.kind.to, {}) for each in found):
        said = _("Something that you chose no longer exists. Choose again.")
        raise ValueProblemError("gone", Sentence(said))
    return found


def _spread(catalogue: Catalogue, entered: Mapping[str, Json]) -> dict[str, Json]:
    """Move user name and password out of an address into the settings that keep them (REC-16, POST-03)."""
    values = dict(entered)
    for key, value in entered.items():
        kind = catalogue.setting(key).kind if key in catalogue else None
        if isinstance(kind, Url) and kind.password and isinstance(value, str):
            parts = split_credentials(value)
            if parts is not None:
                values |= {key: parts[0], kind.user: parts[1], kind.password: parts[2]}
    return values


def elsewhere(problem: Problem, unit_name: str) -> Problem:
    """Return a problem of another unit, so that its name is said."""
    said = sentence(_("{unit}: {problem}"), unit=unit_name, problem=problem.sentence)
    return Problem(problem.key, problem.code, said, problem.path)
