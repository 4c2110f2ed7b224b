"""What goes wrong below the relay: disks that are full, files that are moved, locks of others, clocks that are set."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
import pytest_asyncio
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from codec.wire.api_types import CodeState, Method, SessionState
from relay.accounts.model import SignInRow
from relay.accounts.service import Accounts, SignInKind
from relay.codes.model import CodeRow
from relay.codes.service import Announcements, Codes
from relay.monitoring.health import OLDEST_BEAT_SECONDS, OLDEST_LOOK_SECONDS, Health
from relay.sessions.model import SessionRow
from relay.sessions.moves import Presence
from relay.sessions.service import Sessions
from relay.sessions.timeouts import always
from relay.sign_in.one_time_codes import STEP_SECONDS, matching_step
from relay.store import sqlite_file
from relay.store.database import Store, UnusableError, open_store
from relay.store.sqlite_file import StoreError, back_up, check, said_of
from relay.tasks.sweep import Jumps, Sweep
from tests.relay.organization.organisations import NOW, Place
from tests.support.databases import new_sqlite
from tests.support.histories import session_history
from tests.support.relays import running_relay
from tests.support.waiting import becomes_true

HOUR = timedelta(hours=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database file with all tables."""
    new_sqlite(tmp_path / "relay.sqlite3")
    return tmp_path / "relay.sqlite3"


@pytest_asyncio.fixture
async def opened(file: Path) -> AsyncIterator[Store]:
    """An open store of this file."""
    store = await open_store(f"sqlite+aiosqlite:///{file}")
    yield store
    await store.close()


def error_of(name: str) -> sqlite3.Error:
    """Return what SQLite raises with this name."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = name
    return error


# ── the disk and the file ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.finding("load-1.9")
@pytest.mark.parametrize(
    ("name", "free", "said"),
    [
        ("SQLITE_CORRUPT", 1 << 40, "damaged"),
        ("SQLITE_NOTADB", 1 << 40, "damaged"),
        ("SQLITE_FULL", 1 << 40, "full"),
        ("SQLITE_IOERR_WRITE", 0, "full"),
        ("SQLITE_CANTOPEN", 0, "full"),
        ("SQLITE_IOERR_READ", 1 << 40, "check the disk"),
        ("SQLITE_CANTOPEN", 1 << 40, "check the disk"),
        ("SQLITE_BUSY", 1 << 40, "another program"),
    ],
)
def test_a_disk_that_fails_is_not_called_a_damaged_file(
    name: str, free: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who puts back a backup because the disk is full loses data."""
    monkeypatch.setattr(sqlite_file, "free_bytes", lambda _file: free)
    found = said_of(error_of(name), Path("relay.sqlite3"))
    assert said in found
    assert ("backup" in found) is (said == "damaged")


@pytest.mark.finding("load-1.9")
def test_a_path_that_cannot_be_opened_is_not_called_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "relay.sqlite3").mkdir()
    with pytest.raises(StoreError) as refused:
        check(tmp_path / "relay.sqlite3")
    assert "check the disk" in str(refused.value)
    assert "damaged" not in str(refused.value)


@pytest.mark.finding("load-1.9")
@pytest.mark.parametrize("why", ["room", "fails"])
def test_a_backup_that_cannot_be_made_is_named_and_leaves_nothing(
    file: Path, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(file.parent.iterdir())
    if why == "room":
        monkeypatch.setattr(sqlite_file, "free_bytes", lambda _file: file.stat().st_size)
    else:
        file.write_bytes(b"This is no database. " * 500)
    with pytest.raises(StoreError, match="room" if why == "room" else "No backup could be made"):
        back_up(file, "0001")
    assert sorted(file.parent.iterdir()) == before


@pytest.mark.finding("load-1.9")
def test_what_an_earlier_try_left_is_cleared_away_and_no_backup_is_half_written(file: Path) -> None:
    left = file.with_name(f"{file.name}.0001.20260101-000000.backup.part")
    left.write_bytes(b"half")
    back_up(file, "0001")
    assert not left.exists()
    (backup,) = file.parent.glob("*.backup")
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.finding("load-1.9")
async def test_a_file_that_is_gone_is_not_made_again_and_nothing_is_acknowledged(file: Path, opened: Store) -> None:
    async with opened.transaction() as transaction:  # a connection that keeps the file which is moved away
        await transaction.execute(text("SELECT 1"))
    file.rename(file.with_name("elsewhere"))  # noqa: ASYNC240  (a few bytes on a local disk)
    with pytest.raises(StoreError, match="moved, removed or replaced"):
        async with opened.transaction():
            pytest.fail("what is written here will never be found again")
    with pytest.raises(UnusableError):
        async with opened.reading() as reading:  # a new connection
            await reading.execute(text("SELECT 1"))
    assert not file.exists()  # noqa: ASYNC240  (see above)


async def test_a_connection_that_cannot_be_made_leaves_no_thread(file: Path, opened: Store) -> None:
    """It would report to an event loop that is gone by then. Tried often: such a thread ends soon anyway."""
    file.unlink()  # noqa: ASYNC240  (see above)
    for _ in range(50):
        with pytest.raises(UnusableError):
            async with opened.reading() as reading:
                await reading.execute(text("SELECT 1"))
        assert not [each for each in threading.enumerate() if "_connection_worker" in each.name]


@pytest.mark.finding("load-1.9")
async def test_a_database_that_another_program_holds_can_be_read_at_once(file: Path, opened: Store) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        async with asyncio.timeout(2), opened.reading() as reading:
            assert await reading.scalar(select(SignInRow.id)) is None


async def test_what_is_read_together_is_one_transaction_and_what_is_apart_is_another(store: Store) -> None:
    async with (
        store.reading_together(),
        store.reading() as one,
        store.reading() as other,
        store.reading(apart=True) as apart,
    ):
        assert one is other
        assert one is not apart
    async with store.reading() as after:
        assert after is not one


# ── health ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Watch:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.finding("load-1.9")
async def test_health_reads_what_the_relay_wrote(store: Store) -> None:
    health = Health(store)
    for _ in range(2):
        await health.beat(NOW)
        await health.look()
        assert health.problem == ""
    async with store.transaction() as transaction:
        await transaction.execute(text("UPDATE heartbeat SET beat = 1"))
    await health.look()
    assert "give back" in health.problem


async def test_a_beat_that_is_stored_while_it_looks_is_no_fault(opened: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the relay said that its database does not give back what was written."""
    health, probing = Health(opened), opened.probing
    await health.beat(NOW)

    @asynccontextmanager
    async def slowly() -> AsyncIterator[AsyncSession]:
        async with probing() as reading:
            yield reading
        await health.beat(NOW)

    monkeypatch.setattr(opened, "probing", slowly)
    await health.look()
    assert health.problem == ""


@pytest.mark.finding("load-1.9")
async def test_health_says_when_nothing_was_written_or_looked_at_for_long(opened: Store) -> None:
    watch = Watch()
    health = Health(opened, watch)
    await health.look()
    watch.now = OLDEST_LOOK_SECONDS + 1
    assert "does not answer" in health.problem
    await health.look()
    assert health.problem == ""
    watch.now = OLDEST_BEAT_SECONDS + 1
    await health.look()
    assert "could be written" in health.problem
    await health.beat(NOW)
    assert health.problem == ""


@pytest.mark.finding("load-1.9")
async def test_a_database_that_does_not_answer_is_asked_once_and_well_again_when_it_does(
    opened: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.monitoring.health.ANSWER_SECONDS", 0.01)
    answers, asked = asyncio.Event(), []

    async def read() -> bool:
        asked.append(1)
        await answers.wait()
        return True

    health = Health(opened)
    monkeypatch.setattr(health, "_read", read)
    for _ in range(2):
        await health.look()
        assert "does not answer" in health.problem
    answers.set()
    monkeypatch.setattr("relay.monitoring.health.ANSWER_SECONDS", 5)
    await health.look()
    assert (health.problem, len(asked)) == ("", 1)


@pytest.mark.finding("load-1.9")
@pytest.mark.parametrize("fault", ["moved", "replaced", "full", "overwritten"])
async def test_health_finds_what_keeps_the_relay_from_working(
    file: Path, opened: Store, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    health = Health(opened)
    await health.beat(NOW)
    match fault:
        case "moved":
            file.rename(file.with_name("elsewhere"))  # noqa: ASYNC240  (see above)
        case "replaced":
            copy = file.with_name("copy")
            copy.write_bytes(file.read_bytes())  # noqa: ASYNC240  (see above)
            copy.rename(file)
        case "full":
            monkeypatch.setattr("relay.monitoring.health.LEAST_FREE_BYTES", 1 << 62)
        case "overwritten":
            await opened.close()
            with open(file, "r+b") as damaged:  # noqa: ASYNC230  (a few bytes on a local disk)
                damaged.seek(100)
                damaged.write(b"\xff" * 4_000)
    await health.look()
    said = {"moved": "moved", "replaced": "replaced", "full": "full", "overwritten": "does not answer"}[fault]
    assert said in health.problem


@pytest.mark.finding("load-1.9", "field-24")
async def test_while_another_program_holds_the_database_reads_work_and_writes_say_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.store.database.BUSY_MILLISECONDS", 50)
    async with running_relay(tmp_path) as relay:
        code, link = await relay.make_code(), await relay.make_code(Method.LINK)
        with closing(sqlite3.connect(relay.settings.data / "relay.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            async with asyncio.timeout(3):
                assert (await relay.call("GET", "/codes"))[0] == 200
                async with relay.http.get(f"{relay.url}{link.path}") as page:
                    assert page.status == 200
                async with relay.http.post(f"{relay.url}/", data={"pin": "000 000"}) as page:
                    assert page.status < 500
                async with relay.http.get(f"{relay.url}/health") as health:
                    assert health.status == 200
            status, refused = await relay.call("POST", "/codes", {"method": "pin", "name": ""})
            assert (status, refused["problem"]) == (503, "busy")
            assert refused["retry_seconds"] >= 1
        assert (await relay.call("DELETE", f"/codes/{code.id}"))[0] == 204


@pytest.mark.finding("load-1.9")
async def test_a_relay_whose_file_was_moved_says_so_and_acknowledges_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.monitoring.health.LOOK_SECONDS", 0.02)
    async with running_relay(tmp_path) as relay:
        file = relay.settings.data / "relay.sqlite3"
        file.rename(file.with_name("elsewhere"))

        async def is_ill() -> bool:
            async with relay.http.get(f"{relay.url}/health") as health:
                return health.status == 503

        await becomes_true(is_ill)
        status, refused = await relay.call("POST", "/codes", {"method": "pin", "name": ""})
        assert (status, refused["problem"]) == (503, "store_unusable")
        async with relay.http.post(f"{relay.url}/sign-in", data={"email": "a@b.example", "password": "x"}) as page:
            assert page.status == 503
        assert not file.exists()


# ── the clock ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.finding("load-1.13")
def test_a_clock_that_is_set_is_noticed_and_one_that_drifts_is_not() -> None:
    jumps = Jumps(NOW, 0.0)
    assert jumps.between(NOW + timedelta(seconds=5.3), 5.0) is None
    assert jumps.between(NOW + HOUR + timedelta(seconds=10.3), 10.0) == HOUR
    assert jumps.between(NOW + HOUR + timedelta(seconds=15.3), 15.0) is None
    assert jumps.between(NOW + timedelta(seconds=20.3), 20.0) == -HOUR
    assert jumps.between(NOW + 3 * HOUR, 3 * 3600.0) is None, "a computer that slept did not have its clock set"


@pytest.mark.finding("load-1.13")
async def test_a_round_in_which_the_clock_was_set_ends_nothing_and_each_deadline_is_moved_once() -> None:
    wall, steady, done, moved = NOW, 0.0, list[datetime](), list[timedelta]()
    fails = True

    async def step(now: datetime) -> None:
        done.append(now)

    async def move(by: timedelta, _now: datetime) -> None:
        moved.append(by)

    async def fail(by: timedelta, _now: datetime) -> None:
        if fails:
            raise OSError("the database is away")
        moved.append(by)

    sweep = Sweep([step], [move, fail], lambda: wall, lambda: steady)
    wall += HOUR
    with pytest.raises(OSError, match="away"):
        await sweep.once()
    fails = False
    await sweep.once()
    assert (done, moved) == ([], [HOUR, HOUR])
    await sweep.once()
    assert (done, moved) == ([wall], [HOUR, HOUR])


async def let_pass(place: Place, now: datetime) -> tuple[str, str]:
    """Return how a code and a session stand after a sweep."""
    sessions, codes, accounts = parts(place)
    for part in (codes, sessions, accounts):
        await part.expire(now)
    async with place.store.reading() as reading:
        code, session = await reading.scalar(select(CodeRow.state)), await reading.scalar(select(SessionRow.state))
    return str(code), str(session)


def parts(place: Place) -> tuple[Sessions, Codes, Accounts]:
    """Return what has deadlines."""
    nobody = Presence(lambda _session: False, lambda _person, _name: False)
    patience = always({SessionState.CONNECTING: timedelta(minutes=30)})
    sessions = Sessions(place.store, nobody, lambda *_told: None, patience, session_history())
    lifetimes = {Method.PIN: timedelta(minutes=15), Method.LINK: HOUR}
    told = Announcements(lambda _person, _code: None, lambda _person, _missed: None, _nobody)
    codes = Codes(place.store, sessions, place.permissions, lifetimes, told)
    return sessions, codes, Accounts(place.store, None, HOUR)  # type: ignore[arg-type]  # it hashes nothing here


@pytest.mark.finding("load-1.13")
@pytest.mark.parametrize("by", [HOUR, -HOUR, timedelta(days=1), timedelta(days=-400)])
async def test_a_pin_a_waiting_customer_and_a_sign_in_last_as_long_as_they_were_to(place: Place, by: timedelta) -> None:
    sessions, codes, accounts = parts(place)
    code = await codes.make(1, Method.PIN, "", NOW)
    async with place.store.transaction() as transaction:
        row = await transaction.get_one(CodeRow, code.id)
        row.session_id = (await sessions.begin(transaction, row, NOW)).id
    secret, _identity, _ends = await accounts.admit(1, SignInKind.TOKEN, "", "", NOW)
    later = NOW + timedelta(minutes=10) + by
    for part in (sessions, codes, accounts):
        await part.clock_set(by, later)
    assert await let_pass(place, later) == (CodeState.ISSUED, SessionState.CONNECTING)
    assert await accounts.identify(secret, SignInKind.TOKEN, later) is not None
    assert await let_pass(place, later + timedelta(minutes=6)) == (CodeState.EXPIRED, SessionState.CONNECTING)
    assert await let_pass(place, later + timedelta(minutes=25)) == (CodeState.EXPIRED, SessionState.TIMED_OUT)
    assert await accounts.identify(secret, SignInKind.TOKEN, later + 2 * HOUR) is None


@pytest.mark.finding("load-1.13")
async def test_a_pin_that_was_made_after_the_clock_was_set_is_not_moved(place: Place) -> None:
    _sessions, codes, _accounts = parts(place)
    code = await codes.make(1, Method.PIN, "", NOW)
    await codes.clock_set(HOUR, NOW + timedelta(seconds=4))
    async with place.store.reading() as reading:
        assert (await reading.get_one(CodeRow, code.id)).expires_at == code.expires_at


@pytest.mark.finding("load-1.13")
async def test_a_sign_in_that_time_has_ended_opens_nothing_and_is_forgotten_a_day_later(place: Place) -> None:
    _sessions, _codes, accounts = parts(place)
    secret, identity, _ends = await accounts.admit(1, SignInKind.TOKEN, "", "", NOW)
    for after, kept in ((2 * HOUR, True), (26 * HOUR, False)):
        await accounts.expire(NOW + after)
        assert await accounts.identify(secret, SignInKind.TOKEN, NOW + after) is None
        async with place.store.reading() as reading:
            assert (await reading.get(SignInRow, identity.sign_in) is not None) is kept
    secret, identity, _ends = await accounts.admit(1, SignInKind.TOKEN, "", "", NOW)
    await accounts.sign_out(identity.sign_in)
    assert await accounts.identify(secret, SignInKind.TOKEN, NOW) is None, (
        "who signs out is out, whatever the clock says"
    )


async def test_the_use_of_a_sign_in_is_written_soon_and_survives_a_busy_database(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sessions, _codes, accounts = parts(place)
    secret, identity, _ends = await accounts.admit(1, SignInKind.TOKEN, "", "", NOW)
    later = NOW + timedelta(minutes=30)
    assert await accounts.identify(secret, SignInKind.TOKEN, later) is not None
    with monkeypatch.context() as broken:
        broken.setattr(place.store, "transaction", lambda: (_ for _ in ()).throw(OSError("full")))
        with pytest.raises(OSError, match="full"):
            await accounts.expire(later)
    await accounts.expire(later)
    async with place.store.reading() as reading:
        row = await reading.get_one(SignInRow, identity.sign_in)
    assert (row.used_at, row.expires_at) == (later, later + HOUR)


@pytest.mark.finding("load-1.13")
def test_a_clock_that_went_back_makes_no_code_wrong_and_none_works_twice() -> None:
    secret = pyotp.random_base32()
    ahead = NOW + HOUR
    last = matching_step(secret, pyotp.TOTP(secret).at(ahead), ahead, None)
    assert last is not None
    code = pyotp.TOTP(secret).at(NOW)
    step = matching_step(secret, code, NOW, last)
    assert step == int(NOW.timestamp()) // STEP_SECONDS
    assert matching_step(secret, code, NOW, step) is None
    assert matching_step(secret, pyotp.TOTP(secret).at(ahead), ahead, last) is None


async def _nobody(*_told: object) -> None:
    """Nobody is told of customers who disown a technician."""
