"""What the contract suite needs of each kind of place: a real server that counts, breaks, refuses and shows all."""

import datetime
import ipaddress
import ssl
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from codec.stores.locations import Location

USER, PASSWORD = "anna", "hunter2 §%:/@"


class BrokenError(Exception):
    """The server breaks here."""


@dataclass
class Ground:
    """A server with one folder. `location` has the right credentials."""

    folder: Path
    location: Location = field(default_factory=lambda: Location.__new__(Location))
    trust: ssl.SSLContext | None = None
    resumes: bool = True
    asks: bool = True
    size: int = 1 << 20
    """How large a file must be to show how it is resumed."""
    slack: int = 0
    """So much more than the file may arrive in the whole when it is resumed once."""
    received: int = 0
    left: int | None = None
    may_write: bool = True
    is_full: bool = False
    whole: Callable[[str], bytes | None] = lambda _: None

    def take(self, data: bytes) -> None:
        """Count what arrives. Raises BrokenError when the server is to break here."""
        self.received += len(data)
        if self.left is not None:
            self.left -= len(data)
            if self.left <= 0:
                self.left = None
                raise BrokenError

    def file(self, stored: str) -> bytes | None:
        """Return a whole file as it lies in the folder."""
        path = self.folder / stored
        return path.read_bytes() if path.exists() else None


MakeGround = Callable[[Path], AbstractAsyncContextManager[Ground]]


@dataclass(frozen=True)
class Certificates:
    """An authority of its own, and a server's certificate for 127.0.0.1 and localhost."""

    authority: Path
    server: Path

    def trust(self) -> ssl.SSLContext:
        """Return what trusts that authority, and no other."""
        return ssl.create_default_context(cafile=str(self.authority))

    def serve(self) -> ssl.SSLContext:
        """Return what the server needs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server)
        return context


def certificates(folder: Path, *, days: int = 1, name: str = "localhost", address: str = "127.0.0.1") -> Certificates:
    """Make them; with `days` below 0 the server's has expired."""
    now = datetime.datetime.now(datetime.UTC)
    keys = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])

    def made(subject: x509.Name, key: ec.EllipticCurvePrivateKey, until: int) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(who)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=9))
            .not_valid_after(now + datetime.timedelta(days=until))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(keys[0].public_key()), critical=False)
        )

    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    root = (
        made(who, keys[0], 9)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address(address))]
    leaf = made(x509.Name([]), keys[1], days).add_extension(x509.SubjectAlternativeName(names), critical=True)
    files = Certificates(folder / "authority.pem", folder / "server.pem")
    pem = serialization.Encoding.PEM
    files.authority.write_bytes(root.sign(keys[0], hashes.SHA256()).public_bytes(pem))
    files.server.write_bytes(
        keys[1].private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + leaf.sign(keys[0], hashes.SHA256()).public_bytes(pem)
    )
    return files
