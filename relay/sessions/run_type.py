"""What a technician's sessions start as: the run type of their group."""

from collections.abc import Awaitable, Callable, Iterable

from relay.permissions.service import Permissions
from relay.settings.applied import AppliedSettings
from relay.settings.holders import Holder, HolderKind

StartsAsChat = Callable[[Iterable[int]], Awaitable[frozenset[int]]]
"""Gives those of these people whose sessions start as a chat."""
RUN_TYPE, INSTANT_CHAT = "applet.run_type", "instant_chat"


async def nobodys_chats(people: Iterable[int]) -> frozenset[int]:
    """Return nobody: the default holds."""
    del people
    return frozenset()


def starts_as_chat(permissions: Permissions, settings: AppliedSettings) -> StartsAsChat:
    """Return what reads the settings. Administrators who serve have no group; for them the default holds."""

    async def read(people: Iterable[int]) -> frozenset[int]:
        groups = {person: held.group for person, held in (await permissions.held_by(people)).items()}
        wanted = {Holder(HolderKind.GROUP, group) for group in groups.values() if group is not None}
        chosen = await settings.held_by(wanted, (RUN_TYPE,)) if wanted else {}
        chatting = {unit.id for unit, held in chosen.items() if held[RUN_TYPE].value == INSTANT_CHAT}
        return frozenset(person for person, group in groups.items() if group in chatting)

    return read
