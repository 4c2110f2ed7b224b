"""Makes the one-file help program for Linux: a small launcher with the whole program packed behind it.

`applet/install/linux/launcher.c` says what the launcher does, and how the file is made up.
"""

import gettext
import json
import struct
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

import zstandard

from applet.install.bootstrap import STARTED_AS
from applet.install.launcher_texts import DAMAGED, NO_ROOM
from tests.packaging.wheel import ROOT

MAGIC = b"DSKHELP1"
HEAD = struct.Struct("<8sQQII")
ENTRY = struct.Struct("<IIQ")
FAST_LEVEL, BEST_LEVEL = 3, 19
MEGABYTE = 1_000_000
LAUNCHER = ROOT / "applet" / "install" / "linux" / "launcher.c"
LOCALES = ROOT / "applet" / "locale"
TITLE = "Deskside help"
_FLAGS = ("-target", "x86_64-linux-gnu.2.28", "-O2", "-ffunction-sections", "-fdata-sections")
_STRICT = ("-s", "-Wall", "-Wextra", "-Werror", "-Wl,--gc-sections")


def make_one_file(folder: Path, name: str, target: Path, tools: Path, *, fast: bool) -> None:
    """Write the file that unpacks `folder` and runs `name` in it. `tools` has zig and zstd's source.

    Raises CalledProcessError.
    """
    unpacked = sum(each.lstat().st_size for each in folder.rglob("*") if each.is_file())
    compile_launcher(name, unpacked, target, tools)
    packer = zstandard.ZstdCompressor(level=FAST_LEVEL if fast else BEST_LEVEL, threads=-1).compressobj()
    packed = b"".join([*(packer.compress(part) for part in _entries(folder)), packer.flush()])
    with target.open("ab") as file:
        file.write(HEAD.pack(MAGIC, len(packed), unpacked, zlib.crc32(packed), 0))
        file.write(packed)
    target.chmod(0o755)


def compile_launcher(name: str, unpacked: int, target: Path, tools: Path) -> None:
    """Write the launcher alone. Raises CalledProcessError."""
    said = target.with_name("said.gen.h")
    said.write_text(_said(name, unpacked))
    zstd, unpacker = tools / "zstd", target.with_name("zstd.o")
    compiler: list[str | Path] = [tools / "zig" / "ziglang" / "zig", "cc", *_FLAGS]
    # apart, and always by the same words: the compiler keeps what it has made of them
    subprocess.run([*compiler, "-DZSTD_LEGACY_SUPPORT=0", "-c", zstd / "zstd.c", "-o", unpacker], check=True)
    places = [f"-I{said.parent}", f"-I{zstd}"]
    subprocess.run([*compiler, *_STRICT, *places, LAUNCHER, unpacker, "-o", target], check=True)
    said.unlink()
    unpacker.unlink()


def _entries(folder: Path) -> Iterator[bytes]:
    """Yield what is packed: folders before what is in them."""
    for each in sorted(folder.rglob("*")):
        path, about = str(each.relative_to(folder)).encode(), each.stat()
        content = b"" if each.is_dir() else each.read_bytes()
        mode = (about.st_mode & 0o170000) | (0o700 if about.st_mode & 0o100 else 0o600)
        yield ENTRY.pack(len(path), mode, len(content)) + path + content
    yield ENTRY.pack(0, 0, 0)


def _said(name: str, unpacked: int) -> str:
    """Return the C of what the launcher calls things, and what it says in each language."""
    needed = {"disk": -(-unpacked // MEGABYTE)}
    languages = ["en", *sorted(each.parent.name for each in LOCALES.glob("*/LC_MESSAGES"))]
    rows = []
    for language in languages:
        texts = gettext.translation("deskside-applet", LOCALES, [language], fallback=True)
        said = (language, texts.gettext(DAMAGED), texts.gettext(NO_ROOM) % needed)
        rows.append("{" + ", ".join(map(_quoted, said)) + "},")
    names = {"TITLE": TITLE, "PROGRAM": name, "STARTED_AS": STARTED_AS, "MAGIC": MAGIC.decode()}
    return "\n".join(
        [
            *(f"#define {each} {_quoted(text)}" for each, text in names.items()),
            "static const struct said { const char *language, *damaged, *no_room; } SAID[] = {",
            *rows,
            "{0, 0, 0}};",
        ]
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
