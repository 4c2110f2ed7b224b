"""The files of the page with which customers take part from a browser, as its build left them.

They are the same on every relay of a version, so that anyone can compare what a relay serves with `manifest.json`. What
differs between relays is asked for apart.
"""

import gzip
import hashlib
import mimetypes
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

import msgspec

from codec.errors import DesksideError
from codec.wire.customer_page import MANIFEST, PAGES, SOURCE, Manifest, is_of, language_of

BUILT = Path(__file__).parents[1] / "join"
"""Where the build of `applet/web` puts it."""
_INDEX, _CHECK = PAGES
_PACKED = ".gz"
"""What follows the name of a file's compressed twin, which the build writes where it is smaller."""


class NotBuiltError(DesksideError):
    """The page is not there, or is not as it was built."""


@dataclass(frozen=True)
class BuiltFile:
    """One file. `packed` is the same with gzip, None where the build found that no smaller."""

    content: bytes
    packed: bytes | None
    content_type: str
    sha256: str


@dataclass(frozen=True)
class BuiltPage:
    """Every file by its name in the manifest; `indexes` and `checks` are the two pages in each language they speak."""

    files: Mapping[str, BuiltFile]
    indexes: Mapping[str, BuiltFile]
    checks: Mapping[str, BuiltFile]
    manifest: bytes


@lru_cache(maxsize=4)
def read_page(folder: Path = BUILT) -> BuiltPage:
    """Return what is in `folder`. Raises NotBuiltError unless every file is there, with its digest."""
    try:
        manifest = (folder / MANIFEST).read_bytes()
        names = msgspec.json.decode(manifest, type=Manifest).files
        files = {name: _read(folder, name, digest) for name, digest in names.items()}
    except (OSError, msgspec.DecodeError) as error:
        raise NotBuiltError(f"the page for customers cannot be read: {error}") from None
    indexes, checks = _in_languages(files, _INDEX), _in_languages(files, _CHECK)
    if SOURCE not in indexes or SOURCE not in checks:
        raise NotBuiltError(f"the page for customers lacks {_INDEX}.html or {_CHECK}.html")
    return BuiltPage(files, indexes, checks, manifest)


def _in_languages(files: Mapping[str, BuiltFile], page: str) -> dict[str, BuiltFile]:
    return {language_of(name, page): file for name, file in files.items() if is_of(name, page)}


def _read(folder: Path, name: str, digest: str) -> BuiltFile:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise NotBuiltError(f"the page for customers names a file outside itself: {name}")
    content = (folder / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise NotBuiltError(f"a file of the page for customers is not as it was built: {name}")
    return BuiltFile(content, _read_packed(folder / (name + _PACKED), content), _content_type(name), digest)


def _read_packed(twin: Path, content: bytes) -> bytes | None:
    """Return a file's compressed twin, None where it has none. Raises NotBuiltError for one of something else."""
    if not twin.exists():
        return None
    packed = twin.read_bytes()
    try:
        is_same = gzip.decompress(packed) == content
    except (OSError, EOFError, zlib.error):
        is_same = False
    if not is_same:
        raise NotBuiltError(f"a file of the page for customers is not as it was built: {twin.name}")
    return packed


def _content_type(name: str) -> str:
    if name.endswith(".js"):
        return "text/javascript"
    if name.endswith(".wasm"):
        return "application/wasm"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
