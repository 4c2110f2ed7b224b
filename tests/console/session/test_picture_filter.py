"""Only announced, watched, expected pictures are looked into (F11)."""

from collections.abc import Iterator
from itertools import count

import pytest

from codec.picture.color_planes import Matrix
from codec.picture.encoder import Encoder
from codec.picture.geometry import Grid
from codec.picture.packet import PacketHeader, PlaneColors, VideoPart, plane_forms
from codec.wire.messages import Display, Displays, Picture
from console.session.picture_filter import MOST_WAITING, MOST_WAITING_BYTES, WORK, PictureFilter, Ruling
from tests.support.desktops import SCROLL, photograph, scrolling

LARGEST = (7680, 4320)
PASS, DROP, REFRESH, FLOOD = Ruling


def packet(width: int, height: int, key: bool = True, raw: int | None = None, size: int = 60) -> bytes:
    """Return a packet with a good head, and so many bytes after it."""
    grid = Grid(width, height)
    return PacketHeader(key, grid, 1 + -(-grid.tiles // 8) if raw is None else raw).pack() + bytes(size)


class Watched:
    """A filter with one announced display that is watched, and a clock that stands still until told."""

    def __init__(self, width: int = 1920, height: int = 1080) -> None:
        self.now = 100.0
        self.size = width, height
        self.numbers: Iterator[int] = count()
        self.filter = PictureFilter(self.now)
        self.filter.arrange(Displays([Display(1, "screen", 0, 0, width, height)]))
        self.filter.watch(1)

    def show(self, data: bytes, shown: bool = True, display: int = 1) -> Ruling:
        number = next(self.numbers)
        ruling = self.filter.rule(Picture(display, number, data), self.now)
        if ruling is REFRESH:
            self.filter.refresh(display)
        if shown and ruling is PASS:
            self.filter.shown(display, number)
        return ruling

    def key(self) -> Ruling:
        return self.show(packet(*self.size))


def test_only_the_watched_display_passes_and_only_when_it_was_announced() -> None:
    watched = Watched()
    assert watched.show(packet(1920, 1080), display=2) is DROP
    assert watched.key() is PASS
    watched.filter.watch(None)
    assert watched.key() is DROP
    watched.filter.watch(2)
    assert watched.show(packet(1920, 1080), display=2) is DROP


def test_a_picture_has_the_size_that_was_announced() -> None:
    watched = Watched(64, 48)
    assert watched.show(packet(*LARGEST)) is REFRESH
    assert watched.show(packet(64, 49)) is DROP
    assert watched.show(packet(64, 48)) is PASS


def test_an_update_needs_the_whole_picture_that_it_builds_on() -> None:
    watched = Watched()
    update = packet(1920, 1080, key=False)
    assert watched.show(update) is REFRESH
    assert watched.show(update) is DROP
    assert watched.key() is PASS
    assert watched.show(update) is PASS
    watched.filter.darken()
    watched.filter.arrange(Displays([Display(1, "screen", 0, 0, 1920, 1080)]))
    watched.filter.watch(1)
    watched.now += 5
    assert watched.show(update) is REFRESH


def test_f11_whole_pictures_pass_when_asked_for_and_else_once_a_second() -> None:
    watched = Watched()
    rulings = [watched.key() for _ in range(60)]
    assert rulings.count(PASS) <= 6
    assert rulings.count(REFRESH) == 1
    watched.now += 10
    assert watched.key() is PASS


def test_a_picture_that_is_lost_is_asked_for_until_it_comes() -> None:
    """The applet waits for `shown`: nothing else would make it go on."""
    watched = Watched()
    assert watched.filter.overdue(watched.now) is None
    assert watched.show(b"") is REFRESH
    assert watched.filter.overdue(watched.now) is None
    watched.now += 1
    assert watched.filter.overdue(watched.now) == 1
    assert watched.filter.overdue(watched.now) is None
    assert watched.key() is PASS
    watched.now += 1
    assert watched.filter.overdue(watched.now) is None


def test_f11_sixty_times_the_largest_picture_out_of_three_kilobytes_is_two_of_them() -> None:
    """Each became 100 MB; a page took 10.6 GB for them."""
    watched = Watched(*LARGEST)
    bomb = packet(*LARGEST, raw=99_678_602, size=3_078)
    passed = 0
    for _ in range(60):
        watched.filter.refresh(1)
        passed += watched.show(bomb) is PASS
    assert passed == 2
    for _ in range(60):
        watched.now += 1
        watched.filter.refresh(1)
        passed += watched.show(bomb) is PASS
    assert passed * 235e6 < WORK.burst + 60 * WORK.per_second + 60 * 200_000


def test_what_becomes_much_out_of_little_passes_now_and_then_and_real_bytes_earn_more() -> None:
    for size, most in ((100, 90), (300_000, 600)):
        watched = Watched()
        watched.key()
        update = packet(1920, 1080, key=False, raw=6_000_000, size=size)
        passed = 0
        for _ in range(600):
            watched.now += 1 / 600
            passed += watched.show(update) is PASS
            if watched.filter._whole is None:
                watched.key()
        assert most * 0.8 <= passed <= most * 1.4


def test_what_a_film_covered_and_is_shown_again_counts_as_a_whole_picture() -> None:
    grid = Grid(*LARGEST)
    planes = PlaneColors(Matrix.BT601, full_range=False)
    least = sum(1 + -(-each.tiles // 8) for each, _ in plane_forms(grid))
    film = VideoPart(0, 0, 16, 16, bytes(10), restarts=True)
    watched = Watched(*LARGEST)
    assert watched.show(PacketHeader(True, grid, least, planes=planes).pack() + bytes(60)) is PASS
    cover, uncover = PacketHeader(False, grid, 0, film, planes=planes), PacketHeader(False, grid, least, planes=planes)
    rulings = [watched.show(head.pack() + bytes(60)) for head in [cover, uncover] * 4]
    assert rulings[:4] == [PASS] * 4
    assert REFRESH in rulings


def test_damaged_heads_are_passed_over() -> None:
    watched = Watched()
    for bad in (b"", b"\x03", bytes(40), packet(1920, 1080, raw=5), packet(1920, 1080)[:9]):
        assert watched.show(bad) in (DROP, REFRESH)
    assert watched.key() is PASS


@pytest.mark.parametrize(("size", "most"), [(1 << 20, MOST_WAITING_BYTES >> 20), (10, MOST_WAITING)])
def test_who_sends_more_than_is_shown_floods(size: int, most: int) -> None:
    watched = Watched()
    watched.key()
    update = packet(1920, 1080, key=False, size=size)
    rulings = []
    for _ in range(most + 10):
        watched.now += 0.1
        rulings.append(watched.show(update, shown=False))
    assert rulings.index(FLOOD) in range(most - 2, most + 2)
    assert set(rulings[: rulings.index(FLOOD)]) == {PASS}


def test_one_picture_may_be_larger_than_all_that_may_wait() -> None:
    watched = Watched(*LARGEST)
    assert watched.show(packet(*LARGEST, size=MOST_WAITING_BYTES + 1), shown=False) is PASS


def test_displays_that_are_none_are_left_out() -> None:
    watched = Watched()
    good = Display(1, "screen", 0, 0, 1920, 1080)
    announced = Displays([good, Display(1, "twice", 0, 0, 64, 48), Display(2, "wall", 0, 0, 16_384, 16_384)])
    assert watched.filter.arrange(announced).displays == [good]
    assert watched.filter.arrange(Displays([good])).displays == [good]


def test_a_monitor_that_changes_its_size_goes_on_with_a_whole_picture_of_it() -> None:
    watched = Watched()
    watched.key()
    assert watched.show(packet(800, 600)) is REFRESH  # it changes before anybody says so
    watched.filter.arrange(Displays([Display(1, "screen", 0, 0, 800, 600)]))
    assert watched.show(packet(800, 600)) is PASS
    assert watched.show(packet(800, 600, key=False)) is PASS


def test_what_an_encoder_makes_of_a_desktop_and_of_photographs_passes() -> None:
    for pictures in (list(scrolling(SCROLL)), [photograph(1280, 800, seed) for seed in range(5)] * 6):
        height, width = pictures[0].shape[:2]
        watched, encoder = Watched(width, height), Encoder(width, height)
        for picture in pictures:
            watched.now += 1 / 30
            made = encoder.encode(picture)
            assert made is None or watched.show(made) is PASS
