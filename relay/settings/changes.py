"""What a save writes: for one unit, its subgroups or all; what a reset and a lock write; what the audit hears of it.

After a save to several units all of them have the same values. A unit that would inherit them anyway keeps nothing of
its own, so that a later change above still reaches it.
"""

import hashlib
import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from relay.settings.catalogue import Catalogue
from relay.settings.credential_binding import credential_bindings
from relay.settings.declare import Editors, Json, Scope, Section, Setting
from relay.settings.holders import Holder, HolderKind, Tree
from relay.settings.inheritance import LOCK, Effective, Held, Origin, Overlay, Stored, held
from relay.settings.sentences import SaidError, Sentence, sentence
from relay.settings.validation import RESET, Problem, SettingsRefusedError, broken_rules, elsewhere
from relay.texts import _


@dataclass(frozen=True)
class Editor:
    """Someone who changes settings. `reach` are the units that an administrator may change; masters reach all."""

    person: int
    is_master: bool
    reach: Container[Holder] = ()

    def may(self, section: Section, unit: Holder) -> bool:
        """Whether he may change the section for the unit."""
        match section.editors:
            case Editors.SELF:
                return unit == Holder(HolderKind.PERSON, self.person)
            case Editors.MASTERS:
                return self.is_master
            case Editors.ADMINISTRATORS:
                return self.is_master or unit in self.reach


class SettingNotAllowedError(SaidError):
    """You do not have permission to change this."""


class ConflictError(SaidError):
    """Someone changed a value since the form was opened. `keys` are the settings concerned."""

    def __init__(self, settings: Iterable[Setting]) -> None:
        concerned = list(settings)
        self.keys = tuple(setting.key for setting in concerned)
        self.fields = {setting.key: setting.label for setting in concerned}
        said = _("Someone changed “{label}” in the meantime. Check the new value, then save again. Nothing is lost.")
        super().__init__(sentence(said, label=Sentence(concerned[0].label)))


@dataclass(frozen=True)
class Write:
    """One row of the store. `old` and `new` are what is there, RESET for nothing; `was` and `becomes` what holds.

    A store carries it out only if `old` is still there, else it raises ConflictError.
    """

    unit: Holder
    key: str
    old: Json
    new: Json
    was: Json
    becomes: Json


@dataclass(frozen=True)
class Change:
    """What someone wants to save: checked values (RESET among them), how far, and the marks that his form showed."""

    unit: Holder
    values: Mapping[str, Json]
    scope: Scope = Scope.UNIT
    seen: Mapping[str, str] = field(default_factory=dict)
    confirmed: bool = False
    sections: tuple[str, ...] = ()
    """What a wide save takes along besides the sections of `values`, even if nothing in it changed."""


@dataclass(frozen=True)
class Plan:
    """What a save writes, and the units that keep their values because someone above locked them."""

    writes: tuple[Write, ...]
    skipped: tuple[tuple[Holder, str], ...] = ()


def mark(value: Json) -> str:
    """Return a short mark of what is in the store, by which a form notices that someone else was faster."""
    text = "-" if value is RESET else json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def scopes_for(section: Section, kind: HolderKind) -> tuple[Scope, ...]:
    """Return how far a save of the section can reach from a unit of this kind."""
    fits = {
        HolderKind.GROUP: (Scope.UNIT, Scope.SUBGROUPS, Scope.ALL_GROUPS),
        HolderKind.CHANNEL: (Scope.UNIT, Scope.ALL_CHANNELS),
        HolderKind.ORGANISATION: (Scope.UNIT, Scope.ALL_GROUPS, Scope.ALL_CHANNELS),
    }
    return tuple(scope for scope in section.scopes if scope in fits.get(kind, (Scope.UNIT,)))


def plan(catalogue: Catalogue, tree: Tree, stored: Stored, editor: Editor, change: Change) -> Plan:
    """Return what to write. Raises SettingNotAllowedError, ConflictError, SettingsRefusedError and UnknownUnitError."""
    _refuse_strangers(catalogue, editor, change)
    _refuse_conflicts(catalogue, stored, change)
    drawn = _Drawing(catalogue, tree, stored, editor, change)
    drawn.draw()
    drawn.judge()
    return Plan(tuple(drawn.writes), tuple(drawn.skipped))


def plan_lock(catalogue: Catalogue, stored: Stored, editor: Editor, unit: Holder, key: str, *, locked: bool) -> Plan:
    """Return what to write so that nobody below `unit` (and no administrator at it) changes the setting.

    Raises SettingNotAllowedError: only master administrators lock and unlock.
    """
    section = catalogue.section(key)
    if not editor.is_master or not section.inherits or unit.kind not in (HolderKind.ORGANISATION, HolderKind.GROUP):
        said = _("Only a master administrator can lock this, for a group or for the whole organisation.")
        raise SettingNotAllowedError(Sentence(said))
    old = stored.get(unit, {}).get(LOCK + key, RESET)
    new = True if locked else RESET
    return Plan((Write(unit, LOCK + key, old, new, old is True, locked),) if old != new else ())


def _refuse_strangers(catalogue: Catalogue, editor: Editor, change: Change) -> None:
    named = {catalogue.section(key).key for key in change.values} | set(change.sections)
    for section in [section for section in catalogue.sections if section.key in named]:
        if not editor.may(section, change.unit):
            said = _("You do not have permission to change “{section}” here. Ask a master administrator.")
            raise SettingNotAllowedError(sentence(said, section=Sentence(section.title)))
        if change.scope not in scopes_for(section, change.unit.kind):
            said = _("“{section}” must be saved for each item separately. Open that item and save it there.")
            raise SettingNotAllowedError(sentence(said, section=Sentence(section.title)))


def _refuse_conflicts(catalogue: Catalogue, stored: Stored, change: Change) -> None:
    own = stored.get(change.unit, {})
    keys = [key for key, seen in change.seen.items() if key in change.values and mark(own.get(key, RESET)) != seen]
    if keys:
        raise ConflictError(catalogue.setting(key) for key in keys)


class _Drawing:
    """One plan while it is drawn, unit by unit, parents first."""

    def __init__(self, catalogue: Catalogue, tree: Tree, stored: Stored, editor: Editor, change: Change) -> None:
        self.catalogue, self.tree, self.stored, self.editor, self.change = catalogue, tree, stored, editor, change
        self.after: dict[Holder, dict[str, Json]] = {}
        self.overlay = Overlay(stored, self.after)
        self.writes: list[Write] = []
        self.skipped: list[tuple[Holder, str]] = []

    def draw(self) -> None:
        first = self.change.unit
        bound = credential_bindings(self.catalogue)
        for key, value in sorted(self.change.values.items(), key=lambda each: each[0] in bound):
            if key in bound and value is not RESET:
                around = Effective(self.catalogue, self.tree, self.overlay, first)
                self._set(first, key, bound[key].bind(value, around))
            else:
                self._set(first, key, value)
        others = self._others()
        shown = {key: self._held(first, key).value for key in (self._carried_on() if others else ())}
        for unit in others:
            for key, wanted in shown.items():
                if self.catalogue.section(key).carries(self.catalogue.setting(key), unit.kind):
                    self._same(unit, key, wanted)

    def judge(self) -> None:
        """Hold the rules against every unit whose values change, also those that merely inherit."""
        after = self.overlay
        keys = {write.key for write in self.writes}
        here, confirmable = broken_rules(self.catalogue, self.tree, after, self.change.unit, keys)
        forbidden = list(here)
        for unit in self._affected():
            there, _confirmable = broken_rules(self.catalogue, self.tree, after, unit, keys)
            if there:
                before, _confirmable = broken_rules(self.catalogue, self.tree, self.stored, unit, keys)
                new = [each for each in there if each not in before and each not in here]
                forbidden += [elsewhere(each, self.tree.name(unit)) for each in new]
        if forbidden or (confirmable and not self.change.confirmed):
            raise SettingsRefusedError(forbidden, confirmable)

    def _set(self, unit: Holder, key: str, value: Json) -> None:
        now = self._held(unit, key)
        if self._keeps_out(now, unit):
            name = self.tree.name(now.locked_by) if now.locked_by else ""
            said = sentence(_("Locked by {unit}. Change it there."), unit=name)
            raise SettingsRefusedError([Problem(key, "locked", said)])
        self._write(unit, key, value)

    def _same(self, unit: Holder, key: str, wanted: Json) -> None:
        """Let a further unit have what the first one has now."""
        now = self._held(unit, key)
        if self._keeps_out(now, unit):
            self.skipped.append((unit, key))
        if self._keeps_out(now, unit) or (now.source is not Origin.HERE and now.value == wanted):
            return
        self._write(unit, key, RESET)
        if self._held(unit, key).value != wanted:
            self._write(unit, key, wanted)

    def _write(self, unit: Holder, key: str, new: Json) -> None:
        """Write, or take the place of what was just written for the same row."""
        old = self.stored.get(unit, {}).get(key, RESET)
        was = held(self.catalogue, self.tree, self.stored, unit, key).value
        own = self.after.setdefault(unit, dict(self.stored.get(unit, {})))
        if new is RESET:
            own.pop(key, None)
        else:
            own[key] = new
        if self.writes and (self.writes[-1].unit, self.writes[-1].key) == (unit, key):
            self.writes.pop()
        if old != new:
            self.writes.append(Write(unit, key, old, new, was, self._held(unit, key).value))

    def _held(self, unit: Holder, key: str) -> Held:
        return held(self.catalogue, self.tree, self.overlay, unit, key)

    def _keeps_out(self, now: Held, unit: Holder) -> bool:
        return now.locked_by is not None and (now.locked_by != unit or not self.editor.is_master)

    def _others(self) -> list[Holder]:
        match self.change.scope:
            case Scope.UNIT:
                found: list[Holder] = []
            case Scope.SUBGROUPS:
                found = [unit for unit in self.tree.under(self.change.unit) if unit.kind is HolderKind.GROUP]
            case Scope.ALL_GROUPS:
                found = sorted(self.tree.all(HolderKind.GROUP), key=lambda unit: len(self.tree.chain(unit)))
            case Scope.ALL_CHANNELS:
                found = self.tree.all(HolderKind.CHANNEL)
        return [unit for unit in found if unit != self.change.unit and self._reaches(unit)]

    def _reaches(self, unit: Holder) -> bool:
        return self.editor.is_master or unit in self.editor.reach

    def _carried_on(self) -> list[str]:
        """A save to several units takes the whole sections along, as the form shows them."""
        wanted = {self.catalogue.section(key).key for key in self.change.values} | set(self.change.sections)
        sections = [section for section in self.catalogue.sections if section.key in wanted]
        kind, chosen = self.change.unit.kind, self._chosen_anywhere()
        return [
            setting.key
            for section in sections
            for setting in section.settings
            if section.carries(setting, kind) and setting.key in chosen
        ]

    def _chosen_anywhere(self) -> set[str]:
        """What nobody chose needs no look at hundreds of units."""
        return {key.removeprefix(LOCK) for own in (*self.stored.values(), *self.after.values()) for key in own}

    def _affected(self) -> list[Holder]:
        touched = dict.fromkeys(write.unit for write in self.writes)
        for unit in list(touched):
            touched |= dict.fromkeys(self.tree.under(unit))
        touched.pop(self.change.unit, None)
        return list(touched)
