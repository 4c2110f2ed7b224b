"""The tree as the page draws it: what is open, what is found. Pure."""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from relay.admin.navigation import name_of
from relay.organization.queries import Node
from relay.organization.seed import ROOT_NAMES
from relay.organization.units import PEOPLE, PLANNED, Unit, UnitKind
from relay.settings.sentences import Translate

AT_ONCE = 200
"""So many rows of one branch are drawn; the rest comes when it is asked for."""
MOST_FOUND = 50
MOST_OPEN = 120
"""Open branches that are remembered."""

_K = UnitKind
ICONS: Mapping[UnitKind, str] = {
    _K.MASTER_ADMINISTRATORS: "key",
    _K.ADMINISTRATORS: "user",
    _K.TECHNICIANS: "users",
    _K.CHANNELS: "channel",
    _K.EXTERNAL: "external",
    _K.COMPUTERS: "unattended",
    _K.MASTER_ADMINISTRATOR: "key",
    _K.ADMINISTRATOR: "shield",
    _K.ADMINISTRATOR_GROUP: "building",
    _K.TECHNICIAN: "user",
    _K.TECHNICIAN_GROUP: "users",
    _K.CHANNEL: "channel",
    _K.EXTERNAL_GROUP: "external",
    _K.EXTERNAL_TECHNICIAN: "invite",
    _K.COMPUTER_GROUP: "folder",
    _K.COMPUTER: "monitor",
}
_COUNTED = {
    _K.MASTER_ADMINISTRATORS: PEOPLE,
    _K.ADMINISTRATORS: PEOPLE,
    _K.ADMINISTRATOR_GROUP: PEOPLE,
    _K.TECHNICIANS: frozenset({_K.TECHNICIAN}),
    _K.TECHNICIAN_GROUP: frozenset({_K.TECHNICIAN}),
    _K.EXTERNAL: frozenset({_K.EXTERNAL_TECHNICIAN}),
    _K.EXTERNAL_GROUP: frozenset({_K.EXTERNAL_TECHNICIAN}),
}
"""Which of all that is below is counted beside a name; elsewhere it is whatever is directly below."""


@dataclass(frozen=True)
class Row:
    """One line of the tree. `name` is the unit's in addresses, `under` that of what it is under."""

    unit: Unit
    name: str
    label: str
    icon: str
    under: str
    level: int
    has_more: bool
    is_open: bool
    is_current: bool
    is_linked: bool
    is_off: bool
    count: int
    inside: "tuple[Row, ...]" = ()
    left_out: int = 0
    """How many of those inside are not drawn yet."""


@dataclass(frozen=True)
class Found:
    """One unit that a search found, and the names of all that it stands in."""

    row: Row
    path: tuple[str, ...]


@dataclass(frozen=True)
class Inside:
    """What is in a technician group, at any depth, and the channels that it serves itself."""

    technicians: int
    subgroups: int
    channels: int


def in_language(roots: Iterable[Node], say: Translate) -> tuple[Node, ...]:
    """Return the tree with its roots named for a reader; nobody can rename them, so their names are nobody's data."""
    return tuple(replace(node, name=say(ROOT_NAMES.get(node.unit.kind, node.name))) for node in roots)


def in_use(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Return the tree without the kinds of units that nothing uses yet."""
    kept = (node for node in nodes if node.unit.kind not in PLANNED)
    return tuple(replace(node, children=in_use(node.children)) for node in kept)


def path_to(roots: Iterable[Node], unit: Unit) -> tuple[Node, ...]:
    """Return the nodes from a root down to where a unit really is; empty when it is not in this tree."""
    for node in roots:
        if node.unit == unit and not node.linked:
            return (node,)
        if below := path_to(node.children, unit):
            return (node, *below)
    return ()


def rows(roots: Sequence[Node], opened: Collection[Unit], current: Unit) -> tuple[Row, ...]:
    """Return the whole tree with these branches open, and those on the way to the current unit."""
    way = {node.unit for node in path_to(roots, current)}
    return _rows(roots, {*opened, *way}, current, "", 1)


def branch(roots: Sequence[Node], unit: Unit, opened: Collection[Unit], current: Unit, start: int = 0) -> Row | None:
    """Return one branch, opened, with the rows from `start` on; None when it is not in this tree."""
    way = path_to(roots, unit)
    if not way:
        return None
    under = name_of(way[-2].unit) if len(way) > 1 else ""
    row = _row(way[-1], {*opened, unit}, current, under, len(way))
    inside = _rows(way[-1].children[start : start + AT_ONCE], opened, current, row.name, len(way) + 1)
    return replace(row, inside=inside, left_out=max(0, len(way[-1].children) - start - AT_ONCE))


def search(roots: Sequence[Node], text: str) -> tuple[list[Found], int]:
    """Return the first units with a name that contains `text`, and how many there are in all (ORG-05)."""
    wanted = _plain(text)
    found: list[Found] = []
    count = 0
    for node, path in _walk(roots, ()):
        if node.linked or wanted not in _plain(node.name):
            continue
        count += 1
        if len(found) < MOST_FOUND:
            found.append(Found(_row(node, (), Unit(UnitKind.ORGANISATION), "", 1), path))
    return found, count


def what_is_in(node: Node) -> Inside | None:
    """Return what the head of a technician group counts; None for everything else."""
    if node.unit.kind is not _K.TECHNICIAN_GROUP:
        return None
    kinds = [each.unit.kind for each in units_below(node)]
    channels = sum(child.linked and child.unit.kind is _K.CHANNEL for child in node.children)
    return Inside(kinds.count(_K.TECHNICIAN), kinds.count(_K.TECHNICIAN_GROUP), channels)


def units_below(node: Node) -> Iterator[Node]:
    """Yield all that really is below a node."""
    for child in node.children:
        if not child.linked:
            yield child
            yield from units_below(child)


def all_below(nodes: Iterable[Node], depth: int = 0) -> Iterator[tuple[Node, int]]:
    """Yield these nodes and all that really is below them, each with its depth, in the order of the tree."""
    for node in nodes:
        if not node.linked:
            yield node, depth
            yield from all_below(node.children, depth + 1)


def _rows(nodes: Sequence[Node], opened: Collection[Unit], current: Unit, under: str, level: int) -> tuple[Row, ...]:
    drawn = list(nodes[:AT_ONCE])
    drawn += [node for node in nodes[AT_ONCE:] if node.unit == current or node.unit in opened]
    return tuple(_row(node, opened, current, under, level) for node in drawn)


def _row(node: Node, opened: Collection[Unit], current: Unit, under: str, level: int) -> Row:
    is_open = bool(node.children) and node.unit in opened and not node.linked
    name = name_of(node.unit)
    inside = _rows(node.children, opened, current, name, level + 1) if is_open else ()
    return Row(
        unit=node.unit,
        name=name,
        label=node.name,
        icon=ICONS[node.unit.kind],
        under=under,
        level=level,
        has_more=bool(node.children) and not node.linked,
        is_open=is_open,
        is_current=node.unit == current and not node.linked,
        is_linked=node.linked,
        is_off=not node.active,
        count=0 if node.linked else _count(node),
        inside=inside,
        left_out=len(node.children) - len(inside) if is_open else 0,
    )


def _count(node: Node) -> int:
    counted = _COUNTED.get(node.unit.kind)
    if counted is None:
        return len(node.children)
    return sum((not child.linked and child.unit.kind in counted) + _count_in(child, counted) for child in node.children)


def _count_in(node: Node, counted: frozenset[UnitKind]) -> int:
    return sum((not child.linked and child.unit.kind in counted) + _count_in(child, counted) for child in node.children)


def _walk(nodes: Iterable[Node], path: tuple[str, ...]) -> Iterator[tuple[Node, tuple[str, ...]]]:
    for node in nodes:
        yield node, path
        yield from _walk(node.children, (*path, node.name))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
