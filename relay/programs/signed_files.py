"""Whether a file is what those who made it signed, by the signature beside it."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from relay.programs.minisign import MAX_BYTES, SUFFIX, BadSignatureError, PublicKey, check, read_signature


def signature_of(file: Path) -> Path:
    """Return where the signature of a file is."""
    return file.with_name(file.name + SUFFIX)


def verify(file: Path, keys: Sequence[PublicKey], name: str | None = None) -> PublicKey:
    """Return who signed a file that is, or is to be, called `name`. Raises BadSignatureError and OSError."""
    name = file.name if name is None else name
    try:
        with signature_of(file).open("rb") as opened:
            signature = read_signature(opened.read(MAX_BYTES).decode())
    except FileNotFoundError:
        raise BadSignatureError(f"it is not signed: {signature_of(file).name} is not beside it") from None
    except UnicodeDecodeError:
        raise BadSignatureError(f"{signature_of(file).name} is no signature of minisign") from None
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, hashlib.blake2b)
    key = check(signature, digest.digest(), keys)
    if signature.file_name != name:
        signed = signature.file_name or "a file without a name"
        raise BadSignatureError(f"it was signed as {signed}, and is called {name}")
    return key
