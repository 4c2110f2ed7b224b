"""Input of the applet, carried out without anybody who could stop it."""

from applet.inputs.face import Steps


def at_once(steps: Steps) -> None:
    """Carry out every event, one right after the other."""
    for _halt in steps:
        pass
