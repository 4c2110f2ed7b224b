"""Which players open our recordings: `python -m tests.perf.players`. Needs ffplay, mpv, VLC and GStreamer.

Each player plays a recording of each format to its end, without a window. It plays it when it ends by itself, without
an error, and complains of nothing. What a person would see was looked at once, by hand.
"""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from codec.recording.formats import FormatName
from tests.codec.recording.kept import keep
from tests.codec.recording.sessions import said

SECONDS = 60.0
COMPLAINTS = ("is not supported", "could not decode", "invalid data", "missing a plug-in")


@dataclass(frozen=True)
class Player:
    """A program, and how it plays a file to its end without a window."""

    name: str
    command: tuple[str, ...]

    def plays(self, film: Path) -> bool:
        """Whether it plays a film without a complaint."""
        command = [*_AS_NOBODY, *(each.replace("{}", str(film)) for each in self.command)]
        environment = os.environ | {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "HOME": str(film.parent)}
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=SECONDS, check=False, env=environment
            )
        except subprocess.TimeoutExpired:
            return False
        told = (done.stdout + done.stderr).lower()
        return done.returncode == 0 and not any(word in told for word in COMPLAINTS)


_AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") if os.geteuid() == 0 else ()
"""VLC refuses to run as root."""
PLAYERS = (
    Player("mpv", ("mpv", "--no-config", "--msg-level=all=warn", "--vo=null", "--ao=null", "--untimed", "{}")),
    Player("ffplay", ("ffplay", "-v", "error", "-autoexit", "-noborder", "{}")),
    Player("VLC", ("cvlc", "--no-audio", "--vout", "dummy", "--play-and-exit", "{}")),
    Player("GStreamer", ("gst-launch-1.0", "-q", "filesrc", "location={}", "!", "decodebin", "!", "fakesink")),
)


def main() -> None:
    """Print a table."""
    here = [player for player in PLAYERS if shutil.which(player.command[0])]
    print("format  ", *(player.name for player in here))
    with tempfile.TemporaryDirectory() as folder:
        for number, name in enumerate(FormatName):
            os.chmod(folder, 0o755)
            paths = keep(Path(folder), name, [each for each, _ in said(320, 240)], number=number)
            paths[1].chmod(0o644)
            print(f"{name.value:8}", *("yes" if player.plays(paths[1]) else "no" for player in here), flush=True)


if __name__ == "__main__":
    main()
