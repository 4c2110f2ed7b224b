"""The encoder of the customer's page: `python -m tests.wasm` writes what its C has from Python, and builds the module.

A tool for developers. The module is committed, so that nobody who builds the page needs a C compiler; it is built again
by a test, which compares every byte. So everything that goes into it is pinned: the compiler (zig, from PyPI), zstd's
source (of the package `zstandard`), and the flags, which leave no path and no time in it.
"""

import importlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.rehearsal.prepare import ROOT, WASM_TOOLS, ready_wasm_tools

SOURCES = ROOT / "codec" / "ts" / "src" / "picture" / "wasm"
HEADER = SOURCES / "constants.gen.h"
MODULE = SOURCES / "encoder.wasm"
ZSTD = WASM_TOOLS / "zstd"
CONSTANTS: dict[str, tuple[str, ...]] = {
    "codec.picture.geometry": ("TILE", "MAX_SIDE", "MAX_PIXELS"),
    "codec.picture.tiles": ("SOLID", "TWO", "PART", "PHOTO", "PLAIN", "LOSSY", "MEDIAN", "PIXELS", "MARKS"),
    "codec.picture.median": ("PLANES", "HALVES", "SMALL", "OUTSIDE"),
    "codec.picture.tile_classification": (
        "LOOKED_AT",
        "PHOTO_CHANGES",
        "SOFT_CHANGES",
        "EDGE",
        "PART_COLUMNS",
        "PART_FILLED",
    ),
    "codec.picture.packet": (
        "VERSION",
        "OLDEST_VERSION",
        "PLANES_VERSION",
        "KEY",
        "HEAD_BYTES",
        "PLANES_HEAD_BYTES",
        "MOVE_BYTES",
        "MAX_MOVES",
        "WINDOW_LOG",
    ),
    "codec.picture.stream": ("LEVEL", "LDM_MIN_MATCH", "PLANES_HASH_LOG"),
    "codec.picture.update": ("SCATTERED",),
    "codec.picture.reference": ("MANY", "RECENT", "WORTH"),
    "codec.picture.motion": (
        "MIN_TILES",
        "STRIP",
        "STRIPS",
        "ASKED",
        "MIN_LINES",
        "FAR",
        "LITTLE",
        "SURE",
        "LOOKED_AT",
        "POINTS",
        "STRIKING",
        "ENOUGH",
        "NEAREST",
        "REACH",
        "MAX_PLACES",
        "NARROWED",
        "_FACTORS",
    ),
}
"""Module → what of it the C has."""
RENAMED = {
    ("codec.picture.motion", "LOOKED_AT"): "POINTS_LOOKED_AT",
    ("codec.picture.motion", "_FACTORS"): "FACTORS",
}
ONLY_LEVEL_1 = [
    f"-DZSTD_EXCLUDE_{name}_BLOCK_COMPRESSOR"
    for name in ("DFAST", "GREEDY", "LAZY", "LAZY2", "BTLAZY2", "BTOPT", "BTULTRA")
]
"""zstd's other levels are not linked: they would double the module."""
WITHOUT_THREADS = "-D__EMSCRIPTEN__"
"""The only word by which zstd.c leaves its threads out; it reads it for nothing else."""
HIDDEN = [
    f"-D{name}=" for name in ("ZSTDLIB_VISIBLE", "ZSTDLIB_STATIC_API", "ZSTDERRORLIB_VISIBLE", "ZDICTLIB_VISIBLE")
]
FLAGS = [
    "-target",
    "wasm32-freestanding",
    "-nostdlib",
    "-std=c17",
    "-msimd128",
    "-mbulk-memory",
    "-DNDEBUG",
    "-ffunction-sections",
    "-fdata-sections",
    "-fvisibility=hidden",
    "-flto",  # all files are one for the linker: 1.2 KB less with gzip, and no slower
    f"-ffile-prefix-map={ROOT}=.",
]
SMALL, QUICK = "-Os", ["-O3", "-fno-unroll-loops"]
HOT = {
    *("diff", "functions", "interleave", "motion_points", "motion_votes", "reference", "save_under", "tiles"),
    "tile_classification",
}
"""What most of the time is spent in. The rest and zstd are made small: nothing was slower that could be measured."""
LINKED = ["-Wl,--no-entry", "-Wl,--gc-sections", "-Wl,--strip-all"]
CHECKED = ["-fsanitize=undefined", "-fsanitize-trap=undefined"]
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Werror"]


def header() -> str:
    """Return the C header of what Python declares."""
    lines = ["/* Written by tests/wasm.py from Python. Do not edit: run `make wasm`. */", "#pragma once", ""]
    for module, names in CONSTANTS.items():
        home = importlib.import_module(module)
        for name in names:
            lines += _declared(RENAMED.get((module, name), name), getattr(home, name))
    return "\n".join([*lines, ""])


def _declared(name: str, value: Any) -> list[str]:
    if isinstance(value, slice):
        return [f"#define FIRST_{name} {value.start}", f"#define LINES_APART {value.step}"]
    if isinstance(value, int | float):
        return [f"#define {name} {value}"]
    numbers = [f"{number}u" for number in value]
    return [f"static const unsigned {name}[{len(numbers)}] = {{{', '.join(numbers)}}};"]


def compile_c(files: list[Path], flags: list[str], output: Path) -> None:
    """Compile C with the pinned compiler. Raises CalledProcessError, having printed what it complains about."""
    tools = ready_wasm_tools()
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tools / "zig")}
    environment |= {name: str(tools / "cache") for name in ("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR")}
    command = [sys.executable, "-m", "ziglang", "cc", *flags, *map(str, files), "-o", str(output)]
    subprocess.run(command, check=True, cwd=ROOT, env=environment)


def build(output: Path) -> None:
    """Compile the module."""
    library = SOURCES / "freestanding"
    shared = [*FLAGS, f"-I{library}", f"-I{ZSTD}"]
    with tempfile.TemporaryDirectory() as folder:
        zstd = Path(folder, "zstd.o")
        compile_c([ZSTD / "zstd.c"], [*shared, "-c", SMALL, WITHOUT_THREADS, *HIDDEN, *ONLY_LEVEL_1], zstd)
        objects = [zstd]
        for file in sorted([*SOURCES.glob("*.c"), *library.glob("*.c")]):
            objects.append(Path(folder, f"{file.stem}.o"))
            compile_c([file], [*shared, "-c", *(QUICK if file.stem in HOT else [SMALL]), *WARNINGS], objects[-1])
        compile_c(objects, [*shared, *LINKED], output)


def build_checked(output: Path, memory: Path) -> None:
    """Compile a library for this machine that ends the process where C says nothing about what happens.

    `memory` is the source that takes the place of memory.c.
    """
    shared = ["-fPIC", "-O1", "-g", "-std=gnu17", f"-I{SOURCES}", f"-I{ZSTD}"]
    zstd = output.with_suffix(".zstd.o")
    compile_c([ZSTD / "zstd.c"], [*shared, "-c", "-fno-sanitize=all", WITHOUT_THREADS, *ONLY_LEVEL_1], zstd)
    ours = sorted(file for file in SOURCES.glob("*.c") if file.name != "memory.c")
    compile_c([*ours, memory, zstd], [*shared, *WARNINGS, *CHECKED, "-shared"], output)
    zstd.unlink()


if __name__ == "__main__":
    HEADER.write_text(header())
    build(MODULE)
    print(f"{MODULE.relative_to(ROOT)}: {MODULE.stat().st_size:,} bytes")
