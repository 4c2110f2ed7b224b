"""The organisation, applied to the store: everything that the Admin Center and the API can do to people and groups.

Each call names its actor, looks at what that actor may do at this moment, and is kept as a whole or not at all.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from relay.accounts.rules import Licence, Status
from relay.organization import assignments, editing, licence_totals, moving, queries
from relay.organization.licence_totals import Stocks
from relay.organization.queries import Node, Shown, Stock
from relay.organization.rules import Actor, NotAllowedError, Reach, WrongPlaceError, creatable
from relay.organization.transactions import Transactions
from relay.organization.tree import Drag, what_a_drag_means
from relay.organization.units import Unit, UnitKind


class Organisation:
    """People, groups, channels, outsiders and computers, as a tree.

    Every call may raise NotAllowedError and NotThereError; what else it raises stands with it.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def tree(self, actor: Actor, now: datetime) -> tuple[Node, ...]:
        """Return the roots with all that the actor may see (ORG-02, ORG-03, ORG-19)."""
        async with self._transactions.look(actor, now) as work:
            return await queries.tree(work)

    async def show(self, actor: Actor, unit: Unit, now: datetime) -> Shown:
        """Return everything about one unit that its form shows."""
        async with self._transactions.look(actor, now) as work:
            return await queries.shown(work, unit)

    async def reach(self, actor: Actor, now: datetime) -> Reach:
        """Return what the actor may arrange: which tabs and commands there are for him."""
        async with self._transactions.look(actor, now) as work:
            return work.reach

    async def licences(self, actor: Actor, now: datetime) -> Mapping[Licence, Stock]:
        """Return how many licences of each kind there are, and how many are given away (ORG-30)."""
        async with self._transactions.look(actor, now) as work:
            return await queries.licences(work)

    async def licence_totals(self, actor: Actor, now: datetime) -> Stocks:
        """Return `licences`, with the version that a save of the totals names."""
        async with self._transactions.look(actor, now) as work:
            return await licence_totals.stocks(work)

    async def set_licence_totals(
        self, actor: Actor, version: int, wanted: Mapping[Licence, int | None], now: datetime
    ) -> int:
        """Store how many licences there are of each kind, None for no limit; return the new version (COMP-27).

        For master administrators. Raises FieldError or ChangedMeanwhileError.
        """
        async with self._transactions.change(actor, now) as work:
            return await licence_totals.set_totals(work, version, wanted)

    async def creatable(self, actor: Actor, place: Unit, now: datetime) -> tuple[UnitKind, ...]:
        """Return what the actor may create at a place, in the order of the menu (ORG-11)."""
        async with self._transactions.look(actor, now) as work:
            return creatable(work.reach, place)

    async def create(
        self, actor: Actor, kind: UnitKind, place: Unit, values: Mapping[str, object], now: datetime
    ) -> Unit:
        """Make a unit at a place; `values` hold at least a name. A person may lack an address at first (EDGE-01).

        Raises WrongPlaceError, FieldError or NoLicenceLeftError.
        """
        async with self._transactions.change(actor, now) as work:
            return await editing.create(work, kind, place, values)

    async def edit(
        self,
        actor: Actor,
        unit: Unit,
        version: int,
        values: Mapping[str, object],
        now: datetime,
        *,
        revoke_keys: bool = True,
    ) -> int:
        """Store the fields that differ, and return the unit's new version. `version` is what the form was drawn with.

        Where how someone signs in changes, what opened the account before ends; the API keys too if `revoke_keys`.
        Raises FieldError, ChangedMeanwhileError, LastOneError, NoLicenceLeftError or ProofNeededError.
        """
        async with self._transactions.change(actor, now) as work:
            return await editing.edit(work, unit, version, values, revoke_keys=revoke_keys)

    async def set_status(self, actor: Actor, units: Sequence[Unit], status: Status, now: datetime) -> None:
        """Enable or disable several units together. Raises LastOneError or WrongPlaceError."""
        async with self._transactions.change(actor, now) as work:
            await editing.set_status(work, list(units), status)

    async def move(self, actor: Actor, units: Sequence[Unit], target: Unit, now: datetime) -> None:
        """Move units with all their content. Raises WrongPlaceError, CycleError or LockedError."""
        async with self._transactions.change(actor, now) as work:
            for unit in units:
                await moving.move(work, unit, target)

    async def link(self, actor: Actor, units: Sequence[Unit], target: Unit, now: datetime) -> None:
        """Assign units to a target. They stay in their place too. Raises WrongPlaceError."""
        async with self._transactions.change(actor, now) as work:
            for unit in units:
                await assignments.link(work, unit, target)

    async def unlink(self, actor: Actor, units: Sequence[Unit], target: Unit, now: datetime) -> None:
        """Unassign units from a target. Raises WrongPlaceError."""
        async with self._transactions.change(actor, now) as work:
            for unit in units:
                await assignments.unlink(work, unit, target)

    async def preview_drag(self, actor: Actor, units: Sequence[Unit], target: Unit, now: datetime) -> Drag:
        """Return what dropping these units on a target will do (EDGE-02), or raise what the drop would raise."""
        meanings = {what_a_drag_means(unit.kind, target.kind) for unit in units}
        if len(meanings) != 1 or (meaning := meanings.pop()) is None:
            raise WrongPlaceError(WrongPlaceError.__doc__)
        async with self._transactions.dry_run(actor, now) as work:
            for unit in units:
                await (moving.move if meaning is Drag.MOVE else assignments.link)(work, unit, target)
        return meaning

    async def excluded_channels(self, actor: Actor, technician: Unit, now: datetime) -> frozenset[Unit]:
        """Return the channels of their group that a technician was taken off."""
        async with self._transactions.look(actor, now) as work:
            return await queries.excluded_channels(work, technician)

    async def exclude(self, actor: Actor, technician: Unit, channel: Unit, excluded: bool, now: datetime) -> None:
        """Unassign a technician from a channel of their group, or assign them again."""
        async with self._transactions.change(actor, now) as work:
            await assignments.exclude(work, technician, channel, excluded)

    async def delete(self, actor: Actor, units: Sequence[Unit], now: datetime) -> None:
        """Remove several units. Their history is kept. Raises NotEmptyError or LastOneError."""
        if any(unit.is_root for unit in units):
            raise NotAllowedError("The top-level items of the tree cannot be removed or moved.")
        async with self._transactions.change(actor, now) as work:
            await moving.delete(work, units)
