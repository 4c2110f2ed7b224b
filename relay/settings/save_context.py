"""What a save is judged by, read from the organisation: the tree, who edits and how far he reaches, what exists."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from relay.accounts.model import OrganisationRow, PersonRow
from relay.accounts.rules import Role
from relay.organization.model import ChannelLinkRow, ChannelRow, TechnicianGroupRow
from relay.organization.rules import Actor, Reach
from relay.organization.unit_of_work import UnitOfWork
from relay.settings.changes import Editor
from relay.settings.holders import Holder, HolderEntry, HolderKind, Tree
from relay.settings.validation import Known

ORGANISATION = Holder(HolderKind.ORGANISATION, 0)
NOBODY = 0
"""The number of an editor who is no person, such as another program."""


@dataclass(frozen=True)
class SaveContext:
    """The organisation around a save at one moment."""

    tree: Tree
    editor: Editor
    reach: Reach
    known: Known

    def may_see(self, unit: Holder) -> bool:
        """Whether the settings of a unit are for this editor to see."""
        own = unit == Holder(HolderKind.PERSON, self.editor.person)
        return own if unit.kind is HolderKind.PERSON else self.editor.is_master or unit in self.editor.reach


async def save_context(work: UnitOfWork, tree: Tree) -> SaveContext:
    """Return what is around the actor who does this work."""
    actor, reach = work.actor, work.reach
    editor = Editor(_number(actor), reach.all, frozenset() if reach.all else await _within(work))
    channels = {unit.id: tree.name(unit) for unit in tree.all(HolderKind.CHANNEL)}
    return SaveContext(tree, editor, reach, {"channel": channels})


async def read_tree(transaction: AsyncSession) -> Tree:
    """Return the organisation as settings see it. People stand in it twice: as technicians, and for themselves."""
    name = await transaction.scalar(select(OrganisationRow.name))
    entries = [HolderEntry(ORGANISATION, name or "", None)]
    group, channel, person = TechnicianGroupRow, ChannelRow, PersonRow
    for number, called, parent in await transaction.execute(
        select(group.id, group.name, group.parent_id).where(group.deleted_at.is_(None)).order_by(group.id)
    ):
        above = ORGANISATION if parent is None else Holder(HolderKind.GROUP, parent)
        entries.append(HolderEntry(Holder(HolderKind.GROUP, number), called, above))
    for number, called in await transaction.execute(
        select(channel.id, channel.name).where(channel.deleted_at.is_(None)).order_by(channel.position)
    ):
        entries.append(HolderEntry(Holder(HolderKind.CHANNEL, number), called, ORGANISATION))
    for number, called, role, group_id in await transaction.execute(
        select(person.id, person.name, person.role, person.technician_group_id).where(person.deleted_at.is_(None))
    ):
        entries.append(HolderEntry(Holder(HolderKind.PERSON, number), called, ORGANISATION))
        if role == Role.TECHNICIAN and group_id is not None:
            entries.append(
                HolderEntry(Holder(HolderKind.TECHNICIAN, number), called, Holder(HolderKind.GROUP, group_id))
            )
    return Tree(entries)


def _number(actor: Actor) -> int:
    return NOBODY if actor.person is None else actor.person


async def _within(work: UnitOfWork) -> frozenset[Holder]:
    """Return what an administrator may change: groups in reach, their technicians, channels that no others serve."""
    if not work.reach.may_arrange:
        return frozenset()
    groups = work.reach.groups
    people = select(PersonRow.id).where(
        PersonRow.technician_group_id.in_(groups), PersonRow.deleted_at.is_(None), PersonRow.role == Role.TECHNICIAN
    )
    link = ChannelLinkRow
    others = select(link.channel_id).where(link.technician_group_id.not_in(groups))
    channels = select(link.channel_id).where(link.technician_group_id.in_(groups), link.channel_id.not_in(others))
    return frozenset(
        [
            *(Holder(HolderKind.GROUP, number) for number in groups),
            *(Holder(HolderKind.TECHNICIAN, number) for number in await work.transaction.scalars(people)),
            *(Holder(HolderKind.CHANNEL, number) for number in await work.transaction.scalars(channels)),
        ]
    )
