"""A program that holds the clipboard of X11 and is slow, silent, dead when it is asked, or odd.

    python -m tests.support.selection_owner {slow,silent,dies,crumbs,image,bytes} [HEX]

Says "ready" when it owns the selection, and "asked" when it was asked for it.
"""

import os
import sys
import time
from typing import Any

from Xlib import X, Xatom, display
from Xlib.protocol import event

SLOW_SECONDS = 1.0


def main(how: str, data: bytes) -> None:
    """Own the clipboard and behave like `how`."""
    there = display.Display()
    window = there.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
    window.set_wm_name(how)
    clipboard = there.intern_atom("CLIPBOARD")
    window.change_property(clipboard, Xatom.STRING, 8, b"")  # its event tells the server's time
    while True:
        happened = there.next_event()
        if happened.type == X.PropertyNotify:
            window.set_selection_owner(clipboard, happened.time)
            there.sync()
            break
    print("ready", flush=True)
    while True:
        asked = there.next_event()
        if asked.type == X.SelectionRequest:
            print("asked", flush=True)
            _answer(there, asked, how, data)


def _answer(there: display.Display, asked: Any, how: str, data: bytes) -> None:
    if how == "silent":
        return
    if how == "dies":
        os._exit(1)
    if how == "slow":
        time.sleep(SLOW_SECONDS)
    utf8 = there.intern_atom("UTF8_STRING")
    given = asked.property
    if how == "crumbs":  # begins, and never goes on
        asked.requestor.change_property(asked.property, there.intern_atom("INCR"), 32, [1000])
    elif asked.target == utf8 and how != "image":
        asked.requestor.change_property(asked.property, utf8, 8, data)
    else:
        given = X.NONE
    told = {"requestor": asked.requestor, "selection": asked.selection, "target": asked.target}
    asked.requestor.send_event(event.SelectionNotify(time=asked.time, property=given, **told))
    there.flush()


if __name__ == "__main__":
    main(sys.argv[1], bytes.fromhex(sys.argv[2]) if len(sys.argv) > 2 else b"from a strange program")
