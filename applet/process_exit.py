"""The very end of the applet's process."""

import logging
import os
import sys
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """End this process with this exit code, after everything has been closed and said.

    Not by `sys.exit`: the interpreter's own end runs beside threads that cannot be asked to end, because they wait for
    the display server or for a line of standard input. It aborts when one of them holds a lock, and it destroys the
    objects of Qt that are left in an order that Qt does not survive.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # a program with windows alone has none on Windows
            try:
                stream.flush()
            except (OSError, ValueError):
                continue  # nobody reads it any more
    os._exit(code)
