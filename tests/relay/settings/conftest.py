"""A small organisation: two groups in a row, one beside them, two channels, one technician, one person."""

import pytest

from relay.settings.holders import Entry, Holder, HolderKind, Tree

ORGANISATION = Holder(HolderKind.ORGANISATION, 1)
EUROPE = Holder(HolderKind.GROUP, 10)
NETHERLANDS = Holder(HolderKind.GROUP, 11)
UTRECHT = Holder(HolderKind.GROUP, 12)
ASIA = Holder(HolderKind.GROUP, 20)
PRINTERS = Holder(HolderKind.CHANNEL, 1)
PHONES = Holder(HolderKind.CHANNEL, 2)
LAPTOPS = Holder(HolderKind.CHANNEL, 3)
ANNA = Holder(HolderKind.TECHNICIAN, 5)
ANNA_HERSELF = Holder(HolderKind.PERSON, 5)


@pytest.fixture
def tree() -> Tree:
    return Tree(
        [
            Entry(ORGANISATION, "Northwind", None),
            Entry(EUROPE, "Support Europe", ORGANISATION),
            Entry(NETHERLANDS, "Service desk NL", EUROPE),
            Entry(UTRECHT, "Utrecht", NETHERLANDS),
            Entry(ASIA, "Support Asia", ORGANISATION),
            Entry(PRINTERS, "Printers", ORGANISATION),
            Entry(PHONES, "Phones", ORGANISATION),
            Entry(LAPTOPS, "Laptops", ORGANISATION),
            Entry(ANNA, "Anna", UTRECHT),
            Entry(ANNA_HERSELF, "Anna", ORGANISATION),
        ]
    )
