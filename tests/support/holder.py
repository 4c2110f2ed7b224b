"""An applet's input that holds Shift, A and the left mouse button, has lent a key, and says so:
`python -m tests.support.holder`.
"""

import time

from applet.input.guard import Guard
from applet.input.injected import InjectedEvents
from applet.input.x11_input import X11Input
from codec.wire.messages import Key
from tests.support.inputs import at_once

if __name__ == "__main__":
    held = X11Input(InjectedEvents(time.monotonic), lambda: True, Guard)
    at_once(held.type_text("\u6f22"))
    at_once(held.key(Key(True, "ShiftLeft", "Shift")))
    at_once(held.key(Key(True, "KeyA", "A", "A")))
    at_once(held.button(0, True))
    print("holds", flush=True)
    while True:
        time.sleep(1)
