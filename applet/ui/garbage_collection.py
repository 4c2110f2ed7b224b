"""Python's cyclic garbage, collected in the windows' thread only.

While Qt destroys a widget, PySide lets other threads run in the middle. A collection in one of them would look at what
is half destroyed, and crash. It would start there by itself, whenever that thread makes enough objects. So it is
switched off, and a timer of the windows' thread does the same work: the young often, the others by Python's thresholds.
"""

import gc

from PySide6.QtCore import QObject, QTimer

from codec.host.loaded import freeze_loaded

LOOK_MILLISECONDS = 250
"""A collection of the young takes a fraction of a millisecond, so looking is cheap, and the delay is not noticeable."""


class Collector:
    """Collects for all threads until `stop`."""

    def __init__(self, parent: QObject) -> None:
        self._thresholds = gc.get_threshold()
        gc.disable()
        freeze_loaded()
        self._timer = QTimer(parent)
        self._timer.timeout.connect(self.look)
        self._timer.start(LOOK_MILLISECONDS)

    def look(self) -> None:
        """Collect what is due."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """Collect no more. It stays switched off: the program is about to end."""
        self._timer.stop()
