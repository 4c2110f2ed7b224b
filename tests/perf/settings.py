"""Settings of a large organisation: one value ten groups deep, the biggest form, a save to four hundred groups."""

import time
from collections.abc import Callable

from relay.settings.catalogue import CATALOGUE
from relay.settings.changes import Change, Editor, plan
from relay.settings.declare import Scope, Tab
from relay.settings.forms import form
from relay.settings.holders import Holder, HolderEntry, HolderKind, Tree
from relay.settings.inheritance import Stored, held
from relay.web.languages import load_languages
from tests.perf.table import Row

ROUNDS = 7
GROUPS, DEPTH = 400, 10
ORGANISATION = Holder(HolderKind.ORGANISATION, 1)


async def measure() -> list[Row]:
    """Measure on one thread; the best of a few rounds, because the work is the same each time."""
    groups = [Holder(HolderKind.GROUP, number) for number in range(GROUPS)]
    tree = Tree(
        [
            HolderEntry(ORGANISATION, "All", None),
            *(HolderEntry(unit, str(unit.id), _above(groups, unit)) for unit in groups),
        ]
    )
    deepest, master = groups[DEPTH - 1], Editor(1, is_master=True)
    above: Stored = {ORGANISATION: {"timeouts.waiting": 9}, **{unit: {"timeouts.active": 1} for unit in groups}}
    dutch = load_languages()["nl"].texts.gettext
    own: Stored = {unit: {"export.format": "xml", "export.user": str(unit.id)} for unit in groups}
    change = Change(groups[0], {"export.page": "https://desk.example/"}, Scope.ALL_GROUPS)
    one = _best(500, lambda: held(CATALOGUE, tree, above, deepest, "timeouts.waiting"))
    drawn = _best(2, lambda: form(CATALOGUE, tree, above, master, deepest, Tab.SETTINGS, dutch))
    saved = _best(1, lambda: plan(CATALOGUE, tree, own, master, change))
    return [
        Row("a setting, 10 groups deep", 1e6 * one, "µs", 20),
        Row("the biggest form of settings", 1e3 * drawn, "ms", 5),
        Row("a save of settings to 400 groups", 1e3 * saved, "ms", 50),
    ]


def _above(groups: list[Holder], unit: Holder) -> Holder:
    """A chain of the first ten groups; the others hang on it."""
    if unit.id == 0:
        return ORGANISATION
    return groups[unit.id - 1] if unit.id < DEPTH else groups[unit.id % DEPTH]


def _best(times: int, work: Callable[[], object]) -> float:
    """Return the seconds that one call takes."""
    found = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        for _time in range(times):
            work()
        found.append((time.perf_counter() - began) / times)
    return min(found)
