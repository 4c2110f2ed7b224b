"""F37: a link to a relay that was never used on this computer is followed only after the person said so, once."""

import os
import queue
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from applet.app import EngineThread
from applet.session.known_relays import MOST_KEPT, KnownRelays, read_known_relays, write_known_relays
from applet.session.ui_state import EnterCode, Stage, UiState, UseRelay
from applet.state_files import open_known_relays
from tests.support.xvfb import virtual_display

EVIL = "https://evil.example"


def test_what_was_used_is_known_from_then_on(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    relays = open_known_relays(folder)
    assert not relays.knows(EVIL)
    relays.remember(EVIL)
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert open_known_relays(folder).knows(EVIL)
    assert not open_known_relays(folder).knows("https://other.example")


def _writable(file: Path) -> None:
    file.chmod(0o666)


def _torn(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-3])


def _of_another_kind(file: Path) -> None:
    file.write_text('{"evil": true}')


@pytest.mark.parametrize("spoil", [_writable, _torn, _of_another_kind])
def test_a_list_that_cannot_be_believed_knows_nobody(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    open_known_relays(tmp_path).remember(EVIL)
    (file,) = tmp_path.iterdir()
    spoil(file)
    assert not open_known_relays(tmp_path).knows(EVIL)


def test_the_list_is_bounded() -> None:
    kept: list[list[str]] = []
    relays = KnownRelays(kept.append)
    for number in range(MOST_KEPT + 5):
        relays.remember(f"https://{number}.example")
    assert len(kept[-1]) == MOST_KEPT
    assert not relays.knows("https://0.example")
    assert read_known_relays(write_known_relays(kept[-1])) == kept[-1]


@pytest.mark.parametrize("confirmed", [True, False])
def test_nothing_is_sent_to_an_unknown_relay_before_it_is_confirmed(tmp_path: Path, confirmed: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as relay:
        address = f"http://127.0.0.1:{relay.getsockname()[1]}"
        command = [sys.executable, "-m", "applet", "--headless", *(["--relay", address] if confirmed else [])]
        environment = os.environ | {"XDG_STATE_HOME": str(tmp_path), "LANG": "C", "DISPLAY": ""}
        process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdin is not None
            process.stdin.write(f"{address}/s/routing#secret\n")
            process.stdin.flush()
            if confirmed:
                relay.settimeout(20)
                relay.accept()[0].close()
                return
            said, _ = process.communicate(timeout=20)
            assert process.returncode == 1
            assert f"belongs to {address.removeprefix('http://')}" in said
            assert f"--relay {address}" in said
            relay.setblocking(False)
            with pytest.raises(BlockingIOError):
                relay.accept()
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                pipe.close()


def test_the_persons_yes_counts_for_the_relay_that_was_shown_and_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with virtual_display() as display, socket.create_server(("127.0.0.1", 0)) as relay:
        monkeypatch.setenv("DISPLAY", display.name)
        address = f"http://127.0.0.1:{relay.getsockname()[1]}"
        shown: queue.Queue[UiState] = queue.Queue()
        engine = EngineThread("https://help.example", shown.put, lambda _news: None)
        engine.start()
        try:
            engine.intent(EnterCode(f"{address}/s/routing#secret"))
            asked = until(shown, lambda ui_state: ui_state.unknown_relay is not None)
            assert (asked.unknown_relay, asked.stage, asked.relay) == (address, Stage.ENTRY, "https://help.example")
            engine.intent(UseRelay("http://127.0.0.1:1", True))  # meant for another one
            engine.intent(UseRelay(address, False))
            until(shown, lambda ui_state: ui_state.unknown_relay is None)
            engine.intent(UseRelay(address, True))  # too late: it was refused
            engine.intent(EnterCode(f"{address}/s/routing#secret"))
            until(shown, lambda ui_state: ui_state.unknown_relay == address)
            relay.setblocking(False)
            with pytest.raises(BlockingIOError):
                relay.accept()
            engine.intent(UseRelay(address, True))
            until(shown, lambda ui_state: ui_state.stage is Stage.ENTERING and ui_state.relay == address)
            relay.settimeout(20)
            relay.accept()[0].close()
            assert open_known_relays(tmp_path / "deskside").knows(address)
        finally:
            engine.close()


def until(shown: "queue.Queue[UiState]", which: Callable[[UiState], bool]) -> UiState:
    """Return the first state that is as wanted."""
    while not which(ui_state := shown.get(timeout=20)):
        pass
    return ui_state
