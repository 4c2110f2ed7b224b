"""The console's command line: what it does before it runs."""

import gc

import pytest

from console.app import Settings
from console.cli import command_line


def test_what_is_loaded_is_not_searched_for_garbage_while_sessions_run(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[int] = []

    async def run(_settings: Settings) -> None:
        kept.append(gc.get_freeze_count())

    monkeypatch.setattr(command_line, "run", run)
    gc.unfreeze()
    try:
        assert command_line.main(["--no-browser"]) == 0
        assert kept[0] > len(gc.get_objects())
    finally:
        gc.unfreeze()
