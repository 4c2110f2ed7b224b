"""A small organisation: two groups in a row, one beside them, two channels, one technician, one person."""

import pytest

from relay.settings.units import Entry, Kind, Tree, Unit

ORGANISATION = Unit(Kind.ORGANISATION, 1)
EUROPE = Unit(Kind.GROUP, 10)
NETHERLANDS = Unit(Kind.GROUP, 11)
UTRECHT = Unit(Kind.GROUP, 12)
ASIA = Unit(Kind.GROUP, 20)
PRINTERS = Unit(Kind.CHANNEL, 1)
PHONES = Unit(Kind.CHANNEL, 2)
LAPTOPS = Unit(Kind.CHANNEL, 3)
ANNA = Unit(Kind.TECHNICIAN, 5)
ANNA_HERSELF = Unit(Kind.PERSON, 5)


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
