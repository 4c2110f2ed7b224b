"""Settings of the organisation as people and programs reach them: each call with its actor, as in `Organisation`."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from relay.organization.rules import Actor, NotAllowedError
from relay.organization.transactions import Transactions
from relay.settings.catalogue import CATALOGUE
from relay.settings.changes import Change, Plan, mark
from relay.settings.declare import Json, Section, Setting, Tab, Values
from relay.settings.forms import Form
from relay.settings.holders import Holder, HolderEntry, Tree
from relay.settings.inheritance import Held, Stored, held
from relay.settings.save_context import ORGANISATION, SaveContext, read_tree, save_context
from relay.settings.sentences import Translate
from relay.settings.service import Protect, SettingsService
from relay.settings.sql import SqlStore
from relay.settings.validation import RESET, SettingsRefusedError

_RELAY = Actor(None, "", None, "")
_ALONE = Tree([HolderEntry(ORGANISATION, "", None)])


@dataclass(frozen=True)
class Choice:
    """What holds for one setting of one unit. `mark` is what a save says that it has seen."""

    section: Section
    setting: Setting
    held: Held
    mark: str


class AppliedSettings:
    """All settings. The tree is remembered until the organisation changes."""

    def __init__(self, transactions: Transactions, protect: Protect) -> None:
        self._transactions = transactions
        self._protect = protect
        self._tree: Tree | None = None
        self._generation = transactions.generation
        self._reading = asyncio.Lock()

    async def tree(self) -> Tree:
        """Return the organisation as settings see it. One reads it after a change, the others wait for that one."""
        if self._tree is None or self._generation != self._transactions.generation:
            async with self._reading:
                generation = self._transactions.generation
                if self._tree is None or self._generation != generation:
                    async with self._transactions.read() as transaction:
                        self._tree, self._generation = await read_tree(transaction), generation
        return self._tree

    async def value(self, unit: Holder, key: str) -> Json:
        """Return what holds for a unit, for the relay itself. Raises UnknownSettingError, UnknownUnitError."""
        # What holds for everybody hangs on nothing else: strangers' requests do not read the tree for it.
        tree = _ALONE if unit == ORGANISATION else await self.tree()
        return (await self._service(_RELAY).held(tree, unit, key)).value

    async def held(self, unit: Holder, keys: Iterable[str]) -> dict[str, Held]:
        """Return what holds for several settings of a unit, and who chose it. Raises as `value`."""
        tree = await self.tree()
        tree.chain(unit)  # raises UnknownUnitError
        return (await self.held_by([unit], keys))[unit]

    async def held_by(self, units: Iterable[Holder], keys: Iterable[str]) -> dict[Holder, dict[str, Held]]:
        """`held` for many units, read at once. Those that are not there are missing."""
        tree, wanted = await self.tree(), list(keys)
        there = [unit for unit in set(units) if unit in tree]
        stored = await SqlStore(self._transactions, _RELAY).values(
            {each for unit in there for each in tree.chain(unit)}
        )
        return {unit: {key: held(CATALOGUE, tree, stored, unit, key) for key in wanted} for unit in there}

    async def around(self, actor: Actor, now: datetime) -> SaveContext:
        """Return the tree, and what the actor may change in it."""
        tree = await self.tree()
        async with self._transactions.look(actor, now) as work:
            return await save_context(work, tree)

    async def choices(self, actor: Actor, unit: Holder, now: datetime, tab: Tab | None = None) -> list[Choice]:
        """Return everything that holds for a unit. Raises NotAllowedError, UnknownUnitError."""
        around = await self._seen(actor, unit, now)
        stored: Stored = await SqlStore(self._transactions, actor).values(around.tree.chain(unit))
        own: Mapping[str, Json] = stored.get(unit, {})
        return [
            Choice(
                section,
                setting,
                held(CATALOGUE, around.tree, stored, unit, setting.key),
                mark(own.get(setting.key, RESET)),
            )
            for section, settings in CATALOGUE.of(unit.kind, tab)
            for setting in settings
        ]

    async def form(
        self,
        actor: Actor,
        unit: Holder,
        tab: Tab,
        say: Translate,
        now: datetime,
        refused: SettingsRefusedError | None = None,
        entered: Values | None = None,
        *,
        planned: bool = True,
    ) -> Form:
        """Return the form of a tab, as `SettingsService.form`. Raises NotAllowedError, UnknownUnitError."""
        around = await self._seen(actor, unit, now)
        service = self._service(actor)
        return await service.form(
            around.tree, around.editor, unit, tab, say, refused, entered, around.known, planned=planned
        )

    async def save(self, actor: Actor, change: Change, now: datetime) -> Plan:
        """Save what someone entered, as `SettingsService.save`; then nothing was saved, or all of it."""
        around = await self._seen(actor, change.unit, now)
        address = None if actor.person is None else actor.address
        service = self._service(actor, around)
        return await service.save(around.tree, around.editor, change, around.known, now, address)

    async def lock(self, actor: Actor, unit: Holder, key: str, now: datetime, *, locked: bool) -> Plan:
        """Lock a setting for everything below a unit, or unlock it. Raises NotAllowedError, ConflictError."""
        around = await self._seen(actor, unit, now)
        return await self._service(actor, around).lock(around.editor, unit, key, now, locked=locked)

    async def _seen(self, actor: Actor, unit: Holder, now: datetime) -> SaveContext:
        around = await self.around(actor, now)
        if not around.may_see(unit):
            raise NotAllowedError(NotAllowedError.__doc__)
        around.tree.chain(unit)  # raises UnknownUnitError for what is not there
        return around

    def _service(self, actor: Actor, around: SaveContext | None = None) -> SettingsService:
        store = SqlStore(self._transactions, actor, None if around is None else around.reach)
        return SettingsService(CATALOGUE, store, self._protect)
