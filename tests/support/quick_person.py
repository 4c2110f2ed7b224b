"""The rehearsal's customer, who answers at once, for many short sessions; notes who collects Python's garbage.

`python -m tests.support.quick_person FILE --relay URL`: a line in FILE for each collection, with its thread.
"""

import gc
import sys
import threading
from pathlib import Path

from tests.rehearsal import person

AT_ONCE = 20


def main() -> None:
    """Run the applet with this person in front of it."""
    noted = Path(sys.argv.pop(1)).open("a", buffering=1)  # noqa: SIM115  (until the process ends)

    def note(phase: str, about: dict[str, int]) -> None:
        if phase == "start":
            noted.write(f"{threading.current_thread().name} {about['generation']}\n")

    person.LOOK_MILLISECONDS = person.THINKS_MILLISECONDS = person.WRITES_MILLISECONDS = AT_ONCE
    gc.callbacks.append(note)
    person.main()


if __name__ == "__main__":
    main()
