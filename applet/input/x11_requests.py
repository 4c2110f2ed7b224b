"""Requests to an X11 server that python-xlib has no class for: their bytes are given, and those of the answer returned.

`display` is Xlib's; what it raises passes through.
"""

from typing import Any

from Xlib.protocol import rq

_FORM = rq.Struct(rq.Card8("opcode"), rq.Card8("minor"), rq.RequestLength(), rq.Binary("body"))


class _Request(rq.Request):  # type: ignore[misc]  # python-xlib is published without types
    _request = _FORM


class _ReplyRequest(rq.ReplyRequest):  # type: ignore[misc]  # the same
    _request = _FORM
    _reply = rq.Struct(
        rq.ReplyCode(), rq.Card8("detail"), rq.Card16("sequence_number"), rq.ReplyLength(), rq.Binary("data", pad=0)
    )


def send(display: Any, opcode: int, minor: int, body: bytes) -> None:
    """Send a request that is not answered. `minor` is its second byte: an extension's own number for it."""
    _Request(display=display.display, opcode=opcode, minor=minor, body=body)


def ask(display: Any, opcode: int, minor: int, body: bytes) -> bytes:
    """Send a request and return what its answer holds behind its length."""
    return bytes(_ReplyRequest(display=display.display, opcode=opcode, minor=minor, body=body).data)
