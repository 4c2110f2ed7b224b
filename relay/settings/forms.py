"""A form as a template draws it without thinking: sections, fields, what they show, whence it comes, what is off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from relay.settings.catalogue import Catalogue
from relay.settings.changes import Editor, mark, scopes_for
from relay.settings.compound_kinds import Column, ListOf, Table
from relay.settings.declare import Json, Scope, Section, Setting, Tab, Values
from relay.settings.holders import Holder, HolderKind, Tree
from relay.settings.inheritance import Effective, Held, Origin, Overlay, Stored, held
from relay.settings.kinds import Choice, Kept, Number, References, Several, ValueKind
from relay.settings.sentences import Sentence, Translate, sentence
from relay.settings.text_kinds import Text
from relay.settings.validation import RESET, Known, Problem
from relay.texts import _

PLANNED = _("Planned: no effect yet")
MOST_SHOWN = 3
"""Choices of more possibilities open a list."""


@dataclass(frozen=True)
class Chip:
    """Where a value comes from: `icon` and `title` as the form shows them, `detail` behind it."""

    icon: str
    title: str
    detail: str
    can_reset: bool = False


@dataclass(frozen=True)
class Possibility:
    """One option of a choice."""

    value: str
    label: str
    help: str


@dataclass(frozen=True)
class Input:
    """What a person fills in; also a cell of a table, whose own cells are `columns`."""

    widget: str
    name: str
    label: str
    unit: str = ""
    limits: str = ""
    possibilities: tuple[Possibility, ...] = ()
    columns: "tuple[Input, ...]" = ()
    attributes: tuple[tuple[str, int], ...] = ()
    page: str = ""
    is_long: bool = False
    """Whether a text has several lines."""
    most_rows: int = 0
    is_fixed: bool = False
    empty: Mapping[str, Json] = field(default_factory=dict)
    """A row of a table in which nobody wrote anything yet."""

    def rows(self, value: Sequence[Json]) -> int:
        """Return how many rows of a table to draw: those that are there, and one to write in."""
        return self.most_rows if self.is_fixed else min(len(value) + 1, self.most_rows)


@dataclass(frozen=True)
class Field:
    """One setting. `value` is None for secrets, of which `is_set` is all that is shown."""

    input: Input
    value: Json
    is_set: bool
    help: str
    chip: Chip
    disabled: str
    """Why it cannot be changed now; empty when it can."""
    note: str
    mark: str
    problem: str = ""
    is_locked: bool = False
    """Whether this very unit locks it for everything below."""
    depends: tuple[tuple[str, tuple[Json, ...]], ...] = ()
    """Other settings and the values with which this one can be changed, for someone who may."""


@dataclass(frozen=True)
class FormSection:
    """A heading and its fields."""

    key: str
    title: str
    help: str
    fields: tuple[Field, ...]
    scopes: tuple[tuple[Scope, str], ...]
    is_locked: bool
    """Whether nothing in it can be changed by this person."""


@dataclass(frozen=True)
class Form:
    """One tab for one unit."""

    unit: str
    tab: str
    sections: tuple[FormSection, ...]


def form(
    catalogue: Catalogue,
    tree: Tree,
    stored: Stored,
    editor: Editor,
    unit: Holder,
    tab: Tab,
    say: Translate,
    problems: Mapping[str, Problem] | None = None,
    entered: Values | None = None,
    known: Known | None = None,
    *,
    planned: bool = True,
) -> Form:
    """Return the form of a tab; `known` is what references can choose from. `planned`: also what has no effect yet.

    After a save that was refused, it shows the `problems` beside their settings and what was `entered`.
    """
    drawer = _Drawer(catalogue, tree, stored, editor, unit, say, problems or {}, entered or {}, known or {})
    sections = tuple(
        drawer.section(section, settings) for section, settings in catalogue.of(unit.kind, tab, planned=planned)
    )
    return Form(tree.name(unit), say(tab.value), sections)


class _Drawer:
    def __init__(
        self,
        catalogue: Catalogue,
        tree: Tree,
        stored: Stored,
        editor: Editor,
        unit: Holder,
        say: Translate,
        problems: Mapping[str, Problem],
        entered: Values,
        known: Known,
    ) -> None:
        self._catalogue, self._tree, self._stored, self._unit = catalogue, tree, stored, unit
        self._editor, self._say, self._problems, self._entered = editor, say, problems, entered
        self._known = known
        self._values = Effective(catalogue, tree, stored, unit)
        if entered:
            shown = Overlay(stored, {unit: {**stored.get(unit, {}), **entered}})
            self._values = Effective(catalogue, tree, shown, unit)

    def section(self, section: Section, settings: list[Setting]) -> FormSection:
        may = self._editor.may(section, self._unit)
        fields = tuple(self._field(setting, may=may) for setting in settings)
        scopes = self._scopes(section) if may else ()
        is_locked = not may and all(each.disabled for each in fields)
        return FormSection(section.key, self._t(section.title), self._t(section.help), fields, scopes, is_locked)

    def _field(self, setting: Setting, *, may: bool) -> Field:
        now = held(self._catalogue, self._tree, self._stored, self._unit, setting.key)
        own = self._stored.get(self._unit, {}).get(setting.key, RESET)
        problem = self._problems.get(setting.key)
        has_effect = setting.has_effect_for(self._unit.kind)
        is_changed = setting.key in self._entered
        value = self._entered[setting.key] if is_changed else now.value
        return Field(
            input=self._input(setting.key, setting.label, setting.kind, has_page=has_effect),
            value=None if setting.sensitive else value,
            is_set=value not in (None, "", []),
            help=self._t(setting.help),
            chip=self._changed(setting, now) if is_changed else self._chip(now),
            disabled=self._forbids(now, may=may) or self._waits_for(setting),
            note="" if has_effect else self._t(PLANNED),
            mark=mark(own),
            problem=problem.sentence.say(self._say) if problem else "",
            is_locked=now.locked_by == self._unit,
            depends=() if self._forbids(now, may=may) else tuple((each.key, each.values) for each in setting.when),
        )

    def _changed(self, setting: Setting, now: Held) -> Chip:
        was = sentence(_("was {value}"), value=setting.kind.show(now.value))
        return Chip("dot", self._t(_("Changed, not saved")), was.say(self._say))

    def _chip(self, now: Held) -> Chip:
        if now.locked_by is not None and now.locked_by != self._unit:
            by = sentence(_("by {unit}"), unit=self._tree.name(now.locked_by))
            return Chip("lock", self._t(_("Locked")), by.say(self._say))
        if now.source is Origin.HERE:
            return Chip("ring", self._t(_("Set here")), "", can_reset=True)
        if now.source is Origin.INHERITED and now.unit is not None:
            of = sentence(_("from {unit}"), unit=self._tree.name(now.unit))
            return Chip("inherit", self._t(_("Inherited")), of.say(self._say))
        return Chip("default", self._t(_("Default")), "")

    def _forbids(self, now: Held, *, may: bool) -> str:
        if not may:
            return self._t(_("You need more rights to change this."))
        if now.locked_by is not None and (now.locked_by != self._unit or not self._editor.is_master):
            by = sentence(_("Locked by {unit}. Change it there."), unit=self._tree.name(now.locked_by))
            return by.say(self._say)
        return ""

    def _waits_for(self, setting: Setting) -> str:
        for condition in setting.when:
            if not condition.holds(self._values):
                other = self._catalogue.setting(condition.key)
                wanted = ", ".join(_one(other.kind, value).say(self._say) for value in condition.values)
                why = sentence(_("Applies only if “{label}” is: {value}."), label=Sentence(other.label), value=wanted)
                return why.say(self._say)
        return ""

    def _input(self, name: str, label: str, kind: ValueKind, *, is_cell: bool = False, has_page: bool = False) -> Input:
        limits = kind.limits()
        columns: tuple[Column, ...] = kind.columns if isinstance(kind, Table) else ()
        if isinstance(kind, ListOf):
            columns = (Column("item", "", kind.item, None),)
        return Input(
            widget=_widget(kind, is_cell=is_cell),
            name=name,
            label=self._t(label),
            unit=self._t(kind.unit) if isinstance(kind, Number) else "",
            limits=limits.say(self._say) if limits else "",
            possibilities=self._possibilities(kind),
            columns=tuple(self._input(each.name, each.label, each.kind, is_cell=True) for each in columns),
            attributes=(("min", kind.least), ("max", kind.most)) if isinstance(kind, Number) else (),
            page=kind.page if isinstance(kind, Kept) and has_page else "",
            is_long=isinstance(kind, Text) and kind.lines != 1,
            most_rows=kind.most if isinstance(kind, Table) else 0,
            is_fixed=isinstance(kind, Table) and kind.fixed,
            empty={each.name: None if isinstance(each.kind, Number) else each.default for each in columns},
        )

    def _possibilities(self, kind: ValueKind) -> tuple[Possibility, ...]:
        if isinstance(kind, References):
            names = self._known.get(kind.to, {})
            return tuple(Possibility(str(number), name, "") for number, name in names.items())
        options = kind.options if isinstance(kind, (Choice, Several)) else ()
        return tuple(Possibility(each.value, self._t(each.label), self._t(each.help)) for each in options)

    def _scopes(self, section: Section) -> tuple[tuple[Scope, str], ...]:
        """Return the ways to save, but for those that would reach nothing more."""
        possible = [(scope, self._reached(scope)) for scope in scopes_for(section, self._unit.kind)]
        return tuple(
            (scope, self._save(scope, count))
            for scope, count in possible
            if scope is Scope.UNIT or self._adds(scope, count)
        )

    def _adds(self, scope: Scope, count: int) -> bool:
        """Whether a wider save reaches more than this unit itself."""
        own = {Scope.ALL_GROUPS: HolderKind.GROUP, Scope.ALL_CHANNELS: HolderKind.CHANNEL}.get(scope)
        return count > (1 if self._unit.kind is own else 0)

    def _save(self, scope: Scope, count: int) -> str:
        match scope, count:
            case Scope.UNIT, _anything:
                return self._t(_("Save"))
            case Scope.SUBGROUPS, 1:
                return self._t(_("Save to 1 subgroup"))
            case Scope.SUBGROUPS, _anything:
                said = _("Save to {count} subgroups")
            case Scope.ALL_GROUPS, 1:
                return self._t(_("Save to 1 group"))
            case Scope.ALL_CHANNELS, 1:
                return self._t(_("Save to 1 channel"))
            case Scope.ALL_GROUPS, _anything:
                said = _("Save to all groups ({count})")
            case _anything:
                said = _("Save to all channels ({count})")
        return sentence(said, count=count).say(self._say)

    def _reached(self, scope: Scope) -> int:
        """Return how many units a save reaches, for this editor."""
        match scope:
            case Scope.UNIT:
                return 1
            case Scope.SUBGROUPS:
                units = [unit for unit in self._tree.under(self._unit) if unit.kind is HolderKind.GROUP]
            case Scope.ALL_GROUPS:
                units = self._tree.all(HolderKind.GROUP)
            case Scope.ALL_CHANNELS:
                units = self._tree.all(HolderKind.CHANNEL)
        return sum(self._editor.is_master or unit in self._editor.reach for unit in units)

    def _t(self, text: str) -> str:
        """Translate; the empty text is a catalogue's head and stays empty."""
        return self._say(text) if text else ""


def _widget(kind: ValueKind, *, is_cell: bool) -> str:
    """A few possibilities are shown at once; many of them, and those in a table, in a list that opens."""
    is_closed = isinstance(kind, Choice) and (is_cell or len(kind.options) > MOST_SHOWN)
    return "select" if is_closed else kind.widget


def _one(kind: ValueKind, value: Json) -> Sentence:
    """Say one of the values that another setting must have."""
    return kind.show([value] if isinstance(kind, Several) else value)
