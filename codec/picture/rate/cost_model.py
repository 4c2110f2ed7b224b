"""What writing tiles will take, learned from what it took: so that the step is chosen before anything is compressed.

Method: bytes of a tile after zstd, for each kind and for each step of lossy ones, start at what was measured on
recorded desktops and follow what the packets really take. One zstd stream for everything does not tell which tile took
what; so the difference between expected and real is laid on all kinds by their share.
"""

import numpy as np

from codec.picture.tiles import LOSSY, MEDIAN, PART, PHOTO, PLAIN, SOLID, TWO, Kinds

STEPS = (8, 16, 32, 64, 128)
"""From fine to coarse: 42, 39, 35, 32 and 29 dB on a photograph."""
_EXACT = {SOLID: 1.5, TWO: 14.0, PART: 60.0, PHOTO: 300.0, PLAIN: 130.0, MEDIAN: 150.0}
_LOSSY = {8: 39.0, 16: 23.0, 32: 13.0, 64: 7.3, 128: 4.0}
_LEARN = 0.3
_MOST = 2.0
_HEAD = 40


class CostModel:
    """The expectations of one encoder."""

    def __init__(self) -> None:
        self._exact = np.array([_EXACT.get(kind, 0.0) for kind in range(7)])
        self._lossy = dict(_LOSSY)

    def of(self, kinds: Kinds, step: int = 0) -> float:
        """Return the bytes expected for tiles of these kinds, lossy ones with this step."""
        numbers = np.bincount(kinds, minlength=7)
        return float(numbers @ self._exact) + int(numbers[LOSSY]) * self._lossy.get(step, 0.0)

    def exact_photo(self) -> float:
        """Return the bytes expected for one photograph's tile, exactly."""
        return float(self._exact[PHOTO])

    def lossy_tile(self, step: int) -> float:
        """Return the bytes expected for one lossy tile."""
        return self._lossy[step]

    def step_for(self, count: int, bytes_: float) -> int:
        """Return the finest step with which `count` lossy tiles are expected to take so much; at worst the coarsest."""
        return next((step for step in STEPS if count * self._lossy[step] <= bytes_), STEPS[-1])

    def learn(self, kinds: Kinds, step: int, took: int) -> None:
        """Tiles of these kinds took so many bytes."""
        expected = self.of(kinds, step)
        if expected < _HEAD:
            return
        factor = min(max(took / expected, 1 / _MOST), _MOST)
        numbers = np.bincount(kinds, minlength=7)
        shares = numbers * self._exact / expected
        self._exact *= factor ** (_LEARN * shares)
        if numbers[LOSSY]:
            share = int(numbers[LOSSY]) * self._lossy[step] / expected
            self._lossy[step] *= factor ** (_LEARN * share)
