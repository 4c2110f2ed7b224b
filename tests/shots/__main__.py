"""Takes every picture of the documentation from running programs: `python -m tests.shots FOLDER [PART…]`.

The applet's windows are drawn on a display of their own; the console and the customer's pages come from a rehearsal.
"""

import subprocess
import sys
from pathlib import Path

from tests.support.xvfb import virtual_display

PARTS = {
    "console": "tests.shots.session",
    "desk": "tests.shots.desk",
    "sign-in": "tests.shots.sign_in",
    "pages": "tests.relay.pages.shots",
    "join": "tests.shots.join",
    "surveys": "tests.shots.surveys",
    "admin": "tests.relay.admin.shots",
    "first-steps": "tests.relay.admin.shots_of_people",
    "account": "tests.relay.pages.shots_of_accounts",
}


def main(folder: Path, parts: list[str]) -> None:
    """Take those of some parts, or all."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in parts or ["applet", *PARTS]:
        if part == "applet":
            _applet(folder)
        else:
            subprocess.run([sys.executable, "-m", PARTS[part], str(folder)], check=True)


def _applet(folder: Path) -> None:
    with virtual_display() as display:
        for language in ("en", "nl"):
            command = [sys.executable, "-m", "tests.applet.shots", str(folder), language]
            subprocess.run(command, env=display.env, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
