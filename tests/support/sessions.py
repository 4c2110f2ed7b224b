"""A whole session with real processes up to the point where a test begins: relay, applet, scripted technician."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import mss
import numpy as np

from codec.picture.diff import Frame
from codec.wire.api_types import Method, Session
from console.page import messages as said
from tests.support.applets import headless_applet
from tests.support.relays import RunningRelay, running_relay
from tests.support.technicians import Technician, technician
from tests.support.xvfb import VirtualDisplay


@asynccontextmanager
async def session(
    folder: Path,
    display: VirtualDisplay,
    consent: str = "control",
    method: Method = Method.PIN,
    said: Path | None = None,
) -> AsyncIterator[tuple[RunningRelay, Technician]]:
    """Run everything up to a session that is connected."""
    async with running_relay(folder) as relay, technician(relay.url) as anna:
        code = await spoken_code(anna, method)
        with headless_applet(display, relay.url, code, consent, said):
            await picked_up(anna)
            yield relay, anna


async def spoken_code(anna: Technician, method: Method = Method.PIN, secret: bool = False) -> str:
    """Make a PIN or link and return it as the customer gets it."""
    done = await anna.request(lambda number: said.MakeCode(number, method, secret=secret))
    invitation = await anna.hear(said.Invitation, lambda each: each.code == done.code)
    code = invitation.spoken or invitation.link
    assert code is not None
    return code


async def picked_up(anna: Technician) -> Session:
    """Take the customer who comes, and wait until the two are connected. Return what the relay says of the session."""
    waiting = await anna.until(lambda each: type(each).__name__ == "SessionChanged" and each.session.state == "waiting")
    session: Session = waiting.session
    await anna.open(session.id)
    return session


def screenshot(display: VirtualDisplay) -> Frame:
    """Return what is really on the display."""
    with mss.MSS(display=display.name) as screen:
        shot = screen.grab(screen.monitors[0])
        return np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4).copy()


def same(one: Frame, other: Frame) -> bool:
    """Whether two pictures show the same."""
    return one.shape == other.shape and bool((one[..., :3] == other[..., :3]).all())
