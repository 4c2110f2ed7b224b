"""Customers with a PIN or link whose technician is not available, where the technician's group has them not wait."""

from collections.abc import Awaitable, Callable, Iterable

from relay.permissions.service import Permissions
from relay.settings.holders import Holder, HolderKind
from relay.settings.inheritance import Held

POLICY, PAGE = "private_availability.private_policy", "private_availability.private_page"
REFUSE = "refuse"
HeldFor = Callable[[Holder, Iterable[str]], Awaitable[dict[str, Held]]]
PageInstead = Callable[[int], Awaitable[str]]
"""Gives the page that customers of a technician see instead of waiting; empty where they wait."""


def page_instead(
    permissions: Permissions, held: HeldFor, is_available: Callable[[int], Awaitable[bool]]
) -> PageInstead:
    """Return what reads it. Customers of administrators, who have no group, wait (SESS-112, SESS-113)."""

    async def read(person: int) -> str:
        group = (await permissions.held_by([person]))[person].group
        if group is None:
            return ""
        chosen = await held(Holder(HolderKind.GROUP, group), [POLICY, PAGE])
        if chosen[POLICY].value != REFUSE or await is_available(person):
            return ""
        return str(chosen[PAGE].value)

    return read


async def everyone_waits(_person: int) -> str:
    """Return that no customer sees a page instead."""
    return ""
