"""The console's command line: what it does before it runs."""

import gc

import pytest

from console.app import Settings
from console.cli import command_line


@pytest.mark.parametrize(
    ("program", "chosen", "typed"),
    [
        (["deskside-console"], {"--listen": "127.0.0.1:8090", "--data": "/d"}, "deskside-console"),
        (
            ["/opt/my env/python", "-m", "console"],
            {"--listen": "127.0.0.1:8091", "--data": "/e"},
            "'/opt/my env/python' -m console --listen 127.0.0.1:8091 --data /e",
        ),
    ],
)
def test_a_console_is_started_again_and_another_page_opened_by_what_it_was_started_with(
    program: list[str], chosen: dict[str, str], typed: str
) -> None:
    defaults = {"--listen": "127.0.0.1:8090", "--data": "/d"}
    assert command_line.typed(program, chosen, defaults) == typed
    assert command_line.typed(program, chosen, defaults, "open") == f"{typed} open"


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
