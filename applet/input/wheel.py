"""Turns of a wheel in 120ths of a notch, as whole notches. Pure."""

NOTCH = 120
PAUSE_SECONDS = 0.5


class Wheel:
    """Small turns add up until they are a notch. What is left over is forgotten after a pause and at a turn back."""

    def __init__(self) -> None:
        self._rest = [0, 0]
        self._at = float("-inf")

    def turn(self, across: int, along: int, now: float) -> tuple[int, int]:
        """Return the notches to turn; `now` in seconds of a steady clock."""
        if now - self._at > PAUSE_SECONDS:
            self._rest = [0, 0]
        self._at = now
        return self._axis(0, across), self._axis(1, along)

    def _axis(self, axis: int, turn: int) -> int:
        if self._rest[axis] * turn < 0:
            self._rest[axis] = 0
        whole = self._rest[axis] + turn
        notches = int(whole / NOTCH)
        self._rest[axis] = whole - notches * NOTCH
        return notches
