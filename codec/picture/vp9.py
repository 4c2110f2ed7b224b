"""VP9 by libvpx and colours by libswscale, called directly: FFmpeg around them takes 25 MB in the help program.

Both libraries are those that PyAV's wheels for Linux bring. The packets are those that PyAV would give, byte for byte.
Numbers and structures are those of `vpx_encoder.h`, `vpx_image.h` and `vp8cx.h`; libvpx refuses callers that were
written for another layout (its ABI version). Those of FFmpeg are its public ones.
"""

import ctypes
import weakref
from ctypes import byref, c_char_p, c_int, c_int64, c_long, c_size_t, c_ubyte, c_uint, c_ulong, c_void_p
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codec.errors import DesksideError
from codec.picture.diff import Frame

BUFFER_SECONDS = 0.3
FRAMES_PER_SECOND = 30
QUANTIZERS = (16, 60)
SPEED = 8
_ABI = 39
_ONE_THREAD = 1
_CONSTANT_RATE = 1
_REALTIME = 1
_FRAME = 0
_I420 = 0x102
_BT709 = 2
_LIMITED = 0
_SPEED, _HIDDEN_PICTURES, _STATIC_THRESHOLD, _TILE_COLUMNS, _COLOR_SPACE, _COLOR_RANGE = 13, 14, 17, 33, 46, 51
_BILINEAR = 2
_SWS_BT709 = 1
_FULL = 1
_BGRX = 4
_UNCHANGED = 1 << 16
_ALIGNED = 64
"""Both libraries read and write whole vectors."""


class VideoEncodeError(DesksideError):
    """The video encoder of this computer failed. The rectangle is written as tiles instead."""


class _Settings(ctypes.Structure):
    """vpx_codec_enc_cfg_t up to what is set here, and room for the rest."""

    _fields_ = (
        *((name, c_uint) for name in ("usage", "threads", "profile", "width", "height", "depth", "input_depth")),
        *((name, c_int) for name in ("time_unit", "time_units_per_second")),
        *((name, c_uint) for name in ("error_resilient", "which_pass", "lag_in_frames")),
        *((name, c_uint) for name in ("drop_threshold", "may_resize", "scaled_width", "scaled_height")),
        *((name, c_uint) for name in ("resize_up_threshold", "resize_down_threshold", "rate_mode")),
        *((name, c_size_t) for name in ("stats", "stats_size", "more_stats", "more_stats_size")),
        *((name, c_uint) for name in ("kbit_per_second", "least_quantizer", "most_quantizer")),
        *((name, c_uint) for name in ("undershoot_percent", "overshoot_percent")),
        *((name, c_uint) for name in ("buffer_ms", "buffer_at_first_ms", "buffer_aim_ms")),
        ("rest", c_ubyte * 1024),
    )


class _Context(ctypes.Structure):
    """vpx_codec_ctx_t, all of it the library's own, and more room than it takes."""

    _fields_ = (("own", c_void_p * 16),)


class _Image(ctypes.Structure):
    """vpx_image_t up to what is set here, and room for the rest."""

    _fields_ = (
        *((name, c_int) for name in ("format", "color_space", "color_range")),
        *((name, c_uint) for name in ("stored_width", "stored_height", "depth", "width", "height")),
        *((name, c_uint) for name in ("shown_width", "shown_height", "chroma_shift_x", "chroma_shift_y")),
        ("planes", c_void_p * 4),
        ("strides", c_int * 4),
        ("rest", c_ubyte * 128),
    )


class _Packet(ctypes.Structure):
    """vpx_codec_cx_pkt_t up to what is read here."""

    _fields_ = (("kind", c_int), ("data", c_void_p), ("size", c_size_t))


class _Libraries:
    """libvpx and libswscale, loaded."""

    def __init__(self, vpx: Path, swscale: Path) -> None:
        self.vpx, self.sws = ctypes.CDLL(str(vpx)), ctypes.CDLL(str(swscale))
        self.vpx.vpx_codec_vp9_cx.restype = c_void_p
        self.vpx.vpx_codec_err_to_string.restype = c_char_p
        self.vpx.vpx_codec_get_cx_data.restype = ctypes.POINTER(_Packet)
        self.vpx.vpx_img_wrap.restype = c_void_p
        self.vpx.vpx_codec_encode.argtypes = (c_void_p, c_void_p, c_int64, c_ulong, c_long, c_ulong)
        self.sws.sws_getContext.restype = self.sws.sws_getCoefficients.restype = c_void_p
        # swscale knows by name what only libavutil, which it has loaded, can look up
        self.sws.av_get_pix_fmt.argtypes = (c_char_p,)


@cache
def _libraries() -> _Libraries | None:
    """Return both libraries where PyAV has brought them, None elsewhere."""
    package = find_spec("av")
    if package is None or package.origin is None:
        return None
    found = [
        sorted((Path(package.origin).parents[1] / "av.libs").glob(f"lib{name}-*.so*")) for name in ("vpx", "swscale")
    ]
    if not all(found):
        return None
    return _Libraries(*(files[0] for files in found))


def is_there() -> bool:
    """Whether this computer has the two libraries."""
    return _libraries() is not None


class Vp9Encoder:
    """Encodes one video of one size at a constant rate, in real time: one packet for each picture."""

    def __init__(self, size: tuple[int, int], rate: int) -> None:
        """`size` is (width, height), `rate` in bits per second. Raises VideoEncodeError."""
        libraries = _libraries()
        if libraries is None:
            raise VideoEncodeError(f"{VideoEncodeError.__doc__} (no libvpx)")
        self._vpx, self._sws = libraries.vpx, libraries.sws
        self._source = _plane(size[1], size[0] * _BGRX).reshape(size[1], -1, _BGRX)
        self._planes = [_plane(-(-size[1] // part), -(-size[0] // part)) for part in (1, 2, 2)]
        self._size = size
        self._context = _Context()
        self._open(rate)
        weakref.finalize(self, self._vpx.vpx_codec_destroy, byref(self._context))
        self._scaler = c_void_p(self._open_scaler())
        weakref.finalize(self, self._sws.sws_freeContext, self._scaler)
        self._image = self._wrap()

    def encode(self, picture: Frame, milliseconds: int) -> bytes:
        """Return the packet of (height, width, 4) uint8 BGRX; the time must have grown. Raises VideoEncodeError."""
        self._source[:, : self._size[0]] = picture
        self._convert()
        duration = 1000 // FRAMES_PER_SECOND
        self._check(
            self._vpx.vpx_codec_encode(byref(self._context), byref(self._image), milliseconds, duration, 0, _REALTIME)
        )
        packets, iterator = [], c_void_p()
        while packet := self._vpx.vpx_codec_get_cx_data(byref(self._context), byref(iterator)):
            if packet.contents.kind == _FRAME:
                packets.append(ctypes.string_at(packet.contents.data, packet.contents.size))
        return b"".join(packets)

    def _open(self, rate: int) -> None:
        interface, settings = c_void_p(self._vpx.vpx_codec_vp9_cx()), _Settings()
        self._check(self._vpx.vpx_codec_enc_config_default(interface, byref(settings), 0))
        settings.width, settings.height = self._size
        settings.threads, settings.lag_in_frames = _ONE_THREAD, 0
        settings.time_unit, settings.time_units_per_second = 1, 1000
        settings.rate_mode, settings.kbit_per_second = _CONSTANT_RATE, round(rate / 1000)
        settings.least_quantizer, settings.most_quantizer = QUANTIZERS
        room = int(rate * BUFFER_SECONDS)
        settings.buffer_ms = room * 1000 // rate
        settings.buffer_at_first_ms = room * 3 // 4 * 1000 // rate
        settings.buffer_aim_ms = settings.buffer_ms * 5 // 6
        self._check(self._vpx.vpx_codec_enc_init_ver(byref(self._context), interface, byref(settings), c_long(0), _ABI))
        for control, value in (
            (_SPEED, SPEED),
            (_HIDDEN_PICTURES, 0),
            (_STATIC_THRESHOLD, 0),
            (_TILE_COLUMNS, 0),
            (_COLOR_SPACE, _BT709),
            (_COLOR_RANGE, _LIMITED),
        ):
            self._check(self._vpx.vpx_codec_control_(byref(self._context), c_int(control), c_int(value)))

    def _open_scaler(self) -> int:
        formats = [self._sws.av_get_pix_fmt(name) for name in (b"bgra", b"yuv420p")]
        scaler = self._sws.sws_getContext(*self._size, formats[0], *self._size, formats[1], _BILINEAR, None, None, None)
        if not scaler:
            raise VideoEncodeError(f"{VideoEncodeError.__doc__} (no conversion of colours)")
        colours = c_void_p(self._sws.sws_getCoefficients(_SWS_BT709))
        given = (colours, _FULL, colours, _LIMITED, 0, _UNCHANGED, _UNCHANGED)
        if self._sws.sws_setColorspaceDetails(c_void_p(scaler), *given) < 0:
            raise VideoEncodeError(f"{VideoEncodeError.__doc__} (no BT.709)")
        return int(scaler)

    def _wrap(self) -> _Image:
        image = _Image()
        if not self._vpx.vpx_img_wrap(byref(image), _I420, *self._size, 1, c_void_p(self._planes[0].ctypes.data)):
            raise VideoEncodeError(f"{VideoEncodeError.__doc__} (its size)")
        for number, plane in enumerate(self._planes):
            image.planes[number], image.strides[number] = plane.ctypes.data, plane.strides[0]
        return image

    def _convert(self) -> None:
        source, strides = (c_void_p * 4)(self._source.ctypes.data), (c_int * 4)(self._source.strides[0])
        rows = self._size[1]
        done = self._sws.sws_scale(self._scaler, source, strides, 0, rows, self._image.planes, self._image.strides)
        if done != rows:
            raise VideoEncodeError(f"{VideoEncodeError.__doc__} (conversion of colours: {done})")

    def _check(self, result: int) -> None:
        if result:
            why = self._vpx.vpx_codec_err_to_string(result).decode(errors="replace")
            raise VideoEncodeError(f"{VideoEncodeError.__doc__} ({why})")


def _plane(rows: int, row_bytes: int) -> NDArray[np.uint8]:
    """Return rows that begin where vectors do, with room behind each."""
    stride = (row_bytes // _ALIGNED + 2) * _ALIGNED
    room = np.zeros((rows + 1) * stride, np.uint8)
    skipped = -room.ctypes.data % _ALIGNED
    return room[skipped : skipped + rows * stride].reshape(rows, stride)
