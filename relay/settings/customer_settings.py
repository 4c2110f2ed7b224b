"""What customers' programs and pages know of settings: those that are declared `for_customer`, as one struct.

For a session that came through a channel the channel's settings hold, for any other those of the group of the
technician who made its code (APP-07). `python -m relay.settings.customer_settings` writes
codec/wire/customer_settings.py, which relay and customers' programs share.
"""

import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from codec.wire.customer_settings import CustomerSettings
from relay.permissions.service import Permissions
from relay.settings.applied import AppliedSettings
from relay.settings.holders import Holder, HolderKind
from relay.settings.save_context import ORGANISATION
from relay.settings.shared_struct import as_python, chosen, settings_for_customer
from relay.store.batching import Batches
from relay.store.read_cache import ReadCache, Versioned

SettingsOfSession = Callable[[int | None, int | None], Coroutine[Any, Any, CustomerSettings]]
"""Gives what holds for a session, by the technician whose code it came by and the channel that it came through."""
DEFAULTS = CustomerSettings()


def settings_of_session(store: Versioned, permissions: Permissions, settings: AppliedSettings) -> SettingsOfSession:
    """Return what reads the settings. Where a unit is gone, the defaults hold.

    Those of technicians without a group, who are administrators, are what the organisation chose for all. Many
    customers who come together are of few units: each is read once until something is stored.
    """
    shared = settings_for_customer()
    keys = [setting.key for setting in shared]

    async def read(units: Sequence[Holder]) -> dict[Holder, CustomerSettings]:
        values = await settings.held_by(units, keys)
        return {
            unit: CustomerSettings(**chosen(shared, values[unit])) if unit in values else DEFAULTS for unit in units
        }

    known = ReadCache(store, Batches(read).get)

    async def of(technician: int | None, channel: int | None) -> CustomerSettings:
        if channel is not None:
            return await known.get(Holder(HolderKind.CHANNEL, channel))
        held = {} if technician is None else await permissions.held_by([technician])
        group = next((each.group for each in held.values()), None)
        return await known.get(ORGANISATION if group is None else Holder(HolderKind.GROUP, group))

    return of


async def nothing_chosen(_technician: int | None, _channel: int | None) -> CustomerSettings:
    """Return no choices: the defaults hold."""
    return DEFAULTS


def module() -> str:
    """Return the module that declares the struct."""
    about = "What a channel or group has chosen for its customers' side."
    values = "The values that hold. A text is empty where none was chosen."
    return as_python("CustomerSettings", about, values, settings_for_customer())


if __name__ == "__main__":
    sys.stdout.write(module())
