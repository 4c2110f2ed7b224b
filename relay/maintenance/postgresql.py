"""PostgreSQL's own programs for copies of a database. Its password goes through the environment, never the command."""

import asyncio
import os
import shutil
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from relay.maintenance.archive import BackupError

_DEBIAN = Path("/usr/lib/postgresql")


def is_postgresql(url: str) -> bool:
    """Whether a database is on a PostgreSQL server."""
    return make_url(url).get_backend_name() == "postgresql"


async def dump(url: str, target: Path) -> None:
    """Write the whole database into a file, as it is at one moment. Raises BackupError."""
    await _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


async def load(url: str, source: Path) -> None:
    """Put a dump in the place of the database's content: all of it, or nothing changes. Raises BackupError."""
    options = "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"
    await _run("pg_restore", url, *options, str(source), by_name=True)


async def check_dump(source: Path) -> None:
    """Raise BackupError unless a file is a dump that pg_restore can read."""
    await _start("pg_restore", ["--list", str(source)], {})


async def _run(program: str, url: str, *options: str, by_name: bool = False) -> None:
    parsed = make_url(url)
    name = str(parsed.database or "")
    place = ["--dbname", name] if by_name else [name]
    await _start(program, [*options, *place], _environment(parsed))


async def _start(program: str, arguments: list[str], environment: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        str(_find(program)),
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )
    _out, said = await process.communicate()
    if process.returncode:
        last = said.decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
        raise BackupError(f"{program} failed: {last[0]}")


def _environment(url: URL) -> dict[str, str]:
    """Return libpq's variables for what SQLAlchemy's address says."""
    query = {key: value for key, value in url.query.items() if isinstance(value, str)}
    told = {
        "PGHOST": url.host or query.get("host"),
        "PGPORT": str(url.port) if url.port else query.get("port"),
        "PGUSER": url.username or query.get("user"),
        "PGPASSWORD": url.password or query.get("password"),
        "PGSSLMODE": query.get("sslmode") or query.get("ssl"),
    }
    return {key: value for key, value in told.items() if value}


def _find(program: str) -> Path:
    found = sorted(_DEBIAN.glob(f"*/bin/{program}"), key=lambda file: int(file.parts[-3])) if _DEBIAN.is_dir() else []
    in_path = shutil.which(program)
    if found:  # Debian's wrapper in the PATH needs a cluster of its own
        return found[-1]
    if in_path is None:
        raise BackupError(
            f"{program} is not on this computer. Install the package postgresql-client, "
            "or copy the database with pg_dump where it runs, and the files key and permit-key of the data folder."
        )
    return Path(in_path)
