"""Holders: whatever a setting can be chosen for, and how they stand in the organisation's tree."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from relay.settings.sentences import SaidError, Sentence, sentence
from relay.texts import _


class HolderKind(StrEnum):
    """The kinds of units that hold settings. The values are stored, and those of units are their own."""

    ORGANISATION = "organisation"
    GROUP = "technician_group"
    TECHNICIAN = "technician"
    CHANNEL = "channel"
    PERSON = "person"
    """Someone's own choices, for example the limits in the Command Center."""


class Holder(NamedTuple):
    """One unit, or person, that holds settings: its kind and its id in the store."""

    kind: HolderKind
    id: int


class UnknownUnitError(SaidError):
    """The unit is not in the tree, for example because it was deleted while its form was open."""


@dataclass(frozen=True)
class HolderEntry:
    """One unit as the organisation knows it. Groups at the top and channels have the organisation as parent."""

    unit: Holder
    name: str
    parent: Holder | None


class Tree:
    """The organisation at one moment; never changes. Made from the store's rows, cheap to ask."""

    def __init__(self, entries: Iterable[HolderEntry]) -> None:
        """Raise UnknownUnitError when a parent is missing or a unit is under itself."""
        self._entries = {entry.unit: entry for entry in entries}
        self._below: dict[Holder, list[Holder]] = {}
        for entry in self._entries.values():
            if entry.parent is not None:
                self._below.setdefault(entry.parent, []).append(entry.unit)
        self._chains: dict[Holder, tuple[Holder, ...]] = {}
        for unit in self._entries:
            self._chains[unit] = self._climb(unit)

    def __contains__(self, unit: object) -> bool:
        return unit in self._entries

    def name(self, unit: Holder) -> str:
        """Return what people call it. Raises UnknownUnitError."""
        return self._entry(unit).name

    def chain(self, unit: Holder) -> tuple[Holder, ...]:
        """Return the unit, then each parent up to the organisation. Raises UnknownUnitError."""
        self._entry(unit)
        return self._chains[unit]

    def under(self, unit: Holder) -> list[Holder]:
        """Return all units below, at any depth, parents before their children."""
        found, next_ = [], list(self._below.get(unit, ()))
        while next_:
            found += next_
            next_ = [child for parent in next_ for child in self._below.get(parent, ())]
        return found

    def all(self, kind: HolderKind) -> list[Holder]:
        """Return all units of a kind, in the order in which they were given."""
        return [unit for unit in self._entries if unit.kind is kind]

    def _entry(self, unit: Holder) -> HolderEntry:
        entry = self._entries.get(unit)
        if entry is None:
            said = _("This part of the organisation no longer exists. Choose another one in the tree.")
            raise UnknownUnitError(Sentence(said))
        return entry

    def _climb(self, unit: Holder) -> tuple[Holder, ...]:
        chain = [unit]
        while (parent := self._entry(chain[-1]).parent) is not None:
            if parent in chain:
                said = sentence(_("{unit} is under itself in the tree."), unit=self._entry(unit).name)
                raise UnknownUnitError(said)
            if (known := self._chains.get(parent)) is not None:
                return *chain, *known
            chain.append(parent)
        return tuple(chain)
