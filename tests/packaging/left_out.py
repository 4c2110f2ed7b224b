"""Libraries that the help program names but never calls, each replaced by an empty one of the same name.

Qt, PyAV and numpy link everything that they can do. Left out are the coders whose licence (GPL) the help program may
not carry, and what would make it twice as large. An empty library answers every call with 0: "not there". Of OpenBLAS
the products of real numbers are there (`blas.c`). Anything else that is asked of it ends the program: an answer would
be a wrong number.
"""

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

LEFT_OUT = (
    # GPL
    "libx264",
    "libx265",
    # other coders, devices, files, networks: the program encodes VP9 and nothing else
    "libSvtAv1Enc",
    "libasound",
    "libavdevice",
    "libavfilter",
    "libavformat",
    "libdav1d",
    "libmp3lame",
    "libopencore-amrnb",
    "libopencore-amrwb",
    "libvpl",
    "libwebp",
    "libwebpmux",
    "libdrm",
    # products of large matrices, and equations
    "libscipy_openblas64_",
    # time zones by name, sorting by language, old encodings: Qt does without
    "libicudata",
    "libicui18n",
    "libicuuc",
    # 3D: nothing here draws by it
    "libEGL",
    "libGL",
    # proxies with Kerberos, services that systemd starts
    "libgssapi_krb5",
    "libsystemd",
)
BLAS = Path(__file__).with_name("blas.c")
_TARGET = "x86_64-linux-gnu.2.28"
_SYMBOL = re.compile(
    r"^[0-9a-f]+ (?P<flags>.{7}) (?P<section>\S+)\s+[0-9a-f]+\s+"
    r"(?:\(?(?P<version>\w[\w.]*)\)?\s+)?(?:\.protected )?(?P<name>\w+)$"
)
_TEXTS = ("_configuration", "_license", "_version_info")
"""What libraries of FFmpeg say of themselves, which is read when PyAV is loaded."""
_WRITTEN = re.compile(r"scipy_cblas_[sd](?:axpy|dot|gemm|gemv|syrk)64_")
"""What `blas.c` has."""
_FROM_OPENBLAS = "scipy_"


@dataclass(frozen=True)
class Symbol:
    """What a library offers or needs by name."""

    name: str
    version: str
    is_function: bool
    is_needed: bool


def is_left_out(name: str) -> bool:
    """Whether a library of this file name is replaced."""
    return re.split(r"-[0-9a-f]{8}|\.so", name)[0] in LEFT_OUT


def empty_library(library: Path, users: Iterable[Path], target: Path, zig: Path) -> None:
    """Write an empty library that has of `library` what `users` need. Raises CalledProcessError."""
    needed = {each.name for user in users for each in symbols(user) if each.is_needed}
    offered = [each for each in symbols(library) if not each.is_needed and each.name in needed]
    source, versions = target.with_suffix(".c"), target.with_suffix(".map")
    sources = [source, BLAS] if any(_WRITTEN.fullmatch(each.name) for each in offered) else [source]
    source.write_text(source_of(each for each in offered if not _WRITTEN.fullmatch(each.name)))
    versions.write_text(version_script(offered))
    flags = [
        "-shared",
        "-nostdlib",
        "-O3",
        "-s",
        "-w",
        f"-Wl,-soname,{soname(library)}",
        f"-Wl,--version-script={versions}",
    ]
    command: list[str | Path] = [zig, "cc", "-target", _TARGET, *flags, *sources, "-o", target]
    subprocess.run(command, check=True)


def source_of(offered: Iterable[Symbol]) -> str:
    """Return the C of an empty library. Pure."""
    return "".join(f"{_definition(each)}\n" for each in sorted(offered, key=lambda each: each.name))


def version_script(offered: Iterable[Symbol]) -> str:
    """Return which symbols have which version, for the linker. Pure."""
    names: dict[str, list[str]] = {}
    for each in sorted(offered, key=lambda each: each.name):
        names.setdefault(each.version, []).append(each.name)
    blocks = [
        f"{version} {{ global: {' '.join(f'{name};' for name in of)} local: *; }};\n" for version, of in names.items()
    ]
    return "".join(blocks) or "{ local: *; };\n"


def symbols(library: Path) -> list[Symbol]:
    """Return the dynamic symbols of a library. Raises CalledProcessError."""
    told = subprocess.run(["objdump", "-T", library], check=True, capture_output=True, text=True).stdout
    found = (_SYMBOL.match(line) for line in told.splitlines())
    return [
        Symbol(
            each["name"],
            "" if each["version"] in (None, "Base") else each["version"],
            "F" in each["flags"],
            each["section"] == "*UND*",
        )
        for each in found
        if each is not None
    ]


def soname(library: Path) -> str:
    """Return what a library is called by those that need it. Raises CalledProcessError."""
    return next(iter(_told_by_header(library, "SONAME")), library.name)


def needs(file: Path) -> list[str]:
    """Return the libraries that a file names. Raises CalledProcessError."""
    return _told_by_header(file, "NEEDED")


def _told_by_header(file: Path, field: str) -> list[str]:
    told = subprocess.run(["objdump", "-p", file], check=True, capture_output=True, text=True).stdout
    return re.findall(rf"^\s+{field}\s+(\S+)$", told, re.MULTILINE)


def _definition(symbol: Symbol) -> str:
    if symbol.name.endswith(_TEXTS):
        return f'const char *{symbol.name}(void) {{ return ""; }}'
    if symbol.name.startswith(_FROM_OPENBLAS):
        return f"void {symbol.name}(void) {{ __builtin_trap(); }}"
    if symbol.is_function:
        return f"void *{symbol.name}(void) {{ return 0; }}"
    return f"void *{symbol.name}[64];"
