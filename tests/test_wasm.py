"""The encoder's module is what its sources make, byte for byte, and nothing in them is left to chance."""

import ctypes
import gzip
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.picture.decoder import Decoder
from codec.picture.diff import Frame
from codec.picture.encoder import Encoder
from codec.picture.packet import OLDEST_VERSION, VERSION
from codec.picture.plane_encoder import PlaneEncoder
from codec.picture.plane_layers import CapturedPlanes
from tests.codec.picture.changes import Change, changed, changes
from tests.rehearsal.prepare import ready_wasm_tools
from tests.support.captures import captured, same_planes
from tests.support.packets import COLORS
from tests.wasm import HEADER, MODULE, build, build_checked, header

MOST_GZIP_BYTES = 60 << 10
GUARDED_MEMORY = Path(__file__).parent / "codec" / "picture" / "guarded_memory.c"


@pytest.fixture(scope="module")
def compiler() -> None:
    """A compiler, which is fetched where it is missing."""
    try:
        ready_wasm_tools()
    except subprocess.CalledProcessError as error:
        pytest.skip(f"there is no C compiler to be had on this machine: {error}")


@pytest.fixture(scope="module")
def checked(compiler: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ctypes.CDLL]:
    """The encoder for this machine: it ends the process where C says nothing about what happens."""
    library = tmp_path_factory.mktemp("checked") / "encoder.so"
    build_checked(library, GUARDED_MEMORY)
    encoder = ctypes.CDLL(str(library))
    for place in (encoder.encoder_frame, encoder.encoder_packet):
        place.restype = ctypes.c_void_p
    assert encoder.encoder_create()
    return encoder


def test_what_c_has_from_python_is_what_python_says_now() -> None:
    assert HEADER.read_text() == header(), "run `make wasm`"


@pytest.mark.usefixtures("compiler")
def test_the_module_is_what_its_sources_make(tmp_path: Path) -> None:
    build(tmp_path / "encoder.wasm")
    assert (tmp_path / "encoder.wasm").read_bytes() == MODULE.read_bytes(), "run `make wasm`"


def test_the_module_is_small() -> None:
    assert len(gzip.compress(MODULE.read_bytes(), 9)) <= MOST_GZIP_BYTES


def encode(checked: ctypes.CDLL, frame: Frame, version: int = VERSION) -> bytes | None:
    """Encode a picture of the size that was set."""
    height, width, _ = frame.shape
    stride = checked.encoder_stride()
    memory = (ctypes.c_uint8 * (stride * 4 * height)).from_address(checked.encoder_frame())
    np.frombuffer(memory, np.uint8).reshape(height, stride, 4)[:, :width] = frame
    length = checked.encoder_encode(version, 0)
    assert length >= 0
    return ctypes.string_at(checked.encoder_packet(), length) or None


@settings(max_examples=150, deadline=None)
@given(
    width=st.integers(1, 300),
    height=st.integers(1, 300),
    steps=st.lists(changes, max_size=4),
    version=st.integers(3, 4),
)
def test_nothing_is_left_to_chance(
    checked: ctypes.CDLL, width: int, height: int, steps: list[Change], version: int
) -> None:
    """Any pictures, under a compiler's checks and with nothing but untouchable pages around every buffer."""
    assert checked.encoder_resize(width, height)
    python, decoder = Encoder(width, height, version), Decoder()
    for frame in changed(width, height, steps):
        packet = encode(checked, frame, version)
        assert packet == python.encode(frame)
        if packet is not None:
            assert np.array_equal(decoder.decode(packet)[..., :3], frame[..., :3])


def encode_planes(checked: ctypes.CDLL, planes: CapturedPlanes, interleaved: bool) -> bytes | None:
    """Encode planes of the size that was set. What is beyond their edges is as it was, or noise."""
    start, stride, half = checked.encoder_frame(), checked.encoder_stride(), checked.encoder_chroma_stride()
    chroma, apart = checked.encoder_chroma(), checked.encoder_chroma_bytes()
    memory = np.frombuffer((ctypes.c_uint8 * (chroma + 2 * apart)).from_address(start), np.uint8)
    memory[:] = 85
    memory[:chroma].reshape(-1, stride)[: planes.luma.shape[0], : planes.luma.shape[1]] = planes.luma
    height, width = planes.cb.shape
    if interleaved:
        both = memory[chroma:].reshape(-1, half, 2)[:height, :width]
        both[..., 0], both[..., 1] = planes.cb, planes.cr
    else:
        memory[chroma : chroma + apart].reshape(-1, half)[:height, :width] = planes.cb
        memory[chroma + apart :].reshape(-1, half)[:height, :width] = planes.cr
    length = checked.encoder_encode_planes(COLORS.matrix, COLORS.full_range, interleaved, 0, planes.luma.shape[0])
    assert length >= 0
    return ctypes.string_at(checked.encoder_packet(), length) or None


@settings(max_examples=150, deadline=None)
@given(
    width=st.integers(1, 300),
    height=st.integers(1, 300),
    steps=st.lists(changes, max_size=4),
    interleaved=st.lists(st.booleans(), min_size=5, max_size=5),
)
def test_nothing_of_planes_is_left_to_chance(
    checked: ctypes.CDLL, width: int, height: int, steps: list[Change], interleaved: list[bool]
) -> None:
    assert checked.encoder_resize_planes(width, height)
    python, decoder = PlaneEncoder(width, height, COLORS), Decoder()
    for frame, both in zip(changed(width, height, steps), interleaved, strict=False):
        planes = captured(frame)
        packet = encode_planes(checked, planes, both)
        assert packet == python.encode(planes)
        if packet is not None:
            decoder.decode(packet)
        assert same_planes(decoder.planes, planes)


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-1, 5), (16_385, 5), (16_384, 16_384), (1 << 30, 4)])
def test_impossible_sizes_are_refused(checked: ctypes.CDLL, size: tuple[int, int]) -> None:
    assert not checked.encoder_resize(*size)
    assert not checked.encoder_resize_planes(*size)


def test_the_version_before_is_the_oldest(checked: ctypes.CDLL) -> None:
    assert checked.encoder_resize(32, 32)
    packet = encode(checked, np.zeros((32, 32, 4), np.uint8), OLDEST_VERSION)
    assert packet is not None
    assert packet[0] == OLDEST_VERSION
