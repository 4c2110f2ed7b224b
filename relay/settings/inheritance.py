"""Which value holds for a unit, and where it comes from.

A unit that chose nothing takes what the nearest unit above it chose, up to the organisation, then the declared default.
A lock holds the value of the unit that it is on for everything below; of several, the highest counts. Locks are
stored like values, under the setting's key with `LOCK` before it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from relay.settings.catalogue import Catalogue
from relay.settings.declare import Json, Values
from relay.settings.holders import Holder, Tree

LOCK = "lock:"
Stored = Mapping[Holder, Values]
"""What units chose themselves; those that chose nothing may be missing."""
_NOTHING: Values = {}


class Origin(StrEnum):
    """Where a value comes from."""

    HERE = "here"
    INHERITED = "inherited"
    DEFAULT = "default"


@dataclass(frozen=True)
class Held:
    """A value that holds, where it comes from, and which unit's lock keeps it, if any."""

    value: Json
    source: Origin
    unit: Holder | None = None
    locked_by: Holder | None = None


def held(catalogue: Catalogue, tree: Tree, stored: Stored, unit: Holder, key: str) -> Held:
    """Return what holds for a unit. Raises UnknownSettingError, UnknownUnitError."""
    chain = tree.chain(unit) if catalogue.section(key).inherits else (unit,)
    lock = LOCK + key
    chosen_at: Holder | None = None
    value: Json = None
    locked_by: Holder | None = None
    for each in chain:
        own = stored.get(each)
        if not own:
            continue
        if own.get(lock):
            locked_by, chosen_at = each, None
        if chosen_at is None and key in own:
            chosen_at, value = each, own[key]
    if chosen_at is None:
        return Held(catalogue.setting(key).default_for(unit.kind), Origin.DEFAULT, None, locked_by)
    return Held(value, Origin.HERE if chosen_at == unit else Origin.INHERITED, chosen_at, locked_by)


class Effective(Mapping[str, Json]):
    """All values that hold for one unit, each worked out when someone asks."""

    def __init__(self, catalogue: Catalogue, tree: Tree, stored: Stored, unit: Holder) -> None:
        """Remember whom to ask about."""
        self._of = (catalogue, tree, stored, unit)

    def __getitem__(self, key: str) -> Json:
        return held(*self._of, key).value

    def __iter__(self) -> Iterator[str]:
        catalogue, _tree, _stored, unit = self._of
        return (setting.key for _section, settings in catalogue.of(unit.kind) for setting in settings)

    def __len__(self) -> int:
        return sum(1 for _key in self)


class Overlay(Mapping[Holder, Mapping[str, Json]]):
    """What is stored, with some units changed."""

    def __init__(self, below: Stored, above: Stored) -> None:
        """Keep both; what `above` says about a unit counts."""
        self._below, self._above = below, above

    def __getitem__(self, unit: Holder) -> Mapping[str, Json]:
        return self._above[unit] if unit in self._above else self._below[unit]

    def get(self, unit: Holder, default: Json = None) -> Json:
        """Return the values of a unit; spelt out because it is asked thousands of times in a save."""
        found = self._above.get(unit)
        return self._below.get(unit, default) if found is None else found

    def __iter__(self) -> Iterator[Holder]:
        return iter({**self._below, **self._above})

    def __len__(self) -> int:
        return len({**self._below, **self._above})
