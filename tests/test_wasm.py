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
from tests.codec.picture.changes import Change, changed, changes
from tests.rehearsal.prepare import ready_wasm_tools
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
    encoder.encoder_frame.restype = encoder.encoder_packet.restype = ctypes.c_void_p
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


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-1, 5), (16_385, 5), (16_384, 16_384), (1 << 30, 4)])
def test_impossible_sizes_are_refused(checked: ctypes.CDLL, size: tuple[int, int]) -> None:
    assert not checked.encoder_resize(*size)


def test_the_version_before_is_the_oldest(checked: ctypes.CDLL) -> None:
    assert checked.encoder_resize(32, 32)
    packet = encode(checked, np.zeros((32, 32, 4), np.uint8), OLDEST_VERSION)
    assert packet is not None
    assert packet[0] == OLDEST_VERSION
