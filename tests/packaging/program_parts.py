"""What of all that PyInstaller finds goes into the help program. Pure but for `with_empty`, which makes libraries."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path, PurePath

from tests.packaging.left_out import empty_library, is_left_out
from tests.packaging.wheel import ROOT

Part = tuple[str, str, str]
"""As PyInstaller has them: where it goes, where it is, what kind of thing it is."""

MODULES_LEFT_OUT = (
    "tkinter",
    "unittest",
    "pydoc",
    "test",
    "setuptools",
    "pip",
    "lib2to3",
    "numpy.f2py",
    "numpy.testing",
    "numpy.fft",
    "numpy.ma",
    "numpy.polynomial",
    "zstandard.backend_cffi",
    "zstandard._cffi",
)
_QT_PLUGINS = (
    "iconengines/",
    "imageformats/libqsvg",
    "imageformats/qsvg",
    "platforminputcontexts/",
    "platforms/libqxcb",
    "platforms/libqoffscreen",
    "platforms/qwindows",
    "platforms/libqcocoa",
    "platformthemes/libqxdgdesktopportal",
    "styles/",
)
_PLUGIN = re.compile(r"PySide6/(?:Qt/)?plugins/")
LANGUAGES = sorted(each.parent.name for each in ROOT.glob("applet/locale/*/LC_MESSAGES"))
_TRANSLATION = re.compile(rf"PySide6/(?:Qt/)?translations/(?!qtbase_(?:{'|'.join(LANGUAGES)})\.qm)")
_PYTHON = re.compile(r"libpython")
"""As large as all modules of a package together: it is stripped like those."""
CALLED = ("av.libs/libvpx-*.so*", "av.libs/libswscale-*.so*")
"""Libraries that codec/picture/vp9.py calls: nothing names them."""
SYSTEM_LIBRARIES = (
    "libEGL.so.1",
    "libGL.so.1",
    "libxcb.so.1",
    "libfontconfig.so.1",
)
"""Qt asks for these at its start. Every desktop has them, and this way nothing has to be installed where one lacks one.
The program draws without them, so it does not matter that they are not those of the desktop's driver."""


def is_wanted(name: str) -> bool:
    """Whether a file that PyInstaller found beside our own modules is of use."""
    name = name.replace("\\", "/")
    plugin = _PLUGIN.search(name)
    if plugin is not None:
        return name[plugin.end() :].startswith(_QT_PLUGINS)
    return _TRANSLATION.search(name) is None


def needed(parts: Iterable[Part], needs: Callable[[Path], Iterable[str]]) -> list[Part]:
    """Return the parts that are wanted, and of the libraries only those that something wanted needs.

    `needs` says which libraries a file names. What PyInstaller links to from beside the program is found without that.
    """
    parts = [part for part in parts if part[2] != "SYMLINK" and is_wanted(part[0])]
    libraries = {PurePath(part[0]).name: part for part in parts if _is_library(part[0])}
    kept = {part[0]: part for part in parts if not _is_library(part[0])}
    waiting = [Path(source) for _, source, _ in kept.values()]
    while waiting:
        file = waiting.pop()
        if is_left_out(file.name):
            continue
        for name in needs(file):
            if name in libraries:
                library = libraries.pop(name)
                kept[library[0]] = library
                waiting.append(Path(library[1]))
    return list(kept.values())


def _is_library(name: str) -> bool:
    """Whether a file is there only because others need it: no module, no plugin."""
    path = PurePath(name)
    is_named = re.search(r"^lib(?!python).*\.so", path.name) is not None and "plugins" not in path.parts
    return is_named and not any(path.match(each) for each in CALLED)


def with_empty(parts: list[Part], work: Path, zig: Path) -> list[Part]:
    """Return the parts, with empty libraries for those that are left out. Linux only."""
    users = [Path(source) for _, source, _ in parts]
    work.mkdir(parents=True, exist_ok=True)
    replaced = []
    for name, source, kind in parts:
        if sys.platform == "linux" and kind == "BINARY" and is_left_out(PurePath(source).name):
            target = work / PurePath(source).name
            empty_library(Path(source), [user for user in users if not is_left_out(user.name)], target, zig)
            replaced.append((name, str(target), kind))
        elif sys.platform == "linux" and (kind == "EXTENSION" or _PYTHON.match(name)):
            target = work / name.replace("/", "-")
            subprocess.run(["strip", "--strip-unneeded", source, "-o", target], check=True)
            replaced.append((name, str(target), kind))
        else:
            replaced.append((name, source, kind))
    return replaced
