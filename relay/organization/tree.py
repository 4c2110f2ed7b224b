"""Groups that contain groups: who is below whom, what a disabled one shuts out, what a drag means. Pure."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum

from relay.organization.units import UnitKind


class Forest:
    """Nested groups of one kind: each group's parent, None at the top, and which of them are disabled."""

    def __init__(self, parents: Mapping[int, int | None], disabled: AbstractSet[int] = frozenset()) -> None:
        self._parents = parents
        self._disabled = disabled
        self._children: dict[int | None, list[int]] = {}
        for group, parent in parents.items():
            self._children.setdefault(parent, []).append(group)

    def __contains__(self, group: object) -> bool:
        return group in self._parents

    def parent(self, group: int) -> int | None:
        """Return the group that contains `group`, None at the top."""
        return self._parents[group]

    def children(self, group: int | None) -> list[int]:
        """Return the groups directly below one, or at the top."""
        return self._children.get(group, [])

    def up(self, group: int | None) -> list[int]:
        """Return the group and all that contain it, the nearest first."""
        found = []
        while group is not None:
            found.append(group)
            group = self._parents[group]
        return found

    def down(self, groups: Iterable[int]) -> frozenset[int]:
        """Return the groups and everything below them (EDGE-06)."""
        found: set[int] = set()
        waiting = [group for group in groups if group in self._parents]
        while waiting:
            group = waiting.pop()
            if group not in found:
                found.add(group)
                waiting.extend(self.children(group))
        return frozenset(found)

    def is_shut(self, group: int | None) -> bool:
        """Whether the group, or one that contains it, is disabled (EDGE-07)."""
        return any(above in self._disabled for above in self.up(group))

    def with_parent(self, group: int, parent: int | None) -> "Forest":
        """Return a forest in which a group, which may be new, is under another one."""
        return Forest({**self._parents, group: parent}, self._disabled)

    def would_cycle(self, moved: int, target: int | None) -> bool:
        """Whether `moved` would stand in itself if it were put under `target`."""
        return moved in self.up(target)


class Drag(StrEnum):
    """What dropping one unit on another does. The tree says so before it happens (EDGE-02)."""

    MOVE = "move"
    """It leaves where it was."""
    ADD = "add"
    """It is at the target's disposal too."""


_K = UnitKind
_DRAGS: Mapping[UnitKind, Mapping[UnitKind, Drag]] = {
    _K.ADMINISTRATOR: {
        _K.ADMINISTRATOR_GROUP: Drag.MOVE,
        _K.ADMINISTRATORS: Drag.MOVE,
        _K.TECHNICIAN_GROUP: Drag.ADD,
        _K.TECHNICIANS: Drag.ADD,
    },
    _K.ADMINISTRATOR_GROUP: {
        _K.ADMINISTRATOR_GROUP: Drag.MOVE,
        _K.ADMINISTRATORS: Drag.MOVE,
        _K.TECHNICIAN_GROUP: Drag.ADD,
        _K.TECHNICIANS: Drag.ADD,
    },
    _K.TECHNICIAN: {_K.TECHNICIAN_GROUP: Drag.MOVE},
    _K.TECHNICIAN_GROUP: {_K.TECHNICIAN_GROUP: Drag.MOVE, _K.TECHNICIANS: Drag.MOVE},
    _K.CHANNEL: {_K.TECHNICIAN_GROUP: Drag.ADD},
    _K.EXTERNAL_GROUP: {_K.TECHNICIAN_GROUP: Drag.ADD, _K.TECHNICIAN: Drag.ADD},
    _K.EXTERNAL_TECHNICIAN: {
        _K.EXTERNAL_GROUP: Drag.MOVE,
        _K.TECHNICIAN_GROUP: Drag.ADD,
        _K.TECHNICIAN: Drag.ADD,
    },
    _K.COMPUTER_GROUP: {_K.TECHNICIAN_GROUP: Drag.MOVE},
    _K.COMPUTER: {_K.TECHNICIAN_GROUP: Drag.ADD, _K.COMPUTER_GROUP: Drag.ADD, _K.TECHNICIAN: Drag.ADD},
}


def what_a_drag_means(kind: UnitKind, target: UnitKind) -> Drag | None:
    """Return what dropping a unit on another does; None where it does nothing (ORG-07)."""
    return _DRAGS.get(kind, {}).get(target)
