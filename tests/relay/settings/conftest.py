"""A small organisation: two groups in a row, one beside them, two channels, one technician, one person."""

import pytest

from relay.settings.holders import Holder, HolderEntry, HolderKind, Tree

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
            HolderEntry(ORGANISATION, "Northwind", None),
            HolderEntry(EUROPE, "Support Europe", ORGANISATION),
            HolderEntry(NETHERLANDS, "Service desk NL", EUROPE),
            HolderEntry(UTRECHT, "Utrecht", NETHERLANDS),
            HolderEntry(ASIA, "Support Asia", ORGANISATION),
            HolderEntry(PRINTERS, "Printers", ORGANISATION),
            HolderEntry(PHONES, "Phones", ORGANISATION),
            HolderEntry(LAPTOPS, "Laptops", ORGANISATION),
            HolderEntry(ANNA, "Anna", UTRECHT),
            HolderEntry(ANNA_HERSELF, "Anna", ORGANISATION),
        ]
    )
