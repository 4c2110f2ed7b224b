"""What this start of the help program was given along: by the name of its file, or by the link that opened it."""

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from applet.install.bootstrap import STARTED_AS
from codec.wire.program_names import PIN_SECONDS, link_for, read_link, read_name


@dataclass(frozen=True)
class Given:
    """The relay that the program is for, and what is entered in place of the customer; each may be missing."""

    relay: str | None = None
    code: str | None = None


def started_file(environment: Mapping[str, str]) -> Path | None:
    """Return the one file that the customer started, None where the program was installed in parts."""
    if environment.get(STARTED_AS):
        return Path(environment[STARTED_AS])
    return Path(sys.executable) if getattr(sys, "frozen", False) else None


def one_file(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the file that unpacks itself at each start, None where the program is anything else."""
    if getattr(sys, "frozen", False) and environment.get(STARTED_AS):
        return Path(environment[STARTED_AS])
    unpacked = getattr(sys, "_MEIPASS", None)
    program = Path(sys.executable)
    return None if unpacked is None or program.parent in Path(unpacked).parents else program


def given_by_file(file: Path, now: float) -> Given:
    """Return what the name of a file gives. A PIN counts only as long as the file is new."""
    carried = read_name(file.name)
    if carried is None:
        return Given()
    try:
        is_new = 0 <= now - file.stat().st_ctime < PIN_SECONDS
    except OSError:
        is_new = False
    return Given(carried.relay, link_for(carried) if carried.pin is not None and is_new else None)


def given_by_link(link: str) -> Given:
    """Return what a `deskside:` link gives. Any page may have opened it, so its relay is not known for that."""
    carried = read_link(link)
    return Given(code=link if carried is not None and carried.pin is not None else None)


def given(link: str | None, environment: Mapping[str, str] = os.environ) -> Given:
    """Return what this start was given."""
    file = started_file(environment)
    by_file = Given() if file is None else given_by_file(file, time.time())
    return by_file if link is None else Given(by_file.relay, given_by_link(link).code)
