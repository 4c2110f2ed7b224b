"""Checks of the doctor that look at this computer: files, database, settings, limits."""

import contextlib
import os
import shlex
import shutil
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiosmtplib
from cryptography import x509
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from codec.errors import DesksideError
from relay.accounts.model import PersonRow
from relay.accounts.rules import Role, Status
from relay.config.reference import masked
from relay.config.settings import Settings
from relay.host.open_files import carried_by, limit_of
from relay.maintenance.data_folder import holder, is_running
from relay.maintenance.last_backup import last_backup
from relay.monitoring.findings import Finding, not_made
from relay.programs.downloads import SHIPPED, Download, downloads_of
from relay.signalling.ice import read_turn_secret
from relay.store.database import open_store
from relay.store.sqlite_file import file_of
from relay.web.tls_files import flaws, problem_with, read_chain

ANSWER_SECONDS = 5.0
FILES_SHOWN = 5
MIN_FREE_BYTES = 500 * 1_000_000
CERTIFICATE_DAYS = 14
BACKUP_DAYS = 7
_LOCAL = ("localhost", "127.0.0.1", "::1")
_MASTERS = (Role.ACCOUNT_OWNER.value, Role.MASTER_ADMINISTRATOR.value)


def check_folder(data: Path) -> Finding:
    """Whether the data folder can be written, and only by its owner."""
    name = "data folder"
    if data.exists() and not data.is_dir():
        return Finding(name, f"{data} is a file", "Choose a folder with --data.")
    if not data.exists():
        return not_made(name, f"{data} will be created at the first start")
    try:
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        return Finding(
            name, f"{data} cannot be written ({error.strerror})", f"Give it to the relay’s user: chown {data}"
        )
    if data.stat().st_mode & 0o077:
        return Finding(name, f"{data} can be read by others", f"It holds the relay’s key: chmod 700 {data}")
    return Finding(name, f"{data} can be written by its owner only")


def check_files(settings: Settings, config: Path | None = None) -> Finding:
    """Whether others can read what the relay keeps, or the secrets that the operator gave it."""
    name = "files"
    bad = [*_open_files(settings), *_open_secrets(settings, config)]
    if not bad and not settings.data.is_dir():
        return not_made(name, "there are none yet")
    if not bad:
        return Finding(name, "the relay’s files are for its own user only")
    shown = ", ".join(map(str, bad[:FILES_SHOWN])) + (
        f" and {len(bad) - FILES_SHOWN} more" if bad[FILES_SHOWN:] else ""
    )
    folder = f"chmod -R go= {settings.data}, and " if len(bad) > FILES_SHOWN else ""
    files = " ".join(shlex.quote(str(path)) for path in bad[:FILES_SHOWN])
    remedy = (
        f"{folder}chmod go= {files}. All must belong to the relay’s user. Replace secrets that others may have read."
    )
    return Finding(name, f"others can read or change {shown}", remedy)


def _open_files(settings: Settings) -> list[Path]:
    """Return what in the data folder others can reach, or someone else owns. The downloads are for everybody."""
    if os.name != "posix" or not settings.data.is_dir():
        return []
    owner = settings.data.stat().st_uid
    found = list[Path]()
    for folder, folders, files in os.walk(settings.data):
        folders[:] = [each for each in folders if Path(folder, each) != settings.downloads]
        for path in (Path(folder, each) for each in (*folders, *files)):
            with contextlib.suppress(FileNotFoundError):  # the relay is at work meanwhile
                seen = path.stat()
                if seen.st_mode & 0o077 or seen.st_uid not in (owner, 0):
                    found.append(path)
    return sorted(found)


def _open_secrets(settings: Settings, config: Path | None) -> list[Path]:
    """Return the operator's files that more can read than their owner and a group, or more write than their owner."""
    files = [Path(file) for file in (settings.tls_key, settings.turn_secret_file, settings.smtp_password_file) if file]
    if config is not None and masked(settings.database) != settings.database:
        files.append(config)
    found = list[Path]()
    for file in files if os.name == "posix" else ():
        with contextlib.suppress(OSError):  # that they cannot be read is told by others
            if file.stat().st_mode & 0o026:
                found.append(file)
    return found


def check_disk(settings: Settings) -> Finding:
    """Whether there is room."""
    return judge_disk(shutil.disk_usage(_existing(settings.data)).free)


def judge_disk(free: int) -> Finding:
    """Whether there is room."""
    saw = f"{free / 1_000_000:,.0f} MB free"
    if free < MIN_FREE_BYTES:
        return Finding("disk", saw, f"Free some space. Below {MIN_FREE_BYTES // 1_000_000} MB the database may stop.")
    return Finding("disk", saw)


def check_running(settings: Settings) -> Finding:
    """Whether a relay runs on the data folder."""
    name = "relay"
    try:
        runs = is_running(settings.data)
    except OSError as error:
        return not_made(name, f"not checked ({error.strerror})")
    if not runs:
        return not_made(name, f"none runs on {settings.data}")
    pid = holder(settings.data)
    return Finding(name, f"runs{f' (process {pid})' if pid else ''}; a second one on this data folder is refused")


async def check_database(settings: Settings) -> list[Finding]:
    """Whether the database opens and is of this version, and whether anyone can administer this relay.

    Nothing is made or upgraded: that is for the relay's start.
    """
    name, people = "database", "administrators"
    file = file_of(settings.database)
    if file is not None and not file.exists():
        return [not_made(name, "will be created at the first start"), not_made(people, "there is no database yet")]
    try:
        store = await open_store(settings.database, upgrade=False)
    except (DesksideError, OSError) as error:
        remedy = "Nothing works without it. Follow the message, or restore a backup: deskside-relay restore FILE"
        return [Finding(name, str(error), remedy), not_made(people, "the database cannot be opened")]
    try:
        able_ones = select(func.count()).where(
            PersonRow.role.in_(_MASTERS),
            PersonRow.password_hash.is_not(None),
            PersonRow.status == Status.ENABLED,
            PersonRow.deleted_at.is_(None),
        )
        async with store.reading() as transaction:
            everybody = await transaction.scalar(select(func.count()).select_from(PersonRow)) or 0
            able = await transaction.scalar(able_ones) or 0
    except (DesksideError, SQLAlchemyError) as error:
        return [Finding(name, str(error), "Check the relay’s log."), not_made(people, "could not be read")]
    finally:
        await store.close()
    return [Finding(name, "opens and has the right version"), judge_people(everybody, able, settings.url)]


def judge_people(everybody: int, able: int, url: str) -> Finding:
    """Judge by how many people there are, and how many master administrators can sign in. Pure."""
    if not everybody:
        return Finding(
            "administrators",
            "this relay is not set up yet",
            f"Open {url}/setup; `deskside-relay setup-token` shows the token that you need.",
        )
    if not able:
        return Finding(
            "administrators",
            "no master administrator can sign in",
            "Create a link for a new password: deskside-relay reset-password EMAIL",
        )
    return Finding("administrators", f"{able} master administrator{'' if able == 1 else 's'} can sign in")


def check_certificate(settings: Settings, now: datetime) -> list[Finding]:
    """Whether the certificate belongs to its key and to our name, how long it lasts, and whether others trust it."""
    name = "certificate"
    if not settings.tls_certificate:
        return [not_made(name, "none is set: HTTPS needs a proxy in front")]
    if problem := problem_with(Path(settings.tls_certificate), Path(settings.tls_key)):
        return [
            Finding(name, problem, "The relay cannot start with it. A running relay keeps its current certificate.")
        ]
    chain = read_chain(Path(settings.tls_certificate))
    host = urlsplit(settings.url).hostname or ""
    found = [
        Finding(name, f"{settings.tls_certificate} {flaw.saw}", flaw.remedy)
        for flaw in flaws(chain, host, _known_issuers(), now)
    ]
    days = (chain[0].not_valid_after_utc - now).days
    if 0 <= days < CERTIFICATE_DAYS:
        remedy = "Renew it. The relay loads the new files automatically within a minute, or at once on SIGHUP."
        found.append(Finding(name, f"{settings.tls_certificate} expires in {days} days", remedy))
    return found or [Finding(name, f"is for {host}, for {days} more days")]


def _known_issuers() -> frozenset[bytes]:
    """Return the names of the authorities that this computer trusts, as they are written in certificates."""
    context = ssl.create_default_context()
    with contextlib.suppress(ValueError):
        return frozenset(
            x509.load_der_x509_certificate(each).subject.public_bytes() for each in context.get_ca_certs(True)
        )
    return frozenset()


def check_turn(settings: Settings) -> Finding:
    """Whether TURN credentials can be made."""
    try:
        secret = read_turn_secret(settings)
    except DesksideError as error:
        return Finding("TURN", str(error), "Write coturn’s static-auth-secret into the file and let the relay read it.")
    if not secret:
        return not_made("TURN", "none is set: sessions without a direct connection use the relay")
    return Finding("TURN", "credentials can be made")


def check_https(settings: Settings) -> Finding:
    """Whether passwords and PINs travel in the clear."""
    host = urlsplit(settings.url).hostname or ""
    if settings.is_https:
        return Finding("HTTPS", settings.url)
    if host in _LOCAL:
        return not_made("HTTPS", f"{settings.url} is for this computer only")
    return Finding(
        "HTTPS", f"{settings.url} is not encrypted", "Set tls_certificate, or public_url to a proxy’s https://…"
    )


async def check_mail(settings: Settings) -> Finding:
    """Whether mails leave this computer."""
    name = "mail"
    if not settings.smtp_host:
        return Finding(
            name,
            f"no mail server is set: invitations and links stay in {settings.data / 'outbox'}",
            "Set smtp_host, or send the links yourself.",
        )
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        password = _secret(settings.smtp_password_file)
    except (OSError, UnicodeDecodeError):
        return Finding(name, f"{settings.smtp_password_file} cannot be read", "Give the relay’s user read access.")
    client = aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_user or None,
        password=password,
        use_tls=settings.smtp_security == "tls",
        start_tls=settings.smtp_security == "starttls",
        timeout=ANSWER_SECONDS,
    )
    try:
        await client.connect()
        await client.quit()
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        number = f" {error.code}" if isinstance(error, aiosmtplib.SMTPResponseException) else ""
        why = (
            "it refuses the user or the password"
            if isinstance(error, aiosmtplib.SMTPAuthenticationError)
            else (f"{type(error).__name__}{number}")
        )
        return Finding(name, f"{server} does not accept e-mails: {why}", "Check smtp_host, smtp_port, smtp_security.")
    finally:
        client.close()
    return Finding(name, f"{server} takes mails")


def _secret(file: str) -> str | None:
    return Path(file).read_text().strip() if file else None


def check_downloads(settings: Settings) -> Finding:
    """Whether customers find a help program."""
    name, downloads = "help program", downloads_of(settings)
    there, refused = downloads.all(), downloads.refused()
    if refused:
        saw = "; ".join(f"{file} is not offered: {why}" for file, why in refused.items())
        return Finding(name, saw, "Add it with its signature: deskside-relay downloads add FILE")
    if not there:
        remedy = (
            "Customers can show their screen from a browser, but give no control. Add a program: "
            "deskside-relay downloads add FILE"
        )
        return Finding(name, f"none in {settings.downloads}", remedy)
    return Finding(name, ", ".join(_told(each) for each in there))


def _told(download: Download) -> str:
    return (
        f"{download.file.name} ({'comes with the relay' if download.file.parent == SHIPPED else download.told_signer})"
    )


def check_backup(settings: Settings, now: datetime) -> Finding:
    """How old the last backup is."""
    key = settings.data / "key"
    begun = datetime.fromtimestamp(key.stat().st_mtime, UTC) if key.exists() else now
    return judge_backup(last_backup(settings.data), now, begun)


def judge_backup(last: datetime | None, now: datetime, begun: datetime) -> Finding:
    """Judge by when the last backup was made, and since when there is anything to lose. Pure."""
    name, longest = "backup", timedelta(days=BACKUP_DAYS)
    remedy = "Create one, preferably every night: deskside-relay backup FILE"
    if last is None:
        if now - begun < longest:
            return not_made(name, "none yet")
        return Finding(name, "none was created by `deskside-relay backup`", remedy)
    age = f"the last one is {_days(now - last)} old"
    return Finding(name, age, remedy) if now - last > longest else Finding(name, age)


def _days(age: timedelta) -> str:
    hours = max(0, int(age.total_seconds() // 3_600))
    return f"{age.days} days" if hours >= 48 else f"{hours} hours"


def check_open_files(settings: Settings) -> Finding:
    """Whether the relay may open as many files as its connections need."""
    name = "open files"
    limit = limit_of(holder(settings.data) if is_running(settings.data) else None)
    if limit is None:
        return not_made(name, "this system does not count them")
    fits, needed = carried_by(limit, settings.max_connections)
    if fits < settings.max_connections:
        return Finding(
            name,
            f"{limit} carry {fits} connections of the {settings.max_connections} in max_connections",
            f"Raise it (LimitNOFILE={needed} in the systemd unit, ulimit -n elsewhere), or lower max_connections.",
        )
    return Finding(name, f"{limit} are enough for {settings.max_connections} connections")


def _existing(path: Path) -> Path:
    return path if path.exists() or path == path.parent else _existing(path.parent)
