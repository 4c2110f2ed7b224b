"""Which frames are sent as they were captured: those of which the browser says how they stand and what they mean."""

from typing import Any

import pytest

from codec.picture.color_planes import Matrix
from tests.support.node import Node

RECT = {"x": 0, "y": 0, "width": 101, "height": 33}


def planes(node: Node, *, untold: bool = False, **said: Any) -> Any:
    """What a frame's planes are; without `said` it is Chromium's of a screen."""
    told = {"format": "I420", "matrix": "smpte170m", "fullRange": False, "visibleRect": RECT} | said
    space = {name: told.pop(name) for name in ("matrix", "fullRange")}
    return node.ask("planes", told | {"colorSpace": space}, untold)


@pytest.mark.parametrize(
    ("name", "matrix"), [("smpte170m", Matrix.BT601), ("bt470bg", Matrix.BT601), ("bt709", Matrix.BT709)]
)
@pytest.mark.parametrize("full", [False, True])
def test_what_is_said_is_sent(node: Node, name: str, matrix: Matrix, full: bool) -> None:
    for form in ("I420", "NV12"):
        wanted = {"format": form, "colors": {"matrix": matrix, "fullRange": full}}
        assert planes(node, format=form, matrix=name, fullRange=full) == wanted


@pytest.mark.parametrize(
    "said",
    [
        {"format": "BGRX"},
        {"format": "I444"},
        {"format": None},
        {"matrix": "rgb"},
        {"matrix": "bt2020-ncl"},
        {"matrix": "constructor"},
        {"fullRange": None},
        {"matrix": None},
        {"visibleRect": RECT | {"x": 1}},
        {"visibleRect": RECT | {"y": 3}},
    ],
    ids=str,
)
def test_anything_else_is_read_in_colours(node: Node, said: dict[str, Any]) -> None:
    assert planes(node, **said) is None


def test_where_a_browser_never_says_it_a_screen_is_what_was_measured(node: Node) -> None:
    limited = {"format": "I420", "colors": {"matrix": Matrix.BT601, "fullRange": False}}
    assert planes(node, untold=True, matrix=None, fullRange=None) == limited
    assert planes(node, untold=True, matrix="rgb") is None


@pytest.mark.parametrize(
    ("packets", "copies", "sent"),
    [(5, True, 5), (6, True, 5), (4, True, 4), (3, True, 3), (5, False, 4)],
    ids=["planes", "a newer console", "colours", "an older console", "a browser that does not copy its planes"],
)
def test_what_is_sent_is_what_the_console_reads_and_the_browser_copies(
    node: Node, packets: int, copies: bool, sent: int
) -> None:
    assert node.ask("firstPacket", packets, copies) == sent
