"""`make deb`: writes the Debian package deskside-relay into a folder.

The relay and everything that it needs, in the versions and with the hashes of locks/relay.txt, stand in a tree of their
own: only Debian's own Python is asked of the system, in the version that the compiled parts are for.
"""

import gzip
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path

from relay.config.reference import as_example
from tests.packaging import wheel
from tests.packaging.wheel import ROOT

NAME = "deskside-relay"
SECTION = "net"
MAINTAINER = "The Deskside developers <maintainers@deskside.example>"
SOURCES = ROOT / "relay" / "deploy"
DEBIAN = SOURCES / "debian"
LOCK = ROOT / "locks" / "relay.txt"
LIBRARY = Path("usr/lib", NAME)
DOCUMENTS = Path("usr/share/doc", NAME)
DATA = f"/var/lib/{NAME}"
DOCS = ("install.md", "operating.md", "programs.md", "recording-locations.md", "relay-settings.md", "settings.md")
LEFT_OUT = ("applet", "console", "bin", "greenlet/tests")
"""Of what pip installs: the other programs of the wheel, commands whose interpreter is not Debian's, others' tests."""
SYSTEM_PYTHON = "/usr/bin/python3"


class CannotPackError(Exception):
    """The package cannot be built here; the text says why."""


def build(folder: Path, revision: str = "1", fast: bool = False) -> Path:
    """Build the package into `folder` and return its path. `fast`: less compressed, for tests.

    Raises CannotPackError and CalledProcessError.
    """
    if shutil.which("dpkg-deb") is None:
        raise CannotPackError("dpkg-deb is missing: a Debian package is built on Debian or one of its relatives.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as between:
        tree = Path(between) / "tree"
        version = _install(tree / LIBRARY, Path(between))
        version = f"{version}-{revision}"
        _write(tree, version)
        _close(tree)
        target = folder / f"{NAME}_{version}_{_said_by('dpkg', '--print-architecture')}.deb"
        compression = ["-Zgzip", "-z1"] if fast else ["-Zxz", "-z6"]
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", *compression, "--build", tree, target],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return target


def python_minor() -> int:
    """Return for which Python 3 the package is: Debian's own on this computer, else the one that runs this."""
    if not Path(SYSTEM_PYTHON).exists():
        return sys.version_info.minor
    return int(_said_by(SYSTEM_PYTHON, "-c", "import sys; print(sys.version_info.minor)"))


def _install(library: Path, between: Path) -> str:
    """Install the relay and what it needs into a tree; return its version."""
    package = wheel.build(between / "wheel")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-compile",
        "--no-deps",
    ]
    pip += ["--target", str(library), "--only-binary=:all:", f"--python-version=3.{python_minor()}"]
    subprocess.run([*pip, "--require-hashes", "--requirement", str(LOCK)], check=True)
    shutil.rmtree(library / "bin")
    subprocess.run([*pip, "--no-index", str(package)], check=True)
    for name in LEFT_OUT:
        shutil.rmtree(library / name)
    for metadata in library.glob("*.dist-info"):
        for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json"):
            (metadata / name).unlink(missing_ok=True)
    return package.name.split("-")[1]


def _write(tree: Path, version: str) -> None:
    library = tree / LIBRARY
    control = tree / "DEBIAN"
    for folder in (control, tree / "usr/bin", tree / "etc/deskside", tree / DOCUMENTS, tree / "usr/share/man/man8"):
        folder.mkdir(parents=True)
    (tree / "lib/systemd/system").mkdir(parents=True)
    shutil.copyfile(SOURCES / f"{NAME}.service", tree / "lib/systemd/system" / f"{NAME}.service")
    shutil.copyfile(DEBIAN / NAME, tree / "usr/bin" / NAME)
    (tree / "etc/deskside/relay.toml").write_text(settings_file())
    _write_packed(tree / "usr/share/man/man8" / f"{NAME}.8.gz", (DEBIAN / f"{NAME}.8").read_bytes())
    for document in DOCS:
        shutil.copyfile(ROOT / "docs" / document, tree / DOCUMENTS / document)
    shutil.copytree(SOURCES / "proxies", tree / DOCUMENTS / "examples")
    overrides = tree / "usr/share/lintian/overrides"
    overrides.mkdir(parents=True)
    shutil.copyfile(DEBIAN / "lintian-overrides", overrides / NAME)
    _write_packed(tree / DOCUMENTS / "changelog.gz", (ROOT / "CHANGELOG.md").read_bytes())
    _write_packed(tree / DOCUMENTS / "changelog.Debian.gz", _changelog(version).encode())
    (tree / DOCUMENTS / "copyright").write_text("\n".join(_copyright(library)))
    for script in ("postinst", "prerm", "postrm"):
        shutil.copyfile(DEBIAN / script, control / script)
    (control / "conffiles").write_text("/etc/deskside/relay.toml\n")
    size = sum(file.stat().st_size for file in tree.rglob("*") if file.is_file()) // 1024
    (control / "control").write_text(_control(version, size))
    sums = _said_by("sh", "-c", f"cd {tree} && find etc lib usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum")
    (control / "md5sums").write_text(sums + "\n")


def settings_file() -> str:
    """Return the settings of the package: every one explained, and those that hold here."""
    example = as_example()
    changed = re.sub(r"^#data_dir = .*$", f'data_dir = "{DATA}"', example, flags=re.MULTILINE)
    assert changed != example
    return changed


def _control(version: str, size: int) -> str:
    minor = python_minor()
    return f"""Package: {NAME}
Version: {version}
Architecture: {_said_by("dpkg", "--print-architecture")}
Maintainer: {MAINTAINER}
Installed-Size: {size}
Depends: adduser, libc6 (>= 2.28), python3 (>= 3.{minor}), python3 (<< 3.{minor + 1})
Suggests: caddy | nginx, coturn, postgresql
Section: {SECTION}
Priority: optional
Description: server for remote support that an organisation runs itself
 Deskside lets technicians see and control the desktops of customers who
 ask for help and agree to it. The relay is its only server: it introduces
 the two to each other, and passes sealed data on while there is no direct
 path between them.
 .
 This package brings the relay with all its Python packages, as a systemd
 service with a user of its own.
"""


def _changelog(version: str) -> str:
    date = _said_by("git", "-C", str(ROOT), "log", "-1", "--format=%aD") or "Thu, 01 Jan 1970 00:00:00 +0000"
    return f"{NAME} ({version}) stable; urgency=medium\n\n  * See changelog.gz.\n\n -- {MAINTAINER}  {date}\n"


def _copyright(library: Path) -> Iterator[str]:
    """Yield the lines of debian/copyright: ours, and of each package of the tree the licences that it brings."""
    yield "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
    yield "Upstream-Name: Deskside"
    yield "Comment: The package holds Python packages of others, each under its own licence, which follows."
    yield ""
    yield "Files: *"
    yield from _paragraph("The Deskside developers", "MIT", (ROOT / "LICENSE").read_text())
    static = library / "relay/web/static"
    for files, licence in (("htmx.min.js", "htmx.LICENSE"), ("fonts/*", "fonts/OFL.txt")):
        yield f"Files: {LIBRARY}/relay/web/static/{files}"
        yield from _paragraph("see the licence", f"see-{Path(licence).stem}", (static / licence).read_text())
    yield f"Files: {LIBRARY}/relay/join/*"
    licences = next((library / "relay/join/assets").glob("licences-*.txt")).read_text()
    yield from _paragraph("see the licences", "see-licences", licences)
    for metadata in sorted(library.glob("*.dist-info")):
        about = Parser().parsestr((metadata / "METADATA").read_text())
        if about["Name"] == "deskside":
            continue
        texts = [file.read_text(errors="replace") for file in licences_of(metadata)]
        if not texts:
            raise CannotPackError(f"{about['Name']} brings no licence text; Debian's copyright file needs one.")
        yield f"Files: {' '.join(f'{LIBRARY}/{each}' for each in _parts(library, metadata))}"
        yield f"Comment: {about['Name']} {about['Version']}"
        yield from _paragraph(_author(about), f"{about['Name']}-licence", "\n\n".join(texts))


def licences_of(metadata: Path) -> list[Path]:
    """Return the licence files of an installed package."""
    names = ("LICEN", "COPYING", "NOTICE", "AUTHORS")
    return sorted(file for file in metadata.rglob("*") if file.is_file() and file.name.upper().startswith(names))


def _parts(library: Path, metadata: Path) -> list[str]:
    top = metadata / "top_level.txt"
    names = top.read_text().split() if top.exists() else [metadata.name.split("-")[0]]
    there = [f"{name}/*" if (library / name).is_dir() else f"{name}*" for name in names]
    return [*there, f"{metadata.name}/*"]


def _author(about: Message) -> str:
    return about["Author"] or about["Author-email"] or "its authors; see the licence"


def _paragraph(holder: str, licence: str, text: str) -> Iterator[str]:
    yield f"Copyright: {' '.join(holder.split())}"
    yield f"License: {licence}"
    for line in text.strip().splitlines():
        yield f" {line.rstrip()}" if line.strip() else " ."
    yield ""


def _write_packed(file: Path, content: bytes) -> None:
    file.write_bytes(gzip.compress(content, mtime=0))


def _close(tree: Path) -> None:
    """Give every file the usual mode, whatever the umask of this computer."""
    programs = {tree / "usr/bin" / NAME, *(tree / "DEBIAN" / each for each in ("postinst", "prerm", "postrm"))}
    for file in [tree, *tree.rglob("*")]:
        file.chmod(0o755 if file.is_dir() or file in programs else 0o644)


def _said_by(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def main() -> int:
    """Build the package, and have lintian judge it where that is installed; return the exit code."""
    try:
        package = build(Path(sys.argv[1]))
    except CannotPackError as error:
        print(error, file=sys.stderr)
        return 1
    print(package)
    if shutil.which("lintian") is None:
        return 0
    judged = subprocess.run(["lintian", "--allow-root", "--fail-on=error,warning", package], check=False)
    return judged.returncode


if __name__ == "__main__":
    sys.exit(main())
