"""The Debian package, in a Debian of its own that systemd has booted: installed, used, upgraded, removed, purged."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

import aiohttp
import pytest

from tests.packaging import deb
from tests.packaging.wheel import ROOT
from tests.support.debian import Debian, debian
from tests.support.debian import package as built_package
from tests.support.documents import shell_lines
from tests.support.proxies import make_certificate
from tests.support.relays import free_port, set_up_by_token
from tests.support.waiting import becomes_true

INSTALL = ROOT / "docs" / "install.md"
CERTIFICATES = "Certificates and reverse proxies"
CONFIG = "/etc/deskside/relay.toml"
DATA = "/var/lib/deskside-relay"
EXPOSURE = 2.0
"""What `systemd-analyze security` may find at most, out of 10."""


@pytest.fixture(scope="module")
def package() -> Path:
    return built_package()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Debian]:
    with debian(tmp_path_factory.mktemp("server")) as made:
        yield made


@pytest.mark.finding("use-A5")
async def test_installed_used_upgraded_and_purged(server: Debian, package: Path, tmp_path: Path) -> None:
    """One story, because each chapter needs the one before."""
    listen = f"127.0.0.1:{free_port()}"
    told = _installs(server, package, listen)
    assert "Setup token: " in told
    assert f"{DATA}/setup-token" in told
    await _runs_hardened(server)
    await _is_set_up_by_its_token(server, listen)
    await _an_upgrade_keeps_data_settings_and_service(server, package, listen, tmp_path)
    _removing_keeps_data_and_purging_does_not(server)


def _installs(server: Debian, package: Path, listen: str) -> str:
    """Install it by the lines of docs/install.md; return what they told. It starts beside others on this computer."""
    server.run("mkdir", "/root/dist")
    server.set_for_service(**_own(listen))
    server.give_sudo()
    shutil.copyfile(package, server.folder / "root/dist" / package.name)
    told = ""
    for line in shell_lines(INSTALL, "The server, as a Debian package"):
        if line != "make deb":  # that is the fixture
            told += server.run("sh", "-c", f"cd && {line}", check=not line.endswith("doctor"), **_own(listen)).stdout
    config = (server.folder / CONFIG[1:]).read_text()
    assert f'data_dir = "{DATA}"' in config
    assert '\npublic_url = "https://help.example"' in config
    assert '\ntrusted_proxies = ["127.0.0.1", "::1"]' in config
    assert '\n#listen = "127.0.0.1:8080"' in config
    _copies_the_example_of_caddy(server)
    _takes_renewed_certificates(server)
    return told


def _own(listen: str) -> dict[str, str]:
    return {
        "DESKSIDE_RELAY_LISTEN": listen,
        "DESKSIDE_RELAY_PUBLIC_URL": f"http://{listen}",
        "DESKSIDE_RELAY_STUN_PORT": "0",
    }


def _copies_the_example_of_caddy(server: Debian) -> None:
    server.run("mkdir", "-p", "/etc/caddy")
    lines = [line for line in shell_lines(INSTALL, CERTIFICATES) if " cp " in line or " sed " in line]
    assert len(lines) == 2
    for line in lines:
        server.run("sh", "-c", line)
    assert "\nyour.name {\n" in (server.folder / "etc/caddy/Caddyfile").read_text()


def _takes_renewed_certificates(server: Debian) -> None:
    (hook,) = (line for line in shell_lines(INSTALL, CERTIFICATES) if line.startswith("#!"))
    make_certificate(server.folder / "root")
    server.run("sh", "-c", hook, RENEWED_LINEAGE="/root")
    assert server.run("stat", "--format=%U:%G %a", "/etc/deskside/tls/privkey.pem").stdout == "root:deskside 640\n"
    server.run("rm", "-r", "/etc/deskside/tls")  # an administrator's own, so the package leaves them alone


async def _runs_hardened(server: Debian) -> None:
    assert server.run("systemctl", "is-active", "deskside-relay").stdout == "active\n", "it starts by itself"
    assert server.run("systemctl", "is-enabled", "deskside-relay").stdout == "enabled\n"
    assert server.run("systemd-analyze", "verify", "deskside-relay.service").stderr == ""
    judged = server.run("systemd-analyze", "security", "--no-pager", "deskside-relay").stdout
    exposure = re.search(r"exposure level for deskside-relay.service: ([\d.]+)", judged)
    assert exposure is not None
    assert float(exposure[1]) <= EXPOSURE
    server.run("systemctl", "restart", "deskside-relay")
    process = server.run("systemctl", "show", "--value", "--property=MainPID", "deskside-relay").stdout.strip()
    assert server.run("stat", "--format=%U", f"/proc/{process}").stdout == "deskside\n"
    assert server.run("stat", "--format=%U %a", DATA).stdout == "deskside 700\n"
    assert server.run("stat", "--format=%U:%G %a", CONFIG).stdout == "root:deskside 640\n"
    others = server.run("find", DATA, "-not", "-user", "deskside", "-or", "-perm", "/077", "-type", "f").stdout
    assert others == ""


async def _is_set_up_by_its_token(server: Debian, listen: str) -> None:
    said = server.run("deskside-relay", "setup-token").stdout
    token = re.search(r"Setup token: (\S+)", said)
    assert token is not None, said
    async with aiohttp.ClientSession() as http:
        await set_up_by_token(http, f"http://{listen}", token[1])
        async with http.get(f"http://{listen}/download/deskside-help.pyz") as response:
            assert response.status == 200, "customers find the help program"
    findings = server.run("deskside-relay", "doctor", check=False, **_own(listen)).stdout
    problems = [line for line in findings.splitlines() if line.startswith("!!")]
    assert [line.split(":")[0] for line in problems] == ["!! mail"], findings
    server.run("systemctl", "reload", "deskside-relay")
    assert server.run("systemctl", "is-active", "deskside-relay").stdout == "active\n", "SIGHUP does not end it"
    await becomes_true(lambda: _log_has(server, "reloaded"), 10)
    assert "Traceback" not in _log(server)


async def _log_has(server: Debian, text: str) -> bool:
    return text in _log(server)


def _log(server: Debian) -> str:
    return server.run("journalctl", "--no-pager", "--unit=deskside-relay").stdout


async def _an_upgrade_keeps_data_settings_and_service(
    server: Debian, package: Path, listen: str, tmp_path: Path
) -> None:
    before = (server.folder / CONFIG[1:]).read_text()
    newer = server.put(_of_next_version(package, tmp_path))
    server.run("dpkg", "--install", newer)
    assert server.run("dpkg-query", "--show", "--showformat=${Version}", deb.NAME).stdout.endswith("-2")
    assert (server.folder / CONFIG[1:]).read_text() == before
    assert server.run("systemctl", "is-active", "deskside-relay").stdout == "active\n"
    async with aiohttp.ClientSession() as http, http.get(f"http://{listen}/setup") as response:
        assert response.status == 404, "it is set up still"


def _of_next_version(package: Path, between: Path) -> Path:
    """Return the same package as the next one, without installing everything into a tree again."""
    folder = between / "next"
    subprocess.run(["dpkg-deb", "--raw-extract", package, folder], check=True)
    control = folder / "DEBIAN" / "control"
    control.write_text(re.sub(r"^(Version: .*)-1$", r"\1-2", control.read_text(), flags=re.MULTILINE))
    target = between / "next.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", str(folder), str(target)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return target


def _removing_keeps_data_and_purging_does_not(server: Debian) -> None:
    server.run("dpkg", "--remove", deb.NAME)
    assert server.run("systemctl", "is-active", "deskside-relay", check=False).stdout != "active\n"
    server.run("test", "-f", f"{DATA}/relay.sqlite3")
    server.run("test", "-f", CONFIG)
    assert server.run("find", "/usr/lib/deskside-relay", check=False).stdout == "", "compiled files go too"
    server.run("dpkg", "--purge", deb.NAME)
    for gone in (DATA, "/etc/deskside", "/var/backups/deskside-relay"):
        assert server.run("test", "-e", gone, check=False).returncode == 1, gone
    assert server.run("getent", "passwd", "deskside", check=False).stdout == ""


@pytest.mark.finding("use-A5")
def test_the_package_brings_every_dependency_with_its_licence_and_needs_only_python(package: Path) -> None:
    listed = subprocess.run(["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True).stdout
    control = subprocess.run(["dpkg-deb", "--field", package], capture_output=True, text=True, check=True).stdout
    minor = deb.python_minor()
    depends = Parser().parsestr(control)["Depends"]
    assert depends == f"adduser, libc6 (>= 2.28), python3 (>= 3.{minor}), python3 (<< 3.{minor + 1})"
    rights = (
        subprocess.run(
            f"dpkg-deb --fsys-tarfile {package} | tar --extract --to-stdout ./usr/share/doc/deskside-relay/copyright",
            shell=True,
            capture_output=True,
            text=True,
            check=True,
        )
        .stdout.lower()
        .replace("_", "-")
    )
    names = re.findall(r"^([\w.-]+)==", (ROOT / "locks" / "relay.txt").read_text(), re.MULTILINE)
    assert len(names) > 30
    for name in names:
        assert re.search(rf"{name}-[\d.]+\.dist-info/", listed.lower().replace("_", "-")), name
        assert f"comment: {name} " in rights, name
    assert "@noble/curves" in rights, "what the page for customers has from others"
    assert "/usr/lib/deskside-relay/relay/app.py" in listed
    for left_out in ("applet", "console", "tests"):
        assert f"/usr/lib/deskside-relay/{left_out}/" not in listed
