"""Which lines of a display are read again."""

from applet.screen.damage import EVERYTHING, Damage
from codec.wire.messages import Display

LEFT = Display(0, "left", 0, 0, 1280, 800)
RIGHT = Display(1, "right", 1280, 100, 1024, 768)


def begun() -> Damage:
    damage = Damage()
    damage.take(LEFT)
    return damage


def test_at_first_everything_is_read() -> None:
    damage = Damage()
    assert damage
    assert damage.take(LEFT) == EVERYTHING
    assert not damage


def test_all_that_happened_since_is_read_at_once() -> None:
    damage = begun()
    damage.add((10, 300, 20, 310))
    damage.add((700, 20, 710, 24))
    assert damage.take(LEFT) == (20, 310)
    assert damage.take(LEFT) is None


def test_what_happens_on_another_display_is_not_read() -> None:
    damage = begun()
    damage.add((1290, 300, 1300, 310))
    assert damage.take(LEFT) is None
    damage.add((1290, 300, 1300, 310))
    assert damage.take(RIGHT) == (200, 210)
    damage.add((1290, 20, 1300, 90))
    assert damage.take(RIGHT) is None


def test_lines_beyond_a_display_are_left_out() -> None:
    damage = begun()
    damage.add((0, -5, 3000, 2000))
    assert damage.take(RIGHT) == (0, 768)


def test_where_nobody_knows_what_happened_everything_is_read() -> None:
    damage = begun()
    damage.add((10, 300, 20, 310))
    damage.add_everything()
    assert damage.take(LEFT) == EVERYTHING
