"""When the last backup of a relay was made, as its data folder remembers it."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from codec.host.private_files import write_private
from relay.maintenance.data_folder import give_to_owner

FILE = "last-backup"


def last_backup(data: Path) -> datetime | None:
    """Return when the last backup was made, None where none was or it cannot be read."""
    with suppress(OSError, ValueError):
        at = datetime.fromisoformat((data / FILE).read_text(encoding="ascii").strip())
        return at if at.tzinfo is not None else None
    return None


def remember_backup(data: Path, now: datetime) -> None:
    """Remember that a backup has been made. Raises OSError."""
    write_private(data / FILE, now.astimezone(UTC).isoformat(timespec="seconds").encode())
    give_to_owner(data / FILE, data)
