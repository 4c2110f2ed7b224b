"""The replacement for OpenBLAS in the help program gives the results of OpenBLAS, and refuses what it does not have."""

import ctypes
import itertools
from ctypes import c_double, c_float, c_int, c_longlong
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.packaging.left_out import empty_library, is_left_out, source_of, symbols
from tests.rehearsal.prepare import ready_wasm_tools

LIBRARIES = Path(np.__file__).parents[1] / "numpy.libs"
NUMPY = Path(np.__file__).parent
ROW_MAJOR, COLUMN_MAJOR, AS_IS, TURNED, UPPER, LOWER = 101, 102, 111, 112, 121, 122
KINDS = {"s": (np.float32, c_float, 1e-4), "d": (np.float64, c_double, 1e-12)}
Matrix = NDArray[np.float32] | NDArray[np.float64]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the library as `make help` makes it."""
    (openblas,) = LIBRARIES.glob("libscipy_openblas64_*.so")
    assert is_left_out(openblas.name)
    target = tmp_path_factory.mktemp("blas") / openblas.name
    empty_library(openblas, NUMPY.rglob("*.so"), target, ready_wasm_tools() / "zig" / "ziglang" / "zig")
    return target


class Blas:
    """Its routines for one kind of number. Scalars are 1.5 and -0.5."""

    def __init__(self, library: Path, kind: str) -> None:
        self._library, self._kind = ctypes.CDLL(str(library)), kind
        self.type, self._real, self.tolerance = KINDS[kind]
        self.random = np.random.default_rng(3)

    def call(self, routine: str, *words: object) -> float:
        """Call one: int is an enumeration, a number of elements is in a tuple, arrays go by address."""
        function = self._library[f"scipy_cblas_{self._kind}{routine}64_"]
        function.restype = self._real
        given: list[object] = []
        for word in words:
            match word:
                case int():
                    given.append(c_int(word))
                case tuple():
                    given.append(c_longlong(word[0]))
                case float():
                    given.append(self._real(word))
                case np.ndarray():
                    given.append(ctypes.c_void_p(word.ctypes.data))
        return float(function(*given))

    def made(self, *shape: int) -> Matrix:
        """Return numbers of this kind."""
        return self.random.standard_normal(shape).astype(self.type)

    def is_same(self, got: Matrix, wanted: Matrix, terms: int) -> bool:
        """Whether they differ by no more than rounding."""
        return bool(np.allclose(got, wanted, atol=self.tolerance * (terms + 1)))


@pytest.fixture(params=KINDS)
def blas(library: Path, request: pytest.FixtureRequest) -> Blas:
    """Return the routines for each kind of number."""
    return Blas(library, request.param)


def stored(matrix: Matrix, order: int, turned: int) -> tuple[Matrix, int]:
    """Return a matrix as BLAS wants it, in wider rows, and how wide they are."""
    kept = matrix.T if (turned == TURNED) != (order == COLUMN_MAJOR) else matrix
    wide = np.full((kept.shape[0], kept.shape[1] + 3), np.nan, matrix.dtype)
    wide[:, : kept.shape[1]] = kept
    return wide, wide.shape[1]


@pytest.mark.parametrize("size", [(1, 1, 1), (3, 5, 7), (16, 16, 16), (17, 33, 65), (40, 1, 130), (1, 50, 20)])
def test_products_of_matrices(blas: Blas, size: tuple[int, int, int]) -> None:
    m, n, k = size
    a, b, before = blas.made(m, k), blas.made(k, n), blas.made(m, n)
    wanted = 1.5 * np.einsum("ik,kj->ij", a, b) - 0.5 * before
    for order, ta, tb in itertools.product((ROW_MAJOR, COLUMN_MAJOR), (AS_IS, TURNED), (AS_IS, TURNED)):
        (left, da), (right, db), (out, dc) = stored(a, order, ta), stored(b, order, tb), stored(before, order, AS_IS)
        sizes = [(each,) for each in size]
        blas.call("gemm", order, ta, tb, *sizes, 1.5, left, (da,), right, (db,), -0.5, out, (dc,))
        got = out[:, :-3].T if order == COLUMN_MAJOR else out[:, :-3]
        assert blas.is_same(got, wanted, k)
        assert np.isnan(out[:, -3:]).all(), "nothing is written beside it"


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (16, 40), (70, 17)])
def test_products_with_vectors(blas: Blas, size: tuple[int, int]) -> None:
    a = blas.made(*size)
    for order, turned, step in itertools.product((ROW_MAJOR, COLUMN_MAJOR), (AS_IS, TURNED), (1, 2)):
        kept, da = stored(a, order, AS_IS)
        x, y = (blas.made(each * step) for each in (size[::-1] if turned == AS_IS else size))
        wanted = 1.5 * ((a if turned == AS_IS else a.T) * x[::step]).sum(1) - 0.5 * y[::step]
        blas.call("gemv", order, turned, *[(each,) for each in size], 1.5, kept, (da,), x, (step,), -0.5, y, (step,))
        assert blas.is_same(y[::step], wanted, len(x))


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (16, 40)])
def test_products_of_a_matrix_with_itself(blas: Blas, size: tuple[int, int]) -> None:
    n, k = size
    a, before = blas.made(n, k), blas.made(n, n)
    wanted = 1.5 * np.einsum("ik,jk->ij", a, a) - 0.5 * before
    for order, part, turned in itertools.product((ROW_MAJOR, COLUMN_MAJOR), (UPPER, LOWER), (AS_IS, TURNED)):
        (kept, da), (out, dc) = stored(a, order, turned), stored(before, order, AS_IS)
        blas.call("syrk", order, part, turned, (n,), (k,), 1.5, kept, (da,), -0.5, out, (dc,))
        got = out[:, :-3].T if order == COLUMN_MAJOR else out[:, :-3]
        half, other = (np.triu, np.tril) if part == UPPER else (np.tril, np.triu)
        assert blas.is_same(half(got), half(wanted), k)
        assert (other(got, -1 if part == UPPER else 1) == other(before, -1 if part == UPPER else 1)).all()


def test_sums_of_vectors(blas: Blas) -> None:
    for count, dx, dy in ((0, 1, 1), (1, 1, 1), (33, 1, 2), (33, -1, 2), (7, 3, -2)):
        x, y = blas.made(count * abs(dx) + 1), blas.made(count * abs(dy) + 1)
        ours, theirs = (each[: count * abs(by) : abs(by)][:: 1 if by > 0 else -1] for each, by in ((x, dx), (y, dy)))
        assert blas.is_same(np.asarray(blas.call("dot", (count,), x, (dx,), y, (dy,))), (ours * theirs).sum(), count)
        wanted = theirs + 1.5 * ours
        blas.call("axpy", (count,), 1.5, x, (dx,), y, (dy,))
        assert blas.is_same(theirs, wanted, 1)


def test_what_it_does_not_compute_ends_the_program(library: Path) -> None:
    (openblas,) = LIBRARIES.glob("libscipy_openblas64_*.so")
    offered = [each for each in symbols(openblas) if each.name in ("scipy_dgesv_64_", "scipy_cblas_zgemm64_")]
    assert source_of(offered).count("__builtin_trap()") == len(offered) == 2
    assert {each.name for each in offered} <= {each.name for each in symbols(library)}


def test_nothing_that_numpy_asks_for_is_missing(library: Path) -> None:
    asked = {each.name for file in NUMPY.rglob("*.so") for each in symbols(file) if each.is_needed}
    there = {each.name for each in symbols(library)}
    assert {each for each in asked if each.startswith("scipy_")} <= there
