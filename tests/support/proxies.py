"""Debian's Caddy and nginx in front of a relay, with the examples of relay/deploy: only names and ports are changed."""

import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.packaging.wheel import ROOT
from tests.support.relays import free_port
from tests.support.xvfb import end

DEPLOY = ROOT / "relay" / "deploy"
START_SECONDS = 60.0
NGINX = """daemon off;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{example}
}}
"""


@dataclass(frozen=True)
class Proxy:
    """Where a proxy is reached, and the authority that its certificate is from."""

    url: str
    authority: Path
    plain: str
    """Where it answers without TLS, and leads to the other."""


Front = Callable[[int, str], "contextlib.AbstractContextManager[Proxy]"]
"""Puts a proxy on this port, in front of the relay that listens there."""


@contextmanager
def caddy(port: int, relay: str, example: str = "proxies/Caddyfile", **environment: str) -> Iterator[Proxy]:
    """Run Caddy. For a name of this computer only, it is its own authority. `relay` are two for several.Caddyfile."""
    plain = free_port()
    with tempfile.TemporaryDirectory() as folder:
        text = (DEPLOY / example).read_text()
        text = re.sub(r"help\.example|\{\$DESKSIDE_HOST\}", f"localhost:{port}", text.replace("relay:8080", relay))
        config = Path(folder, "Caddyfile")
        own = f"{{\n\tadmin off\n\tskip_install_trust\n\thttp_port {plain}\n\thttps_port {port}\n}}\n"
        for given, its_place in zip(("10.0.0.2:8080", "10.0.0.3:8080"), relay.split(), strict=False):
            text = text.replace(given, its_place)
        config.write_text(own + text.replace("127.0.0.1:8080", relay))
        env = os.environ | {"XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder, "HOME": folder} | environment
        authority = Path(folder, "caddy/pki/authorities/local/root.crt")
        with _running(["caddy", "run", "--config", str(config)], Path(folder), env):
            _until_it_speaks_tls(port, authority)
            yield Proxy(f"https://localhost:{port}", authority, f"http://localhost:{plain}")


@contextmanager
def nginx(port: int, relay: str) -> Iterator[Proxy]:
    """Run nginx, with a certificate of a test's own authority."""
    plain = free_port()
    with tempfile.TemporaryDirectory() as folder:
        authority = make_certificate(Path(folder))
        text = (DEPLOY / "proxies/nginx.conf").read_text()
        text = text.replace("127.0.0.1:8080", relay).replace("server_name help.example", "server_name localhost")
        text = text.replace("listen 443", f"listen 127.0.0.1:{port}").replace(
            "listen 80;", f"listen 127.0.0.1:{plain};"
        )
        text = text.replace("https://$host$", f"https://$host:{port}$")
        text = text.replace("/etc/letsencrypt/live/help.example", folder)
        assert "help.example" not in re.sub(r"#.*", "", text)
        config = Path(folder, "nginx.conf")
        user = "root" if os.geteuid() == 0 else "nobody"
        config.write_text(NGINX.format(folder=folder, example=text, user=user))
        command = ["nginx", "-p", folder, "-e", f"{folder}/error.log", "-c", str(config)]
        with _running(command, Path(folder), dict(os.environ)):
            _until_it_speaks_tls(port, authority)
            yield Proxy(f"https://localhost:{port}", authority, f"http://localhost:{plain}")


@contextmanager
def nginx_in_front_of(relays: Sequence[str]) -> Iterator[str]:
    """Run nginx in front of several relays, by its example; yield its address, without TLS.

    Other than in the example each connection goes to the next relay: all callers of a test have one address.
    """
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        text = (DEPLOY / "proxies/several.nginx.conf").read_text()
        for given, relay in zip(("10.0.0.2:8080", "10.0.0.3:8080"), relays, strict=True):
            text = text.replace(given, relay)
        plain, tls = text.index("server {\n    listen 80"), text.index("server {\n    listen 443")
        text = text[:plain] + text[tls:]
        text = text.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};").replace("help.example", "localhost")
        text = re.sub(r"^ *ssl_.*\n", "", text, flags=re.MULTILINE)
        text, count = re.subn(r"^ *hash .*\n", "", text, flags=re.MULTILINE)
        assert count == 1
        config = Path(folder, "nginx.conf")
        user = "root" if os.geteuid() == 0 else "nobody"
        config.write_text(NGINX.format(folder=folder, example=text, user=user))
        command = ["nginx", "-p", folder, "-e", f"{folder}/error.log", "-c", str(config)]
        with _running(command, Path(folder), dict(os.environ)):
            until = time.monotonic() + START_SECONDS
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    assert time.monotonic() < until, "the proxy did not start"
                    time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], folder: Path, env: dict[str, str]) -> Iterator[None]:
    program = shutil.which(command[0], path=f"{env['PATH']}:/usr/sbin:/usr/bin")
    assert program is not None, f"{command[0]} is missing: tests/rehearsal/prepare.py installs it"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, *command[1:]], env=env, stdout=log, stderr=log)
    try:
        yield
    finally:
        end(process)


def _until_it_speaks_tls(port: int, authority: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            ssl.get_server_certificate(("localhost", port), ca_certs=str(authority), timeout=5)
        except OSError:
            assert time.monotonic() < until, "the proxy did not start"
            time.sleep(0.05)
        else:
            return


def make_certificate(folder: Path) -> Path:
    """Write fullchain.pem and privkey.pem for localhost; return the certificate of the authority that signed them."""
    now = datetime.now(UTC)
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("Test authority", "localhost")]
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in names]
    made = []
    for number, (name, key) in enumerate(zip(names, keys, strict=True)):
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(names[0])
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=60))
            .add_extension(x509.BasicConstraints(ca=number == 0, path_length=None), critical=True)
        )
        if number:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        made.append(builder.sign(keys[0], hashes.SHA256()).public_bytes(Encoding.PEM))
    authority = folder / "authority.pem"
    authority.write_bytes(made[0])
    (folder / "fullchain.pem").write_bytes(made[1] + made[0])
    secret = keys[1].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "privkey.pem").write_bytes(secret)
    return authority
