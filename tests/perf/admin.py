"""The Admin Center with a large organisation: 5,000 technicians in 400 groups, on SQLite."""

import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median

import aiohttp
from sqlalchemy import insert

from relay.accounts.model import LicenceRow, PersonRow
from relay.accounts.rules import Role
from relay.accounts.service import Accounts, NewPerson
from relay.app import running
from relay.config.settings import Settings
from relay.organization.model import ChannelLinkRow, GroupPermissionRow, TechnicianGroupRow
from relay.organization.rules import Actor
from relay.organization.service import Organisation
from relay.organization.transactions import Transactions
from relay.permissions.catalogue import DEFAULTS
from relay.permissions.service import Permissions
from relay.store.database import Store, open_store
from tests.perf.table import Row
from tests.support.passwords import quick_passwords
from tests.support.relays import PASSWORD, form_token, free_port

TECHNICIANS = 5_000
GROUPS = 400
BRANCHES = 20
ROUNDS = 15
CHECKS = 20_000
_NOW = datetime(2026, 11, 25, tzinfo=UTC)


async def measure() -> list[Row]:
    """Build it, then look at it as the account owner does."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite+aiosqlite:///{Path(folder) / 'relay.sqlite3'}")
        try:
            await fill(store)
            transactions = Transactions(store, lambda _outcome: None)
            organisation, permissions = Organisation(transactions), Permissions(transactions)
            owner = Actor(1, "Anna", Role.ACCOUNT_OWNER, "", proved_at=datetime.now(UTC))

            async def look() -> None:
                await organisation.tree(owner, _NOW)

            tree = await _median_ms(look, ROUNDS)
            await permissions.held(2)
            begin = time.perf_counter()
            for _ in range(CHECKS):
                await permissions.check(2, "remote_control")
            check = (time.perf_counter() - begin) / CHECKS * 1e6
        finally:
            await store.close()
        opened, everywhere = await _over_http(Path(folder))
    return [
        Row("open the Admin Center, by HTTP", opened, "ms", 300.0),
        Row("save a setting to all groups", everywhere, "ms", 500.0),
        Row("tree of 5,000 technicians in 400 groups", tree, "ms", 60.0),
        Row("permission check, person known", check, "µs", 50.0),
    ]


async def _over_http(folder: Path) -> tuple[float, float]:
    """Return how long the first page takes for the owner, and a setting that all groups get."""
    made = Settings(listen=f"127.0.0.1:{free_port()}", data_dir=str(folder), stun_port=0)
    async with running(made), aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        url = f"http://{made.listen}"
        form = {"email": "anna@northwind.example", "password": PASSWORD}
        async with http.post(f"{url}/sign-in", data=form) as response:
            token = form_token(await response.text())

        async def look() -> None:
            async with http.get(f"{url}/admin") as response:
                assert response.status == 200
                assert "Group 2" in await response.text()

        opened = await _median_ms(look, ROUNDS)
        minutes = count(20)

        async def save() -> None:
            key = "timeouts.waiting"
            fields = [("form", token), ("has", key), (key, str(next(minutes))), ("wide", "timeouts:all_groups")]
            async with http.post(f"{url}/admin/settings/technician_group-1", data=fields) as response:
                assert "Saved" in await response.text()

        return opened, await _median_ms(save, ROUNDS)


async def _median_ms(action: Callable[[], Awaitable[None]], rounds: int) -> float:
    await action()
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        await action()
        times.append((time.perf_counter() - begin) * 1000)
    return median(times)


async def fill(store: Store) -> None:
    """Write everybody at once: making them one by one is not what is measured."""
    passwords = quick_passwords()
    first = NewPerson("anna@northwind.example", "Anna", "", PASSWORD)
    await Accounts(store, passwords, lifetime=_NOW - _NOW).set_up("Northwind IT", first, _NOW)
    passwords.close()
    unit = {"description": "", "status": "enabled", "version": 1, "made_at": _NOW, "changed_at": _NOW}
    groups = [
        {**unit, "id": number, "name": f"Group {number}", "parent_id": number // BRANCHES or None}
        for number in range(2, GROUPS + 1)  # one is there from the beginning
    ]
    people = [
        {
            **unit,
            "id": number,
            "name": f"Technician {number}",
            "nickname": "",
            "email": f"{number}@northwind.example",
            "email_key": f"{number}@northwind.example",
            "role": "technician",
            "technician_group_id": 1 + number % GROUPS,
            "must_change_password": False,
        }
        for number in range(2, TECHNICIANS + 2)
    ]
    cells = [
        {
            "technician_group_id": group,
            "permission": key,
            "enabled": cell.enabled,
            "option": cell.option,
            "locked": False,
        }
        for group in range(1, GROUPS + 1)
        for key, cell in DEFAULTS.items()
    ]
    links = [
        {"channel_id": 1 + group % 10, "technician_group_id": group, "made_at": _NOW} for group in range(1, GROUPS + 1)
    ]
    async with store.transaction() as transaction:
        await transaction.execute(insert(TechnicianGroupRow), groups)
        await transaction.execute(insert(PersonRow), people)
        await transaction.execute(insert(LicenceRow), [_licence(person["id"]) for person in people])
        await transaction.execute(insert(GroupPermissionRow), cells)
        await transaction.execute(insert(ChannelLinkRow), links)


def _licence(person: object) -> dict[str, object]:
    return {"person_id": person, "kind": "standard", "assigned_at": _NOW}
