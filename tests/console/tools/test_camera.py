"""What of a customer's camera passes to the technician."""

import struct

import msgspec
import pytest

from codec.wire.access import Access
from codec.wire.messages import Camera, Photo
from console.tools.base import DROP, Verdict
from console.tools.camera import MOST_SEGMENTS, CameraRules, jpeg_size


def jpeg(width: int, height: int, before: bytes = b"") -> bytes:
    """The head of a JPEG of this size."""
    return b"\xff\xd8" + before + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + bytes(12)


class Everything:
    """All is granted."""

    granted = frozenset(Access)
    functions: frozenset[str] = frozenset()


def test_a_photo_passes_only_where_it_is_one_of_the_size_that_it_says() -> None:
    rules = CameraRules(Everything(), 0.0)
    photo = Photo(0, 1, 4000, 3000, jpeg(4000, 3000))
    assert rules.admit(photo, 0.0) == Verdict(photo)
    assert rules.admit(msgspec.structs.replace(photo, width=4001), 0.0) == DROP
    assert rules.admit(msgspec.structs.replace(photo, jpeg=b"<svg onload=alert(1)>"), 0.0) == DROP
    assert rules.admit(Camera(), 0.0) == Verdict(Camera())


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (jpeg(640, 480), (640, 480)),
        (jpeg(640, 480, b"\xff\xe1\x00\x08Exif\0\0"), (640, 480)),
        (jpeg(640, 480)[:8], None),
        (b"\xff\xd8\xff\xe0\x00\x00" * 3, None),
        (b"\x89PNG", None),
        (b"", None),
    ],
)
def test_the_size_stands_in_the_head(data: bytes, size: tuple[int, int] | None) -> None:
    assert jpeg_size(data) == size


def test_a_photo_of_nothing_but_empty_segments_is_given_up_soon() -> None:
    """Two millions of them took more than a second, while no session of this technician was served."""
    empty = b"\xff\xe0\x00\x02"
    whole = jpeg(40, 30)
    few = whole[:2] + empty * (MOST_SEGMENTS - 2) + whole[2:]
    assert jpeg_size(few) == (40, 30)
    assert jpeg_size(whole[:2] + empty * MOST_SEGMENTS + whole[2:]) is None
