"""Keys that are lent to symbols which the customer's keyboard lacks. Pure."""

from functools import partial
from operator import gt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applet.input.keymap import EMPTY, LOCK, SHIFT, Keymap, KeyType, MappedKey
from applet.input.spare_keys import SpareKeys

LEVEL3 = 128
ONE = KeyType(0, 1, {})
ALPHABETIC = KeyType(SHIFT | LOCK, 2, {SHIFT: 1, LOCK: 1})
FOUR = KeyType(
    SHIFT | LOCK | LEVEL3,
    4,
    {SHIFT: 1, LOCK: 1, LEVEL3: 2, LEVEL3 | SHIFT: 3, LEVEL3 | LOCK: 3, LEVEL3 | SHIFT | LOCK: 2},
)
FREE = (90, 91, 95)


def keymap(**others: MappedKey) -> Keymap:
    """Return a keyboard with three keys that nobody uses."""
    used = MappedKey(bytes(4), 1, 1, (0x61,))
    return Keymap(
        (ONE, ONE, ALPHABETIC, FOUR),
        {38: used, **dict.fromkeys(FREE, EMPTY), **{int(k[1:]): v for k, v in others.items()}},
    )


def spares(now: Keymap, level3: int = LEVEL3) -> SpareKeys:
    """Return them for this keyboard."""
    made = SpareKeys()
    made.look(now, level3)
    return made


@pytest.mark.finding("field-6")
@given(st.lists(st.integers(1, 40), max_size=120), st.integers(0, 30))
def test_no_key_is_taken_from_a_symbol_before_it_was_read(text: list[int], behind: int) -> None:
    """The program is `behind` presses late, and sees the keyboard of the moment at which it reads a press."""
    lender, keys, unread, seen = spares(keymap()), dict[int, MappedKey](), list[tuple[int, int, int]](), list[int]()

    def read_one() -> None:
        _, keycode, level = unread.pop(0)
        seen.append(keys[keycode].symbols[level])

    for number, keysym in enumerate(text, 1):
        while not (place := _place(keys, keysym)):
            oldest = unread[0][0] if unread else number
            lent = lender.lend([keysym, *text[number:]], text[number:], partial(gt, oldest))
            if lent is None:
                read_one()
            else:
                keys.update(lent)
        lender.pressed(place[0], number)
        unread.append((number, *place))
        while len(unread) > behind:
            read_one()
    while unread:
        read_one()
    assert seen == text


def _place(keys: dict[int, MappedKey], keysym: int) -> tuple[int, int] | None:
    places = [(keycode, key.symbols.index(keysym)) for keycode, key in keys.items() if keysym in key.symbols]
    return places[0] if places else None


@pytest.mark.finding("field-6")
def test_a_whole_text_is_one_change_and_each_key_bears_up_to_four_symbols() -> None:
    lent = spares(keymap()).lend(range(101, 113), (), lambda _: True)
    assert lent is not None
    assert {keycode: key.symbols for keycode, key in lent.items()} == {
        90: (101, 104, 107, 110), 91: (102, 105, 108, 111), 95: (103, 106, 109, 112)
    }  # fmt: skip
    assert spares(keymap(), level3=0).capacity == 6


@pytest.mark.finding("field-8")
def test_what_was_lent_is_lent_no_more_once_the_keyboard_shows_otherwise() -> None:
    lender = spares(keymap())
    lent = lender.lend([101, 102], (), lambda _: True)
    assert lent is not None
    lender.look(keymap(**{f"k{keycode}": key for keycode, key in lent.items()}), LEVEL3)
    assert lender.keycodes == {90, 91}
    lender.look(keymap(k91=MappedKey(bytes(4), 1, 1, (0x1008FF11,))), LEVEL3)
    assert lender.keycodes == frozenset()
    again = lender.lend([101], (), lambda _: True)
    assert again is not None
    assert list(again) == [90]
    assert lender.capacity == 8  # one is the customer's now
