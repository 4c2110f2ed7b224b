"""Short sessions, one after the other, with one relay, one console and one applet in its window."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from codec.wire.access import Access
from codec.wire.api_types import SessionState
from codec.wire.messages import Displays, Watch
from codec.wire.signals import SessionChanged
from console.page import messages as said
from tests.support.applets import tell
from tests.support.sessions import spoken_code
from tests.support.technicians import Technician
from tests.support.xvfb import VirtualDisplay, end


@contextmanager
def quick_customer(display: VirtualDisplay, relay: str, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run an applet whose customer answers at once; `folder`/collections says which thread collected garbage."""
    command = [sys.executable, "-m", "tests.support.quick_person", str(folder / "collections"), "--relay", relay]
    env = display.env | {"XDG_STATE_HOME": str(folder / "state")}
    process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE)
    try:
        yield process
    finally:
        end(process)
        assert process.stdin is not None
        process.stdin.close()


async def short_session(anna: Technician, customer: "subprocess.Popen[bytes]") -> None:
    """Meet, ask, be allowed to see and control, see, and end."""
    await opened_session(anna, customer)
    await anna.request(lambda number: said.PageEnd(number, anna.session))
    await anna.until(_is(SessionState.CLOSED_BY_TECHNICIAN))


async def opened_session(anna: Technician, customer: "subprocess.Popen[bytes]") -> int:
    """Meet, ask, be allowed to see and control, see; return the display that is seen."""
    anna.heard.clear()
    anna.picture, anna.granted = None, frozenset()
    tell(customer, await spoken_code(anna))
    waiting = await anna.until(_is(SessionState.WAITING))
    await anna.open(waiting.session.id)
    await anna.may(Access.CONTROL)
    displays = await anna.hear(Displays)
    anna.send(Watch(displays.displays[0].id))
    await anna.sees(lambda _frame: True)
    return displays.displays[0].id


def _is(state: SessionState) -> Callable[[object], bool]:
    return lambda each: isinstance(each, SessionChanged) and each.session.state is state
