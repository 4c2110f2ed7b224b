"""Kept packets and messages are for ever what they were when they were written: the formats do not drift."""

import json
from typing import Any

import msgspec
import pytest

from codec.wire.messages import MESSAGES, Display, Displays, pack, unpack
from tests.support.packets import GOLDEN, kept, sums

STREAMS = sorted(file.stem for file in GOLDEN.glob("*.packets"))
KEPT_MESSAGES: list[dict[str, Any]] = json.loads((GOLDEN / "messages.json").read_text())
"""`message` is one as a map, with bytes as {"hex": …}, `packed` its bytes in hexadecimal numbers."""


@pytest.mark.parametrize("name", STREAMS)
def test_a_kept_stream_shows_what_it_always_showed(name: str) -> None:
    assert sums(kept(GOLDEN / f"{name}.packets")) == (GOLDEN / f"{name}.sums").read_text().split()


def test_the_kept_streams_are_there() -> None:
    assert STREAMS == ["covered", "every-kind", "median", "odd", "planes"]


@pytest.mark.parametrize("each", KEPT_MESSAGES, ids=lambda each: f"{each['message']['kind']}-{each['packed'][:24]}")
def test_a_kept_message_is_read_and_written_as_it_always_was(each: dict[str, Any]) -> None:
    data = bytes.fromhex(each["packed"])
    message = unpack(data)
    assert msgspec.to_builtins(message, builtin_types=(bytes,)) == _revived(each["message"])
    assert pack(message) == data


def test_there_is_one_of_each_kind() -> None:
    assert {each["message"]["kind"] for each in KEPT_MESSAGES} == {kind.__struct_config__.tag for kind in MESSAGES}


def test_a_fraction_that_is_whole_may_be_written_as_a_whole_number() -> None:
    """JavaScript has one kind of number, so a page writes 1.0 as 1."""
    display = {"id": 1, "name": "", "x": 0, "y": 0, "width": 1, "height": 1, "scale": 1}
    message = unpack(msgspec.msgpack.encode({"kind": "displays", "displays": [display]}))
    assert message == Displays([Display(1, "", 0, 0, 1, 1, 1.0)])


def _revived(value: Any) -> Any:
    if isinstance(value, dict):
        return bytes.fromhex(value["hex"]) if "hex" in value else {name: _revived(each) for name, each in value.items()}
    return [_revived(each) for each in value] if isinstance(value, list) else value
