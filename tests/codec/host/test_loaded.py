"""What is loaded when a program starts is searched for garbage no more; what is made later still is."""

import gc
import weakref

from codec.host.loaded import freeze_loaded


class Cycle:
    """What only a search for garbage frees."""

    def __init__(self) -> None:
        self.itself = self


def test_only_what_is_made_later_is_searched() -> None:
    before = Cycle()
    freeze_loaded()
    try:
        seen = {id(each) for each in gc.get_objects()}
        later = Cycle()
        gone = weakref.ref(later)
        del later
        gc.collect()
    finally:
        gc.unfreeze()
    assert id(before) not in seen
    assert gone() is None
