"""What TypeScript is told of messages is enough: it takes what Python takes, and refuses what Python refuses."""

import json
import math
from collections.abc import Mapping
from itertools import islice
from typing import Any

import msgspec
import pytest

from codec.wire.forms import DECLARED, FORMS
from codec.wire.messages import MESSAGES, BadMessageError, UnknownMessageError, pack, unpack
from tests.codec.wire.test_messages import EXAMPLES
from tests.fuzz.mutations import mutations
from tests.support.node import Node

MUTATIONS = 20_000
EXACT = 1 << 53
"""A number of JavaScript is exact up to here."""
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    1.0,
    0.5,
    -1,
    math.nan,
    math.inf,
    1 << 63,
    -(1 << 63),
    "",
    "view",
    b"",
    [],
    {},
    {"kind": "chat"},
    [[]],
    msgspec.msgpack.Ext(5, b"x"),
)


def same(node: Node, packed: list[bytes]) -> list[Any]:
    """Both languages are given these bytes. Return what both say."""
    ours = [said_by_python(each) for each in packed]
    theirs = _numbers_as_javascript(node.ask("unpack", [each.hex() for each in packed]))
    for data, one, other in zip(packed, ours, theirs, strict=True):
        assert other == one, data.hex()[:2_000]
    return ours


def said_by_python(data: bytes) -> Any:
    try:
        message = unpack(data)
    except (BadMessageError, UnknownMessageError) as error:
        return type(error).__name__
    values = {name: getattr(message, name) for name in message.__struct_fields__}
    return _numbers_as_javascript({"kind": message.__struct_config__.tag} | _plain(values))


def _numbers_as_javascript(value: Any) -> Any:
    return json.loads(
        json.dumps(value), parse_int=lambda digits: float(digits) if abs(int(digits)) > EXACT else int(digits)
    )


def _plain(value: Any) -> Any:
    match value:
        case bytes():
            return {"hex": value.hex()}
        case msgspec.Struct():
            return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case frozenset():
            return sorted(value)
    return value


def test_each_kind_is_told() -> None:
    tags = [str(kind.__struct_config__.tag) for kind in MESSAGES]
    assert list(DECLARED) == list(FORMS) == tags


def test_what_is_usual_is_left_out() -> None:
    assert DECLARED["offer"] == {"by": ("console",), "longest": 263_168, "lane": 0}
    assert FORMS["watch"]["packets"] == {"is": "int", "least": 3, "most": 255, "usually": 3}
    assert FORMS["watch"]["display"] == {"is": "int", "least": 0, "most": 255, "orNull": True}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_message_is_read_as_python_reads_it(node: Node, kind: str) -> None:
    data = pack(EXAMPLES[kind])
    (said,) = same(node, [data])
    assert said["kind"] == kind
    assert unpack(bytes.fromhex(node.ask("repack", [data.hex()])[0])) == EXAMPLES[kind]


@pytest.mark.parametrize("kind", EXAMPLES)
def test_each_field_has_the_bounds_that_python_gives_it(node: Node, kind: str) -> None:
    good: dict[str, Any] = msgspec.msgpack.decode(pack(EXAMPLES[kind]))
    changed = [good | {field: value} for field in FORMS[kind] for value in around(FORMS[kind][field])]
    left_out = [{name: value for name, value in good.items() if name != field} for field in good]
    newer = [good | {"newer": value} for value in (*ODD_VALUES, " " * DECLARED[kind]["longest"])]
    said = same(node, [msgspec.msgpack.encode(each) for each in (*changed, *left_out, *newer)])
    assert "BadMessageError" in said
    assert any(isinstance(each, dict) for each in said)


def around(form: Mapping[str, Any]) -> list[Any]:
    """Return values at the bounds of a form, beyond them, and of other forms."""
    least, most = form.get("least", 0), form.get("most", 3)
    match form["is"]:
        case "int":
            near: list[Any] = [least - 1, least, least + 1, most - 1, most, most + 1]
            near = [each for each in near if -(1 << 63) <= each < 1 << 64]
        case "float":
            near = [form["above"], 0.1, 1, most, most + 0.1]
        case "text":
            lengths = {0, least, most, most + 1}
            near = [letter * length for letter in ("x", "é", "\U0001f600") for length in lengths]
        case "bytes":
            near = [bytes(length) for length in {0, max(0, least - 1), least, most, most + 1} if length < 1 << 20]
        case "word":
            near = [*form["among"], "everything", "", form["among"][0].upper()]
        case "set":
            near = [[form["of"]["among"][0]] * 2, ["everything"], [""], [None], list(form["of"]["among"])]
        case "list" if form["of"]["is"] == "int":
            good = around(form["of"])[1]
            lengths = {0, max(0, least - 1), least, most, most + 1}
            near = [[good] * length for length in lengths]
            near += [[good] * least + [value] for value in (*around(form["of"]), *ODD_VALUES)]
        case "list":
            item = {
                name: around(each)[2] for name, each in form["of"]["fields"].items() if name not in ("scale", "primary")
            }
            near = [[item] * most, [item] * (most + 1), [item, {}], [item | {"scale": 11}], [item | {"scale": 0.5}]]
            near += [[item | {"scale": value}] for value in ODD_VALUES]
        case _:
            near = [True, False]
    return [*near, *ODD_VALUES]


@pytest.mark.parametrize(
    "data",
    [
        "83a46b696e64a6747970696e67a26f6ec3a46b696e64a6747970696e67",  # the kind twice
        "83a46b696e64a6747970696e67a26f6ec3a46b696e64a6747970696e68",  # and another one
        "83a46b696e64a6747970696e68a26f6ec3a46b696e64a6747970696e67",
        "83a26f6ec3a26f6ec2a46b696e64a6747970696e67",  # a field twice
        "82c4026f6ec3a46b696e64a6747970696e67",  # a name that is bytes
        "8301c3a26f6ec3a46b696e64a6747970696e67",  # or a number
        "82a26f6ec3a46b696e64c406747970696e67",
        "82a26f6ec3a46b696e64a6747970696e67c0",  # something after it
        "83a26f6ec3a1ffc3a46b696e64a6747970696e67",  # what is no UTF-8, where nobody reads it
        "83a26f6ec3a161a1ffa46b696e64a6747970696e67",
        "84a46b696e64a463686174a66e756d62657201a474657874a1ffa2617400",  # and where it is read
        "84a46b696e64a463686174a66e756d62657201a474657874a3eda080a2617400",
        "84a46b696e64a463686174a66e756d62657201a474657874a3efbbbfa2617400",
        "83a26f6ec3a161c1a46b696e64a6747970696e67",
        "82a1ffc3a46b696e64a6747970696e68",
        "83a26f6ec3a161" + "91" * 500 + "c0a46b696e64a6747970696e67",
        "83a26f6ec3a161" + "91" * 5_000 + "c0a46b696e64a6747970696e67",
        "d6ff00000000",
        "",
        "dfffffffff",
        "81a46b696e64dbffffffff",
    ],
)
def test_odd_packings_are_taken_or_refused_alike(node: Node, data: str) -> None:
    same(node, [bytes.fromhex(data)])


def test_changed_bytes_are_taken_or_refused_alike(node: Node) -> None:
    """Chance changes good messages; what remains good says the same in both languages."""
    changed = list(islice(mutations([pack(each) for each in EXAMPLES.values()], seed=1), MUTATIONS))
    said = same(node, changed)
    assert sum(isinstance(each, dict) for each in said) > MUTATIONS // 100
    assert "UnknownMessageError" in said
    assert "BadMessageError" in said
