"""The file of a backup: a ZIP with a manifest, the database and the relay's keys; written whole, checked when read.

Names inside are from a fixed list and never become paths, so an archive can put nothing anywhere else. Nothing is
unpacked beyond the sizes that the manifest names, which must fit the disk.
"""

import hashlib
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from codec import __version__
from codec.errors import DesksideError
from codec.host.private_files import open_new, sync_folder

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
LIMITS = {"key": 1 << 10, "permit-key": 1 << 10, "known_hosts": 1 << 20, "relay.toml": 1 << 20}
"""What may be in a backup beside the database, and how long it may be."""
NEEDED = (DATABASE, "key", "permit-key")
MAX_MANIFEST = 1 << 16
MAX_DIRECTORY = 1 << 16
RESERVE_BYTES = 16 << 20
_PIECE = 1 << 20
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How files are packed. Others that zipfile knows (LZMA) take as much memory as the file says."""
_DAMAGED = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, EOFError)
"""What zipfile raises for what is no ZIP, or a damaged one."""
_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\x05\x06"


class BackupError(DesksideError):
    """A backup cannot be written, or this file cannot be put back. The text says why; nothing was changed."""


class Member(Struct, frozen=True, forbid_unknown_fields=True):
    """A file in a backup."""

    size: int
    sha256: str


class Manifest(Struct, frozen=True):
    """What a backup holds, and what wrote it. `schema` is the version of the database's tables."""

    format: int
    deskside: str
    schema: str
    database: str
    at: datetime
    files: dict[str, Member]


def write_archive(target: Path, files: Mapping[str, Path], *, schema: str, database: str, at: datetime) -> Manifest:
    """Write a backup for its owner only: beside its place, read back, then renamed. Raises BackupError.

    One that cannot be finished leaves nothing behind.
    """
    manifest = Manifest(
        FORMAT, __version__, schema, database, at, {name: _member(file) for name, file in files.items()}
    )
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        with open(open_new(part), "wb") as opened:
            with zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
                packed.writestr(MANIFEST, msgspec.json.encode(manifest))
                for name, file in files.items():
                    packed.write(file, name)
            opened.flush()
            os.fsync(opened.fileno())
        read_manifest(part)
        _check_content(part, manifest)
        if os.path.lexists(target):
            raise BackupError(f"{target} already exists and was not changed. Choose another name.")
        part.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise BackupError(f"The backup could not be written: {error.strerror or error} ({target}).") from None
    finally:
        part.unlink(missing_ok=True)
    return manifest


def read_manifest(file: Path) -> Manifest:
    """Return what a backup says of itself. Raises BackupError for what is none, damaged or from a newer Deskside."""
    try:
        with _bounded(file) as whole, zipfile.ZipFile(whole) as packed:
            names = [each.filename for each in packed.infolist()]
            is_ours = all(each.compress_type in _PACKED for each in packed.infolist())
            if len(names) != len(set(names)) or MANIFEST not in names or not is_ours:
                raise BackupError(f"{file} is not a backup of a relay.")
            with packed.open(MANIFEST) as opened:
                content = opened.read(MAX_MANIFEST + 1)
            if len(content) > MAX_MANIFEST:
                raise BackupError(f"{file} is not a backup of a relay.")
            told = msgspec.json.decode(content, type=_Told)
            if told.format > FORMAT:
                raise BackupError(f"{file} was written by a newer Deskside ({told.deskside}). Install that one first.")
            manifest = msgspec.json.decode(content, type=Manifest)
            _check_members(file, packed, manifest)
    except FileNotFoundError:
        raise BackupError(f"{file} does not exist. Check the path.") from None
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror or error}.") from None
    except (*_DAMAGED, KeyError, RecursionError):
        raise BackupError(f"{file} is not a backup of a relay, or it is damaged. Nothing was changed.") from None
    return manifest


def unpack(file: Path, manifest: Manifest, folder: Path) -> None:
    """Write the files of a backup into an empty folder, for their owner only. Raises BackupError.

    Each has the size and the sum that the manifest names, or nothing is kept.
    """
    needed = sum(member.size for member in manifest.files.values()) + RESERVE_BYTES
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise BackupError(
            f"{file} needs {needed / 1e6:,.0f} MB, and the disk of {folder} has {free / 1e6:,.0f} MB free. Free "
            "some space."
        )
    try:
        with _bounded(file) as whole, zipfile.ZipFile(whole) as packed:
            for name, member in manifest.files.items():
                with packed.open(name) as source, open(open_new(folder / name), "wb") as target:
                    _copy(file, name, source, target, member)
                    target.flush()
                    os.fsync(target.fileno())
    except OSError as error:
        raise BackupError(f"The backup could not be unpacked: {error.strerror or error}.") from None
    except _DAMAGED:
        raise BackupError(f"{file} is damaged. Nothing was changed.") from None


class _Told(Struct, frozen=True):
    """The part of a manifest that every version has."""

    format: int
    deskside: str = "unknown"


def _bounded(file: Path) -> IO[bytes]:
    """Open an archive whose list of contents is short: zipfile would hold any that a file claims in memory."""
    opened = file.open("rb")
    try:
        size = os.fstat(opened.fileno()).st_size
        opened.seek(max(0, size - _END.size))
        found = opened.read(_END.size)
        if len(found) < _END.size or not found.startswith(_END_MARK) or _END.unpack(found)[5] > MAX_DIRECTORY:
            raise zipfile.BadZipFile("its end is not that of a backup")
        opened.seek(0)
    except BaseException:
        opened.close()
        raise
    return opened


def _check_members(file: Path, packed: zipfile.ZipFile, manifest: Manifest) -> None:
    """Raise BackupError unless an archive holds what its manifest names, and nothing else."""
    found = {each.filename: each for each in packed.infolist() if each.filename != MANIFEST}
    unknown = found.keys() - {DATABASE, *LIMITS}
    if unknown:
        raise BackupError(f"{file} contains {min(unknown)!r}, which is not part of a backup. Nothing was changed.")
    if found.keys() != manifest.files.keys() or not set(NEEDED) <= found.keys():
        raise BackupError(f"{file} is incomplete. Nothing was changed.")
    for name, each in found.items():
        member, mode = manifest.files[name], each.external_attr >> 16
        if each.is_dir() or stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise BackupError(f"{file} contains {name} as a link or folder, not as a file. Nothing was changed.")
        if each.file_size != member.size or member.size > LIMITS.get(name, member.size) or member.size < 0:
            raise BackupError(f"{file} is damaged: {name} has the wrong size. Nothing was changed.")


def _check_content(file: Path, manifest: Manifest) -> None:
    try:
        with _bounded(file) as whole, zipfile.ZipFile(whole) as packed:
            for name, member in manifest.files.items():
                with packed.open(name) as source:
                    _copy(file, name, source, None, member)
    except _DAMAGED:
        raise BackupError(f"{file} was not written as it should be. Check the disk.") from None


def _copy(file: Path, name: str, source: IO[bytes], target: IO[bytes] | None, member: Member) -> None:
    """Copy exactly what the manifest promises. Raises BackupError where there is more, less or something else."""
    digest, left = hashlib.sha256(), member.size
    while piece := source.read(min(_PIECE, left + 1)):
        left -= len(piece)
        if left < 0:
            break
        digest.update(piece)
        if target is not None:
            target.write(piece)
    if left or digest.hexdigest() != member.sha256:
        raise BackupError(f"{file} is damaged: {name} was altered. Nothing was changed.")


def _member(file: Path) -> Member:
    with file.open("rb") as opened:
        return Member(os.fstat(opened.fileno()).st_size, hashlib.file_digest(opened, "sha256").hexdigest())
