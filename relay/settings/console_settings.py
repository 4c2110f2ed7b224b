"""What consoles know of their group's settings: those that are declared `for_console`, as one struct.

`python -m relay.settings.console_settings` writes codec/wire/group_settings.py, which relay and console share.
"""

import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping

from codec.wire.group_settings import GroupSettings
from relay.permissions.service import Permissions
from relay.settings.applied import AppliedSettings
from relay.settings.catalogue import CATALOGUE, Catalogue
from relay.settings.declare import Setting
from relay.settings.holders import Holder, HolderKind
from relay.settings.inheritance import Held, Origin
from relay.settings.kinds import Choice, Number, Switch

SettingsOfPeople = Callable[[Iterable[int]], Awaitable[dict[int, GroupSettings]]]
"""Gives what holds for the groups of people."""
DEFAULTS = GroupSettings()
_HEAD = '''"""What a technician's group has chosen for consoles. Written from relay/settings by `make settings`."""

from msgspec import Struct


class GroupSettings(Struct, frozen=True, kw_only=True):
    """The values that hold. A text is empty where none was chosen: the console then has words of its own."""

'''


def shared(catalogue: Catalogue = CATALOGUE) -> list[Setting]:
    """Return the settings that consoles are told, in their order."""
    return [setting for section in catalogue.sections for setting in section.settings if setting.for_console]


def group_settings(values: Mapping[str, Held]) -> GroupSettings:
    """Return what a console is told of what holds for its technician's group."""
    chosen = {key: held.value for key, held in values.items() if held.source is not Origin.DEFAULT}
    return GroupSettings(**{_name(setting): chosen[setting.key] for setting in shared() if setting.key in chosen})


def settings_of_people(permissions: Permissions, settings: AppliedSettings) -> SettingsOfPeople:
    """Return what reads the settings. Administrators who serve have no group; for them the defaults hold."""
    keys = [setting.key for setting in shared()]

    async def read(people: Iterable[int]) -> dict[int, GroupSettings]:
        held = await permissions.held_by(people)
        groups = {each.group for each in held.values() if each.group is not None}
        chosen = await settings.held_by([Holder(HolderKind.GROUP, group) for group in groups], keys)
        of_group = {unit.id: group_settings(values) for unit, values in chosen.items()}
        return {
            person: of_group.get(each.group, DEFAULTS) if each.group is not None else DEFAULTS
            for person, each in held.items()
        }

    return read


async def nothing_chosen(people: Iterable[int]) -> dict[int, GroupSettings]:
    """Return no choices: the defaults hold."""
    return dict.fromkeys(people, DEFAULTS)


def as_python(catalogue: Catalogue = CATALOGUE) -> str:
    """Return the module that declares the struct."""
    return _HEAD + "".join(f"    {_name(setting)}: {_default(setting)}\n" for setting in shared(catalogue))


def _name(setting: Setting) -> str:
    return setting.key.replace(".", "_")


def _default(setting: Setting) -> str:
    match setting.kind:
        case Switch():
            return f"bool = {setting.default}"
        case Choice():
            return f'str = "{setting.default}"'
        case Number():
            return "int = 0"
        case _:
            return 'str = ""'


if __name__ == "__main__":
    sys.stdout.write(as_python())
