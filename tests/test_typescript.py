"""What TypeScript has from Python is what Python says now."""

from dataclasses import dataclass
from enum import IntEnum

import pytest

from codec.wire.signals import Desk
from codec.wire.typescript import write_types
from tests.typescript import FILES, ROOT, written


@pytest.mark.parametrize("file", FILES)
def test_generated_files_are_current(file: str) -> None:
    assert (ROOT / file).read_text() == written(file), "run `make types`"


def test_there_are_no_others() -> None:
    parts = ("applet/web/src", "codec/ts/src", "console/ui/src")
    found = [each for part in parts for each in (ROOT / part).rglob("*.gen.ts")]
    assert {str(each.relative_to(ROOT)) for each in found} == FILES.keys()


def test_values_are_constants() -> None:
    class Bits:
        LOW, HIGH = 1, 1 << 10

    assert write_types({"ONE": 1_000, "SOME": (1, 2), "EACH": {0: 3}, "WORDS": {"a": "b"}, "Bits": Bits}).splitlines()[
        2:
    ] == [
        "export const ONE = 1_000;",
        "export const SOME = [1, 2] as const;",
        "export const EACH: Readonly<Record<number, number>> = { 0: 3 };",
        'export const WORDS = { a: "b" } as const;',
        "export const Bits = { LOW: 1, HIGH: 1_024 } as const;",
    ]


def test_values_of_every_kind_have_their_form() -> None:
    class Level(IntEnum):
        LOW, HIGH = 1, 2

    @dataclass
    class Rate:
        per_second: float
        burst: int

    names = {
        "HALF": 0.5,
        "TEN": 10.0,
        "PATH": "/ws",
        "MAGIC": b"DS",
        "Level": Level,
        "RATE": Rate(2_000.0, 5),
        "LIMITS": {Level.LOW: Rate(0.1, 1)},
        "TOLD": {"a": {"by": ("x",), "on": True, "no": None}, "b": {}},
    }
    assert write_types(names).splitlines()[2:] == [
        "export const HALF = 0.5;",
        "export const TEN = 10;",
        'export const PATH = "/ws";',
        "export const MAGIC = Uint8Array.of(68, 83);",
        "export const Level = { LOW: 1, HIGH: 2 } as const;",
        "export type Level = (typeof Level)[keyof typeof Level];",
        "export const RATE = { perSecond: 2_000, burst: 5 } as const;",
        "export const LIMITS = { 1: { perSecond: 0.1, burst: 1 } } as const;",
        "export const TOLD = {",
        '  a: { by: ["x"], on: true, no: null },',
        "  b: {},",
        "} as const;",
    ]


def test_a_type_without_counterpart_is_refused() -> None:
    with pytest.raises(TypeError, match="no TypeScript"):
        write_types({"Odd": complex})


def test_what_is_written_elsewhere_is_imported() -> None:
    text = write_types({"Desk": Desk}, {"codec.wire.api_types": "./apiTypes.gen.ts"})
    assert 'import type { Code, Person, RecordingRules, Session } from "./apiTypes.gen.ts";' in text
    assert "interface Session " not in text
