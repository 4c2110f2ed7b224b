"""What the page for customers is that was released with this console, and how what a relay serves compares. Pure."""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import msgspec

from codec.wire.customer_page import Manifest

RELEASED = Path(__file__).parent / "released.json"
"""The manifest of the page, which the build leaves here (tests/rehearsal/prepare.py)."""
MOST_FILES = 64
"""More than any release has: a relay must not keep a console busy."""


class PageState(StrEnum):
    """How what the relay serves compares."""

    SAME = "same"
    ACCEPTED = "accepted"
    """It is another page, which the technician has accepted."""
    OTHER = "other"
    """It says that it is of this version, and is not."""
    OTHER_VERSION = "other_version"
    """Of another version this console knows nothing."""
    UNKNOWN = "unknown"
    """It could not be compared."""


def read_released(file: Path = RELEASED) -> Manifest | None:
    """Return what was released, None in a checkout in which nothing was built."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        return None


def names_to_compare(released: Manifest, told: Manifest) -> list[str]:
    """Return which files to ask for: what was released, and what the relay says that there is besides."""
    return sorted({*released.files, *sorted(told.files)[:MOST_FILES]})


def compare(released: Manifest, served: Mapping[str, str], accepted: frozenset[str]) -> PageState:
    """Say how the digests of what was served compare. A file that is not served has the digest ""."""
    if served == released.files:
        return PageState.SAME
    return PageState.ACCEPTED if fingerprint(served) in accepted else PageState.OTHER


def fingerprint(served: Mapping[str, str]) -> str:
    """Return one digest for all files: with one byte of one file it is another."""
    lines = "".join(f"{digest} {name}\n" for name, digest in sorted(served.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
