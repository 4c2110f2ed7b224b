"""Which technicians serve which channels: the members of the groups that a channel is assigned to (CHAN-36).

Those who were taken off a channel do not serve it, whatever their group does (CHAN-38).
"""

from collections.abc import Iterable

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from relay.accounts.eligibility import eligibilities_of
from relay.accounts.model import PersonRow
from relay.accounts.rules import Role, Status
from relay.organization.ancestry import batches
from relay.organization.model import ChannelExclusionRow, ChannelLinkRow, ChannelRow


async def channels_of(transaction: AsyncSession, people: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return the channels that each of these people serves now."""
    found: dict[int, set[int]] = {person: set() for person in people}
    for some in batches(found):
        for row in await transaction.execute(_served().where(PersonRow.id.in_(some))):
            found[row.id].add(row.channel_id)
    return {person: frozenset(channels) for person, channels in found.items()}


async def is_served(transaction: AsyncSession, channel: int) -> bool:
    """Whether anyone serves a channel who can sign in and help."""
    people = list(await transaction.scalars(serving(channel)))
    return any(each.may_serve for each in (await eligibilities_of(transaction, people)).values())


def serving(channel: int) -> Select[PersonRow]:
    """Return the query for all who serve a channel, whether or not they can sign in now."""
    served = _served().where(ChannelLinkRow.channel_id == channel).with_only_columns(PersonRow.id)
    return select(PersonRow).where(PersonRow.id.in_(served))


def _served() -> Select[int, int]:
    link, channel, taken_off = ChannelLinkRow, ChannelRow, ChannelExclusionRow
    return (
        select(PersonRow.id, link.channel_id)
        .join(link, link.technician_group_id == PersonRow.technician_group_id)
        .join(channel, channel.id == link.channel_id)
        .outerjoin(taken_off, and_(taken_off.person_id == PersonRow.id, taken_off.channel_id == channel.id))
        .where(
            PersonRow.role == Role.TECHNICIAN,
            taken_off.id.is_(None),
            channel.deleted_at.is_(None),
            channel.status == Status.ENABLED,
        )
    )
