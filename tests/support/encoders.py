"""The encoder of the customer's page, as a browser runs it, in Node: told to encode pictures over a pipe."""

import struct
import subprocess

import numpy as np
from numpy.lib.stride_tricks import as_strided

from codec.picture.diff import Frame
from codec.picture.encoder import BadFrameError
from codec.picture.packet import VERSION, PlaneColors
from codec.picture.plane_layers import CapturedPlanes
from tests.support.node import SCRIPTS, codec_environment
from tests.support.packets import COLORS

_REQUEST = struct.Struct("<7I")
_ANSWER = struct.Struct("<2i")
_RGB, _KEY, _IN_PLACE, _PLANES, _INTERLEAVED, _FULL_RANGE = 1, 2, 4, 8, 16, 32
_BAD_FRAME = -1


class PageEncoder:
    """Has the methods of codec's Encoder that a page has. `close` it in the end."""

    def __init__(self) -> None:
        command = ["node", str(SCRIPTS / "encoder.mjs")]
        self._process = subprocess.Popen(
            command, env=codec_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._flags = 0
        self._begins = False
        self.milliseconds = 0.0
        """How long the last picture took there, without the pipe; and without the copy, where it was made in place."""

    def begin(self) -> None:
        """Encode with another instance from now on."""
        self._begins = True
        self._flags = 0

    def refresh(self) -> None:
        """Make the next packet a key."""
        self._flags |= _KEY

    def encode(
        self, frame: Frame, version: int = VERSION, *, is_rgb: bool = False, in_place: bool = False
    ) -> bytes | None:
        """Return the packet for (height, width, 4) uint8 whose lines may lie apart. Raises BadFrameError."""
        if frame.strides[1:] != (4, 1):
            frame = np.ascontiguousarray(frame)
        height, width, _ = frame.shape
        stride = frame.strides[0]
        whole = as_strided(frame[0, 0], (stride * (height - 1) + 4 * width,), (1,))  # what is between its lines too
        return self.encode_bytes(whole.tobytes(), width, height, stride, version, is_rgb=is_rgb, in_place=in_place)

    def encode_bytes(
        self,
        data: bytes,
        width: int,
        height: int,
        stride: int,
        version: int = VERSION,
        *,
        is_rgb: bool = False,
        in_place: bool = False,
    ) -> bytes | None:
        """Encode whatever is given. Raises BadFrameError."""
        flags = (_RGB if is_rgb else 0) | (_IN_PLACE if in_place else 0)
        return self._encode(data, width, height, stride, flags, version)

    def encode_planes(
        self, planes: CapturedPlanes, colors: PlaneColors = COLORS, *, interleaved: bool = False
    ) -> bytes | None:
        """Return the packet for planes as a browser captured them: I420, or NV12."""
        height, width = planes.luma.shape
        chroma = (np.stack([planes.cb, planes.cr], axis=2),) if interleaved else (planes.cb, planes.cr)
        data = b"".join(plane.tobytes() for plane in (planes.luma, *chroma))
        flags = _PLANES | (_INTERLEAVED if interleaved else 0) | (_FULL_RANGE if colors.full_range else 0)
        return self._encode(data, width, height, 0, flags, colors.matrix)

    def _encode(self, data: bytes, width: int, height: int, stride: int, flags: int, version: int) -> bytes | None:
        flags |= self._flags
        self._write(_REQUEST.pack(width, height, stride, len(data), flags, version, self._begins) + data)
        self._flags, self._begins = 0, False
        length, nanoseconds = _ANSWER.unpack(self._read(_ANSWER.size))
        self.milliseconds = nanoseconds / 1e6
        if length == _BAD_FRAME:
            raise BadFrameError(f"a page's encoder does not take {len(data)} bytes of {width}×{height}")
        return self._read(length) or None

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def _write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        rest = memoryview(data)
        while rest:
            rest = rest[self._process.stdin.write(rest) or 0 :]

    def _read(self, count: int) -> bytes:
        assert self._process.stdout is not None
        parts = []
        while count > 0:
            part = self._process.stdout.read(count)
            assert part, "Node has ended"
            parts.append(part)
            count -= len(part)
        return b"".join(parts)
