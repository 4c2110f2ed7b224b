"""Makes a fresh machine ready: system packages, virtual environment, the built page, the help program.

Runs on the system's Python with nothing installed, so it imports nothing but the standard library. What is ready stays:
the second time takes a moment. `python3 tests/rehearsal/prepare.py [run|wheel|test|perf]`: each purpose installs only
what it needs, into the same virtual environment.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
VENV = ROOT / ".venv"
PAGE = ROOT / "console" / "page" / "static"
UI = ROOT / "console" / "ui"
JOIN = ROOT / "applet" / "web"
JOIN_PAGE = ROOT / "relay" / "join"
COMPRESSOR = ROOT / "tests" / "packaging" / "compressed_page.py"
RELEASED_PAGE = ROOT / "console" / "customer_page" / "released.json"
"""What the console compares with what a relay serves."""
VERSION = ROOT / "codec" / "__init__.py"
CODEC = ROOT / "codec" / "ts"
"""The TypeScript half of codec."""
DOWNLOADS = ROOT / "relay" / "downloads"
DEBIAN_ROOT = ROOT / "var" / "debian" / "root.tar"
WASM_TOOLS = ROOT / "var" / "wasm"
"""The compiler and zstd's source, of which tests build the encoder of the customer's page again: see tests/wasm.py."""
PROGRAM_TOOLS = ROOT / "var" / "program"
"""What the help program is packed from, and with: nothing but what it carries, and PyInstaller."""
NODE_MAJOR = 20
QT = [
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libgl1",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
    "fonts-inter",
    "fonts-noto-core",
]
DESKTOP = ["xvfb", "openbox", "xterm", "x11-apps", "x11-xserver-utils", "x11-xkb-utils", "l3afpad"]
TESTS = [
    "caddy",
    "chromium",
    "firefox-esr",
    "mmdebstrap",
    "nginx-light",
    "postgresql",
    "redis-server",
    "webkit2gtk-driver",
    "xclip",
    "xdotool",
]
PERF = ["tigervnc-scraping-server", "tigervnc-viewer"]


def main() -> int:
    """Prepare for a purpose; return the exit code."""
    purpose = sys.argv[1] if len(sys.argv) > 1 else "run"
    if sys.version_info < (3, 11):  # noqa: UP036  (this file runs before anything has checked it)
        print(f"Deskside needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    try:
        _system_packages(_wanted(purpose))
        root = _begin_root() if purpose == "test" else None
        lock = _lock_for(purpose)
        _step("virtual environment", VENV / f".ready-{lock.stem}", _venv_sources(lock), lambda: _make_venv(lock))
        _step("console page", PAGE / ".ready", _page_sources(UI), _build_page)
        _step("page for customers", JOIN_PAGE / ".ready", [*_page_sources(JOIN), VERSION, COMPRESSOR], _build_join)
        _step("help program", DOWNLOADS / ".ready", _help_sources(), _build_help)
        if purpose == "test":
            ready_wasm_tools()
        if root is not None:
            _end_root(root)
    except subprocess.CalledProcessError as error:
        print(f"This step failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    except MissingPackagesError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


class MissingPackagesError(Exception):
    """Some system packages are missing, and only the administrator can install them."""


def has_display() -> bool:
    """Whether this machine has a display that windows can be shown on."""
    return bool(os.environ.get("DISPLAY"))


def _wanted(purpose: str) -> list[str]:
    venv = [] if find_spec("ensurepip") else ["python3-venv"]
    if purpose == "wheel":
        return venv
    desktop = [] if purpose == "run" and has_display() else DESKTOP
    more = {"test": TESTS, "perf": TESTS + PERF}.get(purpose, [])
    return venv + QT + desktop + more


def _lock_for(purpose: str) -> Path:
    return ROOT / "locks" / ("all.txt" if purpose in ("test", "perf") else "run.txt")


def _venv_sources(lock: Path) -> list[Path]:
    return [lock, ROOT / "pyproject.toml", ROOT / "setup.py"]


def _system_packages(names: Iterable[str]) -> None:
    if shutil.which("dpkg-query") is None:
        return  # not Debian: what is missing will say so itself
    missing = [name for name in names if not _is_installed(name)]
    if not missing:
        return
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        command = " ".join(install)
        raise MissingPackagesError(f"These packages are missing. Install them, then try again:\n  sudo {command}")
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    _tell(f"installing {len(missing)} system packages")
    subprocess.run(["apt-get", "update", "--quiet"], check=True, **quiet)  # type: ignore[call-overload]
    subprocess.run(install, check=True, **quiet)  # type: ignore[call-overload]


def _is_installed(name: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", name]
    found = subprocess.run(query, capture_output=True, text=True, check=False)
    return found.stdout == "installed"


def _step(name: str, stamp: Path, sources: Iterable[Path], make: Callable[[], None]) -> None:
    """Make something unless it was made from the very same sources."""
    digest = _digest(sources)
    with contextlib.suppress(OSError):
        if stamp.read_text() == digest:
            return
    began = time.monotonic()
    _tell(f"making the {name}")
    stamp.unlink(missing_ok=True)  # what is interrupted now is made again the next time
    make()
    stamp.write_text(digest)
    _tell(f"the {name} is ready ({time.monotonic() - began:.0f} s)")


def _digest(sources: Iterable[Path]) -> str:
    sums = hashlib.sha256(str(ROOT).encode())  # a checkout that was moved holds the old place in many files
    for source in sorted(sources):
        sums.update(str(source.relative_to(ROOT)).encode() + source.read_bytes())
    return sums.hexdigest()


def _make_venv(lock: Path) -> None:
    if not _is_usable(VENV):
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    _pip("install", "--require-hashes", "--requirement", str(lock))
    _pip("install", "--no-deps", "--no-build-isolation", "--editable", ".")


def _is_usable(venv: Path) -> bool:
    """Whether a virtual environment still works: its Python may be gone, or too old, or the making was interrupted."""
    question = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    try:
        asked = subprocess.run([venv / "bin" / "python", "-c", question], capture_output=True, check=False)
    except OSError:
        return False
    return asked.returncode == 0


def _pip(*arguments: str) -> None:
    python = [str(VENV / "bin" / "python"), "-W", "ignore", "-m"]
    subprocess.run([*python, "pip", *arguments, "--quiet", "--disable-pip-version-check"], check=True, cwd=ROOT)


def _page_sources(page: Path) -> list[Path]:
    """Return what a page is built from, and what says which tools build it."""
    folders = [CODEC / "src", page / "src", page / "public"]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    beside = [file for folder in (CODEC, page) for file in folder.glob("*.*") if file.is_file()]
    return [*files, *beside, ROOT / "package.json", ROOT / "package-lock.json"]


def _help_sources() -> list[Path]:
    files = [file for part in ("applet", "codec") for file in (ROOT / part).rglob("*") if file.suffix != ".pyc"]
    files = [file for file in files if file.is_file() and not {CODEC, JOIN} & set(file.parents)]
    return [*files, ROOT / "locks/applet.txt"]


def _build_help() -> None:
    command = [str(VENV / "bin" / "python"), "-m", "applet.install.bundle", str(DOWNLOADS)]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def _begin_root() -> "subprocess.Popen[bytes] | None":
    """Begin with the Debian in which packages are tried: it mostly waits for the network, so it is made meanwhile."""
    script = ROOT / "tests" / "packaging" / "root.py"
    stamp = DEBIAN_ROOT.with_suffix(".ready")
    if os.geteuid() != 0 or shutil.which("mmdebstrap") is None:
        return None
    with contextlib.suppress(OSError):
        if DEBIAN_ROOT.exists() and stamp.read_text() == _digest([script]):
            return None
    _tell("making an empty Debian, in the background")
    return subprocess.Popen([sys.executable, str(script), str(DEBIAN_ROOT)])


def _end_root(root: "subprocess.Popen[bytes]") -> None:
    if root.wait():
        raise subprocess.CalledProcessError(root.returncode, root.args)
    DEBIAN_ROOT.with_suffix(".ready").write_text(_digest([ROOT / "tests" / "packaging" / "root.py"]))


def ready_program_tools() -> Path:
    """Return the virtual environment that the help program is packed from, having made it where it is missing."""
    locks = [ROOT / "locks" / "applet.txt", ROOT / "locks" / "program.txt"]
    if sys.platform != "linux":
        locks.append(ROOT / "locks" / "program-desktop.txt")
    _step("tools of the help program", PROGRAM_TOOLS / ".ready", locks, lambda: _make_program_tools(locks))
    return PROGRAM_TOOLS


def _make_program_tools(locks: list[Path]) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--clear", PROGRAM_TOOLS], check=True)
    python = PROGRAM_TOOLS / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = [word for lock in locks for word in ("--requirement", str(lock))]
    command = [str(python), "-W", "ignore", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, "--no-deps", "--require-hashes", *wanted], check=True, cwd=ROOT)


def ready_wasm_tools() -> Path:
    """Return the folder of the C compiler and of zstd's source, both from PyPI, having made it where it is missing."""
    lock = ROOT / "locks" / "wasm.txt"
    _step("compiler of the page's encoder", WASM_TOOLS / ".ready", [lock], lambda: _make_wasm_tools(lock))
    return WASM_TOOLS


def _make_wasm_tools(lock: Path) -> None:
    shutil.rmtree(WASM_TOOLS, ignore_errors=True)
    packages = WASM_TOOLS / "packages"
    source = ["--no-binary", "zstandard", "--no-build-isolation"]
    _pip("download", "--no-deps", "--require-hashes", *source, "--dest", str(packages), "--requirement", str(lock))
    wheel, archive = next(packages.glob("*.whl")), next(packages.glob("*.tar.gz"))
    _pip("install", "--no-deps", "--no-index", "--target", str(WASM_TOOLS / "zig"), str(wheel))
    with tarfile.open(archive) as opened:
        (WASM_TOOLS / "zstd").mkdir()
        for member in opened.getmembers():
            place = Path(member.name)
            if member.isfile() and place.parts[1:-1] == ("zstd",):
                content = opened.extractfile(member)
                assert content is not None, "it is a file"
                (WASM_TOOLS / "zstd" / place.name).write_bytes(content.read())
    shutil.rmtree(packages)


def node_environment() -> dict[str, str]:
    """Return the environment in which npm and the page's tools run."""
    return {**os.environ, "PATH": f"{_node_folder()}{os.pathsep}{os.environ['PATH']}"}


def _build_page() -> None:
    _npm(ROOT, "ci", "--no-audit", "--no-fund", "--loglevel=error")
    _npm(UI, "run", "--silent", "build", "--", "--logLevel", "error")


def _build_join() -> None:
    """Build the page for customers, with the tools that the console's page has brought."""
    if not (ROOT / "node_modules" / "@deskside" / "join").exists():
        _npm(ROOT, "ci", "--no-audit", "--no-fund", "--loglevel=error")
    _npm(JOIN, "run", "--silent", "build", "--", "--logLevel", "error")
    _pip("install", "--require-hashes", "--requirement", "locks/page.txt")
    subprocess.run([VENV / "bin" / "python", COMPRESSOR, JOIN_PAGE], check=True)
    shutil.copy(JOIN_PAGE / "manifest.json", RELEASED_PAGE)


def _npm(folder: Path, *arguments: str) -> None:
    environment = node_environment()
    npm = shutil.which("npm", path=environment["PATH"]) or "npm"
    subprocess.run([npm, *arguments], check=True, cwd=folder, env=environment, stdout=subprocess.DEVNULL)


def _node_folder() -> Path:
    """Return the folder of a Node that is new enough, taken from PyPI where the machine has none."""
    node = shutil.which("node")
    if node is not None and shutil.which("npm") is not None and _node_major(node) >= NODE_MAJOR:
        return Path(node).parent
    if not (VENV / "bin" / "npm").exists():
        _tell("taking Node from PyPI, because this machine has none that is new enough")
        _pip("install", "--require-hashes", "--requirement", "locks/node.txt")
    return VENV / "bin"


def _node_major(node: str) -> int:
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(version.strip().lstrip("v").partition(".")[0] or 0)


def _tell(text: str) -> None:
    print(f"  … {text}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Interrupted. What was not finished is made again the next time.")
