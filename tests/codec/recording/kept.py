"""Recordings in a folder, as a session leaves them."""

from pathlib import Path

import msgspec

from codec.recording.formats import FormatName
from codec.recording.journal import Speaker
from console.recording.start import Signing, start
from tests.codec.recording.sessions import Said, said
from tests.codec.recording.victim import BEGAN, KEY

SIGNING = Signing({"console": KEY.public_key().public_bytes_raw()}, {"console": KEY.sign})


def keep(
    folder: Path,
    film: FormatName | None = FormatName.RASC,
    story: list[Said] | None = None,
    closed: bool = True,
    number: int = 0,
    seconds: float = 3.0,
    signing: Signing = SIGNING,
    step: int = 0,
) -> list[Path]:
    """Record a story in no time; return the journal and the films. `number` gives it a name of its own.

    The clock moves by `step` microseconds each time that it is read, as a real one does.
    """
    now = [0]

    def clock() -> int:
        now[0] += step
        return now[0]

    folder.mkdir(parents=True, exist_ok=True)
    began = msgspec.structs.replace(BEGAN, session=BEGAN.session + number, at=BEGAN.at + number * 60_000)
    running = start(folder, began, film, signing, clock)
    for time, source, message in story or [each for each, _ in said(seconds=seconds)]:
        now[0] = time
        running.recorder.take(Speaker(source), message, time)
        running.recorder.tick(time)
    now[0] = int(seconds * 1_000_000)
    if closed:
        running.recorder.close(now[0], "technician")
    running.let_go()
    return running.paths
