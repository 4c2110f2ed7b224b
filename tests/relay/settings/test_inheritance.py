"""Which value holds: what a unit chose, else what stands above it, else the default; and what a lock does to that."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.settings.catalogue import CATALOGUE
from relay.settings.declare import Json
from relay.settings.holders import Holder, HolderEntry, HolderKind, Tree, UnknownUnitError
from relay.settings.inheritance import LOCK, Effective, Held, Origin, Stored, held
from tests.relay.settings.conftest import ANNA, ASIA, EUROPE, NETHERLANDS, ORGANISATION, PRINTERS, UTRECHT

WAITING = "timeouts.waiting"


def test_a_value_comes_from_the_nearest_unit_that_chose_one(tree: Tree) -> None:
    stored: Stored = {ORGANISATION: {WAITING: 20}, EUROPE: {WAITING: 10}, UTRECHT: {"timeouts.active": 5}}
    assert held(CATALOGUE, tree, stored, UTRECHT, WAITING) == Held(10, Origin.INHERITED, EUROPE)
    assert held(CATALOGUE, tree, stored, EUROPE, WAITING) == Held(10, Origin.HERE, EUROPE)
    assert held(CATALOGUE, tree, stored, ASIA, WAITING) == Held(20, Origin.INHERITED, ORGANISATION)
    assert held(CATALOGUE, tree, stored, PRINTERS, WAITING) == Held(20, Origin.INHERITED, ORGANISATION)
    assert held(CATALOGUE, tree, {}, UTRECHT, WAITING) == Held(30, Origin.DEFAULT)


def test_off_and_nothing_are_choices_too(tree: Tree) -> None:
    stored: Stored = {EUROPE: {WAITING: 10, "clipboard.mode": "universal"}, UTRECHT: {WAITING: 0}}
    assert held(CATALOGUE, tree, stored, UTRECHT, WAITING) == Held(0, Origin.HERE, UTRECHT)


def test_what_does_not_inherit_is_the_unit_s_own_or_the_default(tree: Tree) -> None:
    stored = {ORGANISATION: {"technician.never_auto_start": True}}
    assert held(CATALOGUE, tree, stored, ANNA, "technician.never_auto_start") == Held(False, Origin.DEFAULT)


def test_a_lock_holds_for_everything_below_and_the_highest_counts(tree: Tree) -> None:
    stored: dict[Holder, dict[str, Json]] = {
        EUROPE: {WAITING: 10, LOCK + WAITING: True},
        NETHERLANDS: {WAITING: 5, LOCK + WAITING: True},
        UTRECHT: {WAITING: 1},
    }
    assert held(CATALOGUE, tree, stored, UTRECHT, WAITING) == Held(10, Origin.INHERITED, EUROPE, EUROPE)
    assert held(CATALOGUE, tree, stored, EUROPE, WAITING) == Held(10, Origin.HERE, EUROPE, EUROPE)
    assert held(CATALOGUE, tree, stored, ASIA, WAITING).locked_by is None
    stored[ORGANISATION] = {LOCK + WAITING: True}
    assert held(CATALOGUE, tree, stored, UTRECHT, WAITING) == Held(30, Origin.DEFAULT, None, ORGANISATION)


def test_all_values_of_a_unit_read_like_a_mapping(tree: Tree) -> None:
    values = Effective(CATALOGUE, tree, {EUROPE: {WAITING: 10}}, UTRECHT)
    assert values[WAITING] == 10
    assert WAITING in values
    assert "waiting.message" not in list(values)
    assert len(values) == len(list(values))


def test_a_broken_tree_and_a_deleted_unit_are_named() -> None:
    one, two = Holder(HolderKind.GROUP, 1), Holder(HolderKind.GROUP, 2)
    with pytest.raises(UnknownUnitError, match="under itself"):
        Tree([HolderEntry(one, "One", two), HolderEntry(two, "Two", one)])
    with pytest.raises(UnknownUnitError):
        Tree([HolderEntry(one, "One", two)])
    with pytest.raises(UnknownUnitError, match="no longer exists"):
        held(CATALOGUE, Tree([]), {}, one, WAITING)


@settings(deadline=None)
@given(st.data())
def test_inheritance_is_what_a_slow_reading_of_the_rules_gives(data: st.DataObject) -> None:
    parents = data.draw(st.lists(st.integers(0, 20), min_size=1, max_size=12))
    units = [ORGANISATION] + [Holder(HolderKind.GROUP, number) for number in range(1, len(parents))]
    entries = [
        HolderEntry(unit, str(unit.id), units[parents[place] % place] if place else None)
        for place, unit in enumerate(units)
    ]
    tree = Tree(entries)
    chosen = st.dictionaries(st.sampled_from([WAITING]), st.integers(0, 999))
    locks = st.dictionaries(st.just(LOCK + WAITING), st.just(True))
    stored = {unit: {**data.draw(chosen), **data.draw(locks)} for unit in units}
    unit = data.draw(st.sampled_from(units))

    chain = tree.chain(unit)
    locked = [each for each in chain if stored[each].get(LOCK + WAITING)]
    counting = chain[chain.index(locked[-1]) :] if locked else chain
    expected = next((stored[each][WAITING] for each in counting if WAITING in stored[each]), 30)
    found = held(CATALOGUE, tree, stored, unit, WAITING)
    assert found.value == expected
    assert found.locked_by == (locked[-1] if locked else None)
