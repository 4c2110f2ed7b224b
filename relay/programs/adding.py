"""`deskside-relay downloads`: help programs are added, listed and removed; what is added must be signed."""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from codec.errors import DesksideError
from codec.host.private_files import open_new, sync_folder
from relay.config.settings import Settings
from relay.programs.downloads import FILES, SHIPPED, downloads_of, keys_of
from relay.programs.minisign import BadSignatureError, PublicKey
from relay.programs.signed_files import signature_of, verify

_MODE = 0o644
"""Everyone may have a program that everyone may download."""


class CannotAddError(DesksideError):
    """A help program is not taken, or cannot be removed. The text says why, and what helps."""


def add(settings: Settings, file: Path) -> list[str]:
    """Add a help program with its signature, in place of an older one. Return what to say.

    What is offered is what was checked: the copy is read, not the file that was brought. Raises CannotAddError,
    BadKeyError and OSError.
    """
    keys = keys_of(settings)
    if not keys:
        raise CannotAddError(
            "No key is set that a help program could be signed with. Set downloads_keys to the public key of those who "
            "made it, then try again."
        )
    if file.name not in FILES:
        raise CannotAddError(
            f"{file.name} is not the name of a help program. If you renamed it, give it its old name back: one of "
            f"{', '.join(FILES)}."
        )
    if not signature_of(file).is_file():
        raise CannotAddError(
            f"{file.name} is not signed: {signature_of(file).name} is not beside it. Get the signature from where you "
            "got the program, and put it into the same folder."
        )
    folder = settings.downloads
    folder.mkdir(exist_ok=True)
    new = folder / f".{file.name}.new"
    try:
        for source, target in ((file, new), (signature_of(file), signature_of(new))):
            _copy(source, target)
        key = _verified(new, keys, file.name)
        signature_of(new).replace(signature_of(folder / file.name))
        new.replace(folder / file.name)
        sync_folder(folder)
    finally:
        for each in (new, signature_of(new)):
            with suppress(FileNotFoundError):
                each.unlink()
    return [
        f"Added {file.name} to {folder}.",
        f"Signed with the key {key.name}.",
        "Customers are offered it from now on.",
    ]


def list_all(settings: Settings) -> list[str]:
    """Return a line for each help program that customers are offered, and for each that is there and is not."""
    downloads = downloads_of(settings)
    offered = [
        f"{each.file.name}: {each.platform.label}, {each.megabytes} MB, "
        f"{'comes with the relay' if each.file.parent == SHIPPED else each.told_signer}\n  SHA-256 {each.sha256}"
        for each in downloads.all()
    ]
    refused = [f"{name}: not offered, {why}" for name, why in downloads.refused().items()]
    return [*offered, *refused] or ["There is no help program."]


def remove(settings: Settings, name: str) -> list[str]:
    """Remove a help program that was added. Return what to say. Raises CannotAddError and OSError."""
    file = settings.downloads / name
    if name not in FILES or not file.is_file():
        raise CannotAddError(
            f"There is no {name} in {settings.downloads}. `deskside-relay downloads list` shows what there is."
        )
    file.unlink()
    with suppress(FileNotFoundError):
        signature_of(file).unlink()
    sync_folder(settings.downloads)
    return [f"Removed {name} from {settings.downloads}."]


def _verified(file: Path, keys: Sequence[PublicKey], name: str) -> PublicKey:
    try:
        return verify(file, keys, name)
    except BadSignatureError as error:
        raise CannotAddError(
            f"{name} was not added: {error}. Download it and its signature again. If that does not help, ask those who "
            "made it; the key that they sign with belongs into downloads_keys."
        ) from None


def _copy(source: Path, target: Path) -> None:
    with suppress(FileNotFoundError):
        target.unlink()
    with source.open("rb") as reading, os.fdopen(open_new(target), "wb") as writing:
        shutil.copyfileobj(reading, writing)
        writing.flush()
        os.fsync(writing.fileno())
        if os.name == "posix":
            os.fchmod(writing.fileno(), _MODE)
