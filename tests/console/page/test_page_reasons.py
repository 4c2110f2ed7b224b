"""The page has a sentence of its own for each reason why a recording stops: none reaches people in English only."""

import re
from pathlib import Path

import pytest

from console.recording.files import _GONE, _REASONS
from console.recording.recording_thread import TOO_SLOW

PAGE = Path(__file__).parents[3] / "console" / "ui" / "src" / "texts" / "reasons.ts"


@pytest.mark.finding("use-F1")
@pytest.mark.parametrize("reason", sorted({*_REASONS.values(), _GONE, TOO_SLOW}))
def test_each_reason_is_known_to_the_page(reason: str) -> None:
    known = re.findall(r'\[\s*"([^"]+)",\s*t\(', PAGE.read_text())
    assert len([each for each in known if each in reason]) == 1
