"""Signs help programs as minisign does: `python -m tests.packaging.release FILE…` writes FILE.minisig beside each.

The key is in the file that DESKSIDE_RELEASE_KEY names, as `minisign -G -W` writes it. `… --new-key FILE` makes one, and
prints the public key that operators put into downloads_keys. Keep it off every computer that serves or builds programs.
"""

import argparse
import base64
import hashlib
import os
import secrets
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.host.private_files import make_private, read_private
from relay.programs.minisign import HASHED_ALGORITHM, KEY_ALGORITHM, TRUSTED, UNTRUSTED
from relay.programs.signed_files import signature_of

VARIABLE = "DESKSIDE_RELEASE_KEY"
_HEAD = KEY_ALGORITHM + b"\0\0" + b"B2"
_NO_PASSWORD = bytes(32 + 8 + 8)
_NO_CHECKSUM = bytes(32)


@dataclass(frozen=True)
class SecretKey:
    """What signs a release."""

    id: bytes
    seed: bytes

    @property
    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def public_key(self) -> str:
        """The line that operators put into downloads_keys."""
        return _line(KEY_ALGORITHM + self.id + self._signer.public_key().public_bytes_raw())

    def sign(self, name: str, blake2b: bytes, now: int) -> str:
        """Return the signature of a file of this name with this BLAKE2b-512."""
        signature = self._signer.sign(blake2b)
        trusted = f"timestamp:{now}\tfile:{name}\thashed"
        lines = [
            f"{UNTRUSTED}signature from minisign secret key",
            _line(HASHED_ALGORITHM + self.id + signature),
            f"{TRUSTED}{trusted}",
            _line(self._signer.sign(signature + trusted.encode())),
        ]
        return "".join(f"{line}\n" for line in lines)


def new_key() -> SecretKey:
    """Return a new key."""
    return SecretKey(secrets.token_bytes(8), secrets.token_bytes(32))


def write_key(key: SecretKey) -> str:
    """Return the file of a secret key, without a password."""
    public = Ed25519PrivateKey.from_private_bytes(key.seed).public_key().public_bytes_raw()
    body = _HEAD + _NO_PASSWORD + key.id + key.seed + public + _NO_CHECKSUM
    return f"{UNTRUSTED}minisign secret key\n{_line(body)}\n"


def read_key(text: str) -> SecretKey:
    """Return the key of a file. Raises ValueError for one with a password, or none at all."""
    body = base64.b64decode(text.splitlines()[1])
    if not body.startswith(_HEAD) or len(body) != len(_HEAD) + 48 + 8 + 64 + 32:
        raise ValueError("this is no secret key of minisign without a password (minisign -G -W)")
    return SecretKey(body[54:62], body[62:94])


def sign(file: Path, key: SecretKey, now: int) -> Path:
    """Write the signature beside a file, and return where."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, hashlib.blake2b).digest()
    signature_of(file).write_text(key.sign(file.name, digest, now))
    return signature_of(file)


def _line(data: bytes) -> str:
    return base64.b64encode(data).decode()


def main() -> int:
    """Sign, or make a key; return the exit code."""
    parser = argparse.ArgumentParser(description="Signs help programs.")
    parser.add_argument("--new-key", type=Path, metavar="FILE", help="make a secret key, and print the public one")
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE")
    options = parser.parse_args()
    if options.new_key is not None:
        key = new_key()
        make_private(options.new_key, write_key(key).encode())
        print(key.public_key)
        return 0
    if VARIABLE not in os.environ:
        print(f"{VARIABLE} does not say where the secret key is.", file=sys.stderr)
        return 1
    key = read_key(read_private(Path(os.environ[VARIABLE])).decode())
    for file in options.files:
        print(sign(file, key, int(time.time())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
