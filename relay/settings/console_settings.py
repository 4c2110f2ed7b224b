"""What consoles know of their group's settings: those that are declared `for_console`, as one struct.

`python -m relay.settings.console_settings` writes codec/wire/group_settings.py, which relay and console share.
"""

import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping

from codec.wire.group_settings import GroupSettings
from relay.permissions.service import Permissions
from relay.settings.applied import AppliedSettings
from relay.settings.holders import Holder, HolderKind
from relay.settings.inheritance import Held
from relay.settings.shared_struct import as_python, chosen, settings_for_console

SettingsOfPeople = Callable[[Iterable[int]], Awaitable[dict[int, GroupSettings]]]
"""Gives what holds for the groups of people."""
DEFAULTS = GroupSettings()


def group_settings(values: Mapping[str, Held]) -> GroupSettings:
    """Return what a console is told of what holds for its technician's group."""
    return GroupSettings(**chosen(settings_for_console(), values))


def settings_of_people(permissions: Permissions, settings: AppliedSettings) -> SettingsOfPeople:
    """Return what reads the settings. Administrators who serve have no group; for them the defaults hold."""
    keys = [setting.key for setting in settings_for_console()]

    async def read(people: Iterable[int]) -> dict[int, GroupSettings]:
        held = await permissions.held_by(people)
        groups = {each.group for each in held.values() if each.group is not None}
        values = await settings.held_by([Holder(HolderKind.GROUP, group) for group in groups], keys)
        of_group = {unit.id: group_settings(each) for unit, each in values.items()}
        return {
            person: of_group.get(each.group, DEFAULTS) if each.group is not None else DEFAULTS
            for person, each in held.items()
        }

    return read


def keeps_chat(settings: SettingsOfPeople) -> Callable[[int], Awaitable[bool]]:
    """Return what says of a technician whether their group keeps what is written in chats."""

    async def keeps(person: int) -> bool:
        return (await settings([person])).get(person, DEFAULTS).chat_log_keep

    return keeps


async def nothing_chosen(people: Iterable[int]) -> dict[int, GroupSettings]:
    """Return no choices: the defaults hold."""
    return dict.fromkeys(people, DEFAULTS)


def module() -> str:
    """Return the module that declares the struct."""
    about = "What a technician's group has chosen for consoles."
    values = "The values that hold. A text is empty where none was chosen: the console then has words of its own."
    return as_python("GroupSettings", about, values, settings_for_console())


if __name__ == "__main__":
    sys.stdout.write(module())
