"""`make help`: builds the help program that customers download, for the system that this runs on.

PyInstaller packs Python, Qt and all packages of locks/applet.txt: on Linux into one executable file and a Debian
package, on Windows into one `.exe`, on macOS into a zipped `.app`. One description serves all
(applet/install/program.spec).
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from email.parser import Parser
from importlib.metadata import version
from pathlib import Path

from tests.packaging.deb import MAINTAINER, licences_of
from tests.packaging.one_file import make_one_file
from tests.packaging.wheel import ROOT
from tests.rehearsal.prepare import ready_program_tools, ready_wasm_tools

NAME = "deskside-help"
SPEC = ROOT / "applet" / "install" / "program.spec"
LINUX = ROOT / "applet" / "install" / "linux"
MARK = ROOT / "applet" / "ui" / "art" / "mark.svg"
LICENCES = "licences.txt"
LEAST_LIBC = "2.36"
"""What Python and the libraries of the computer that packs ask for: Debian 12's."""


def build(folder: Path, fast: bool = False) -> list[Path]:
    """Build the program into `folder` and return what customers download. `fast`: less compressed, for tests.

    Raises CalledProcessError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tools = ready_program_tools()
    with tempfile.TemporaryDirectory() as between:
        work = Path(between)
        (work / LICENCES).write_text("\n".join(_licences(tools)))
        environment = os.environ | {"DESKSIDE_LICENCES": str(work / LICENCES)}
        if sys.platform == "linux":
            environment["DESKSIDE_ZIG"] = str(ready_wasm_tools() / "zig" / "ziglang" / "zig")
        python = tools / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        command: list[str | Path] = [
            python,
            "-m",
            "PyInstaller",
            "--noconfirm",
            "--log-level=ERROR",
            f"--distpath={work / 'dist'}",
        ]
        subprocess.run([*command, f"--workpath={work / 'work'}", SPEC], check=True, cwd=ROOT, env=environment)
        match sys.platform:
            case "linux":
                one = folder / f"{NAME}-linux-x86_64"
                make_one_file(work / "dist" / NAME, NAME, one, ready_wasm_tools(), fast=fast)
                return [one, _deb(work, folder, fast=fast)]
            case "win32":
                target = folder / f"{NAME}-windows.exe"
                shutil.move(work / "dist" / f"{NAME}-one.exe", target)
                return [target]
            case _:
                return [_zipped_app(work, folder / f"{NAME}-macos.zip")]


def _zipped_app(work: Path, target: Path) -> Path:
    app = work / "dist" / "Deskside Help.app"
    command: list[str | Path] = ["ditto", "-c", "-k", "--keepParent", app, target]
    subprocess.run(command, check=True)  # it keeps links and modes, without which a signature does not hold
    return target


def _deb(work: Path, folder: Path, *, fast: bool) -> Path:
    """Pack the program in its parts, so that nothing is unpacked at each start."""
    tree, target = work / "tree", folder / f"{NAME}_amd64.deb"
    documents = tree / "usr/share/doc" / NAME
    for place in (
        tree / "DEBIAN",
        tree / "usr/bin",
        tree / "usr/lib",
        tree / "usr/share/applications",
        tree / "usr/share/icons/hicolor/scalable/apps",
        documents,
    ):
        place.mkdir(parents=True)
    shutil.move(work / "dist" / NAME, tree / "usr/lib" / NAME)
    (tree / "usr/bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")
    shutil.copyfile(LINUX / f"{NAME}.desktop", tree / "usr/share/applications" / f"{NAME}.desktop")
    shutil.copyfile(MARK, tree / "usr/share/icons/hicolor/scalable/apps" / f"{NAME}.svg")
    shutil.copyfile(work / LICENCES, documents / "copyright")
    for file in tree.rglob("*"):
        if not file.is_symlink():
            is_program = file.is_dir() or (file.name == NAME and file.parent.name == NAME)
            file.chmod(0o755 if is_program else 0o644)
    size = sum(file.lstat().st_size for file in tree.rglob("*") if file.is_file()) // 1024
    (tree / "DEBIAN" / "control").write_text(_control(size))
    compression = ["-Zgzip", "-z1"] if fast else ["-Zxz", "-z6"]
    command: list[str | Path] = ["dpkg-deb", "--root-owner-group", *compression, "--build", tree, target]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return target


def _control(size: int) -> str:
    return f"""Package: {NAME}
Version: {version("deskside")}-1
Architecture: amd64
Maintainer: {MAINTAINER}
Installed-Size: {size}
Depends: libc6 (>= {LEAST_LIBC})
Recommends: xdg-utils
Section: net
Priority: optional
Description: help program for customers of a Deskside support desk
 A customer who asks for help gives a PIN or opens a link, and decides what
 the technician may see and do. Brings everything that it needs.
"""


def _licences(tools: Path) -> Iterator[str]:
    """Yield the licences of everything that the program carries."""
    yield "Deskside\n" + (ROOT / "LICENSE").read_text()
    if sys.platform == "linux":
        yield (
            "=" * 80
            + "\nZstandard, in the launcher of the one file\n"
            + (ready_wasm_tools() / "zstd" / "LICENSE").read_text()
        )
    (packages,) = tools.glob("lib/python3*/site-packages") if os.name != "nt" else tools.glob("Lib/site-packages")
    for metadata in sorted(packages.glob("*.dist-info")):
        about = Parser().parsestr((metadata / "METADATA").read_text(errors="replace"))
        texts = [file.read_text(errors="replace") for file in licences_of(metadata)]
        licence = about["License-Expression"] or about["License"] or "see its source"
        head = f"{about['Name']} {about['Version']}: {licence}\n{about['Home-page'] or ''}"
        yield "\n".join(["=" * 80, head, *texts])


def main() -> int:
    """Build it, and say what was built; return the exit code."""
    for file in build(Path(sys.argv[1])):
        print(f"{file} ({file.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
