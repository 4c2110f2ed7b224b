"""Both databases that a relay can have: a file, and a real PostgreSQL that the test session starts for itself."""

import asyncio
import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import asyncpg

from relay.store.database import open_store

_TEMPLATE = "deskside_empty"


def new_sqlite(file: Path) -> str:
    """Return the address of a database in this file; where there is none yet, with all tables and nothing in them."""
    if not file.exists():
        shutil.copyfile(_empty_sqlite(), file)
    return _sqlite(file)


def _sqlite(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


@cache
def _empty_sqlite() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="deskside-sqlite-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "empty.sqlite3"

    async def migrate() -> None:
        await (await open_store(_sqlite(file))).close()

    with ThreadPoolExecutor(1) as elsewhere:  # a loop may be running here
        elsewhere.submit(asyncio.run, migrate()).result()
    return file


class Cluster:
    """A PostgreSQL of our own, reached by a socket in its folder. Its databases are copies of a migrated empty one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        asyncio.run(self._make_template())

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql+asyncpg://postgres@/{name}?host={self._folder}"

    def new_database(self) -> str:
        """Return the address of a new database with all tables and nothing in them."""
        name = f"test_{next(self._numbers)}"
        asyncio.run(self._execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}"))
        return self.url(name)

    def bare_database(self) -> str:
        """Return the address of a database without any table."""
        name = f"bare_{next(self._numbers)}"
        asyncio.run(self._execute(f"CREATE DATABASE {name}"))
        return self.url(name)

    async def _make_template(self) -> None:
        await self._execute(f"CREATE DATABASE {_TEMPLATE}")
        store = await open_store(self.url(_TEMPLATE))
        await store.close()

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(host=str(self._folder), user="postgres", database="postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Run a PostgreSQL while the block lasts."""
    with _running_postgres(["--auth=trust", "--username=postgres"], "-c listen_addresses=") as folder:
        yield Cluster(folder)


@contextmanager
def running_server(port: int, database: str, password: str, script: Path) -> Iterator[Path]:
    """Run a PostgreSQL on a port of this computer, made as the image of that name makes it; yield its socket's folder.

    `script`: what it finds in /docker-entrypoint-initdb.d.
    """
    with tempfile.NamedTemporaryFile("w") as secret:
        secret.write(password)
        secret.flush()
        Path(secret.name).chmod(0o644)
        init = ["--auth-local=trust", "--auth-host=scram-sha-256", "--username=postgres", f"--pwfile={secret.name}"]
        with (
            _running_postgres(init, f"-p {port} -c listen_addresses=127.0.0.1") as folder,
            ThreadPoolExecutor(1) as other,
        ):

            async def make() -> None:
                connection = await asyncpg.connect(host=str(folder), port=port, user="postgres", database="postgres")
                await connection.execute(f'CREATE DATABASE "{database}"')
                await connection.close()

            other.submit(asyncio.run, make()).result()  # a loop may be running here
            said = ["--no-psqlrc", "--set=ON_ERROR_STOP=1", "--username=postgres", f"--host={folder}", f"--port={port}"]
            subprocess.run(
                ["psql", "--quiet", *said, f"--dbname={database}", f"--file={script}"],
                check=True,
                env={**os.environ, "POSTGRES_PASSWORD": password},
            )
            yield folder


@contextmanager
def _running_postgres(init: list[str], options: str) -> Iterator[Path]:
    """Run one; yield its folder, where its socket is. It refuses to be root, so root starts it as its own user."""
    folder = Path(tempfile.mkdtemp(prefix="deskside-pg-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    data = folder / "data"
    with open(folder / "log", "wb") as log:

        def run(program: str, *arguments: str) -> None:
            command = [str(_program(program)), *arguments, f"--pgdata={data}"]
            subprocess.run(command, check=True, stdout=log, stderr=log, user=user, cwd=folder)

        try:
            run("initdb", "--no-sync", "--encoding=UTF8", *init)
            # Nothing here has to survive a power cut.
            run("pg_ctl", "start", "--wait", "-o", f"-k {folder} -c fsync=off -c full_page_writes=off {options}")
            yield folder
        finally:
            if (data / "postmaster.pid").exists():
                run("pg_ctl", "stop", "--wait", "--mode=immediate")
            shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> Path:
    """Return the newest PostgreSQL's program; Debian keeps them out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda file: int(file.parts[-3]))
    if found:
        return found[-1]
    in_path = shutil.which(name)
    assert in_path is not None, f"{name} is missing: install the package postgresql"
    return Path(in_path)
