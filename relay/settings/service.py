"""Reading and saving settings, whatever keeps them. The organisation's tables join through `SettingsStore`."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from relay.settings.audit import Difference, differences
from relay.settings.catalogue import Catalogue
from relay.settings.changes import Change, Editor, Plan, Write, plan, plan_lock
from relay.settings.declare import Json, Scope, Setting, Tab, Values
from relay.settings.forms import Form, form
from relay.settings.holders import Holder, Tree
from relay.settings.inheritance import Held, Overlay, Stored, held
from relay.settings.network_rules import allows
from relay.settings.sentences import Sentence, Translate
from relay.settings.validation import RESET, Known, Problem, SettingsRefusedError, checked
from relay.texts import _

Protect = Callable[[Setting, str], Awaitable[Json]]
"""Turns a secret into what may be stored; `vault` does it."""


@dataclass(frozen=True)
class Batch:
    """One save: its rows, and what the audit records of it. Both are kept in one transaction, or neither."""

    writes: tuple[Write, ...]
    differences: tuple[Difference, ...]
    by: int
    at: datetime


class SettingsStore(Protocol):
    """What keeps the values."""

    async def values(self, units: Iterable[Holder]) -> Stored:
        """Return what these units chose; a unit that chose nothing may be missing."""
        ...

    async def write(self, batch: Batch) -> None:
        """Carry out all writes, or none: raise ConflictError when `old` of one is no longer there."""
        ...


@dataclass(frozen=True)
class SettingsService:
    """Settings of one organisation."""

    catalogue: Catalogue
    store: SettingsStore
    protect: Protect

    async def held(self, tree: Tree, unit: Holder, key: str) -> Held:
        """Return what holds for a unit. Raises UnknownSettingError, UnknownUnitError."""
        stored = await self.store.values(self._above(tree, unit))
        return held(self.catalogue, tree, stored, unit, key)

    async def form(
        self,
        tree: Tree,
        editor: Editor,
        unit: Holder,
        tab: Tab,
        say: Translate,
        refused: SettingsRefusedError | None = None,
        entered: Values | None = None,
        known: Known | None = None,
        *,
        planned: bool = True,
    ) -> Form:
        """Return the form of a tab, with what is `planned` or without.

        After a refused save it shows what was `entered`, and the problems beside it.
        """
        stored = await self.store.values(self._above(tree, unit))
        filled_in = (entered or {}).items()
        shown = {key: value for key, value in filled_in if self._is_shown(key) and value is not RESET}
        problems = {each.key: each for each in (*refused.confirmable, *reversed(refused.problems))} if refused else {}
        return form(self.catalogue, tree, stored, editor, unit, tab, say, problems, shown, known, planned=planned)

    async def save(
        self, tree: Tree, editor: Editor, change: Change, known: Known, at: datetime, address: str | None = None
    ) -> Plan:
        """Save what someone entered; `address` is where he sits, so that he does not shut himself out unawares.

        Raises NotAllowedError, ConflictError, SettingsRefusedError, UnknownUnitError; then nothing was saved.
        """
        values = await self._protected(checked(self.catalogue, change.unit.kind, change.values, known))
        change = replace(change, values=values)
        stored = await self.store.values(self._concerned(tree, change))
        made = plan(self.catalogue, tree, stored, editor, change)
        if address is not None and not change.confirmed:
            self._warn_of_shutting_out(tree, stored, change, address)
        await self._write(made, editor, at)
        return made

    async def lock(self, editor: Editor, unit: Holder, key: str, at: datetime, *, locked: bool) -> Plan:
        """Lock a setting for everything below a unit, or unlock it. Raises NotAllowedError, ConflictError."""
        stored = await self.store.values([unit])
        made = plan_lock(self.catalogue, stored, editor, unit, key, locked=locked)
        await self._write(made, editor, at)
        return made

    async def _write(self, made: Plan, editor: Editor, at: datetime) -> None:
        if made.writes:
            found = tuple(differences(self.catalogue, made.writes))
            await self.store.write(Batch(made.writes, found, editor.person, at))

    async def _protected(self, values: Mapping[str, Json]) -> dict[str, Json]:
        settings = {key: self.catalogue.setting(key) for key in values}
        return {
            key: await self.protect(settings[key], value)
            if settings[key].sensitive and isinstance(value, str)
            else value
            for key, value in values.items()
        }

    def _is_shown(self, key: str) -> bool:
        return key in self.catalogue and not self.catalogue.setting(key).sensitive

    def _warn_of_shutting_out(self, tree: Tree, stored: Stored, change: Change, address: str) -> None:
        keys = ("addresses.access", "addresses.exceptions")
        if set(keys).isdisjoint(change.values):
            return
        after = Overlay(stored, {change.unit: {**stored.get(change.unit, {}), **_chosen(change.values)}})
        access, exceptions = (held(self.catalogue, tree, after, change.unit, key).value for key in keys)
        if not allows(access, exceptions, address):
            said = _("You would lock yourself out, because your own network address could no longer sign in.")
            raise SettingsRefusedError((), [Problem(keys[1], "shut_out", Sentence(said))])

    @staticmethod
    def _above(tree: Tree, unit: Holder) -> tuple[Holder, ...]:
        return tree.chain(unit) if unit in tree else (unit,)

    def _concerned(self, tree: Tree, change: Change) -> set[Holder]:
        """Every unit that the save or its rules may look at."""
        is_wide = change.scope in (Scope.ALL_GROUPS, Scope.ALL_CHANNELS)
        first = tree.all(change.unit.kind) if is_wide or self._looks_across(change) else [change.unit]
        below = [each for unit in first for each in tree.under(unit)]
        return {above for unit in (*first, *below, change.unit) for above in self._above(tree, unit)}

    def _looks_across(self, change: Change) -> bool:
        return bool(self.catalogue.across(change.unit.kind, change.values))


def _chosen(values: Values) -> dict[str, Json]:
    return {key: value for key, value in values.items() if value is not RESET}
