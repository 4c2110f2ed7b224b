"""The page's types are what Python would write now."""

from pathlib import Path

import pytest

from codec.wire.access import FUNCTIONS
from codec.wire.messages import CLIPBOARD_BYTES, PageMessage, SessionMessage
from codec.wire.typescript import write_types
from console.page.messages import FromPage, ToPage

WIRE = Path(__file__).parents[3] / "console/ui/src/wire"


@pytest.mark.parametrize(
    ("file", "unions"),
    [
        (
            "messages.gen.ts",
            {
                "SessionMessage": SessionMessage,
                "PageMessage": PageMessage,
                "CLIPBOARD_BYTES": CLIPBOARD_BYTES,
                "FUNCTIONS": FUNCTIONS,
            },
        ),
        ("page.gen.ts", {"ToPage": ToPage, "FromPage": FromPage}),
    ],
)
def test_generated_types_are_current(file: str, unions: dict[str, object]) -> None:
    assert (WIRE / file).read_text() == write_types(unions), "run `make types`"


def test_a_type_without_counterpart_is_refused() -> None:
    with pytest.raises(TypeError, match="no TypeScript"):
        write_types({"Odd": complex})
