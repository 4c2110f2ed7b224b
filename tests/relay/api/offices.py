"""An organisation behind a running relay, made by calls of its API: two groups, and somebody of every kind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from relay.accounts.model import SignInRow
from relay.accounts.service import SignInKind
from relay.secret import digest
from relay.store.database import open_store
from tests.support.mail_server import MailServer
from tests.support.relays import RunningRelay, running_relay

TECHNICIANS = {"kind": "technicians"}
ADMINISTRATORS = {"kind": "administrators"}


@dataclass
class Office:
    """What stands in the organisation, and the tokens of those who call. Everybody's name is that of his kind."""

    relay: RunningRelay
    tokens: dict[str, str]
    units: dict[str, dict[str, Any]]
    mail: MailServer | None = None

    async def call(self, method: str, path: str, body: object = None, token: str = "owner") -> tuple[int, Any]:
        """Call as somebody, or with a token of one's own."""
        return await self.relay.call(method, path, body, self.tokens.get(token, token))

    async def create(self, kind: str, place: dict[str, Any], **values: object) -> dict[str, Any]:
        """Make a unit and return its name."""
        status, made = await self.call("POST", "/units", {"kind": kind, "place": place, "values": values})
        assert status == 201, made
        return {"kind": kind, "id": made["id"]}

    async def person(self, name: str, kind: str, place: dict[str, Any]) -> None:
        """Make somebody."""
        whole = {"email": f"{name}@northwind.example", "status": "enabled", "standard": True}
        self.units[name] = await self.create(kind, place, name=name, **whole)

    async def key(self, *scopes: str, token: str = "owner", **more: object) -> str:
        """Make an API key and return it."""
        body = {"name": "CRM", "scopes": list(scopes)} | more
        status, made = await self.call("POST", "/api-keys", body, token)
        assert status == 201, made
        return str(made["key"])


async def sign_in(office: Office, *names: str) -> None:
    """Sign people in who have no password yet; all at once, for a database takes its time to open."""
    now = datetime.now(UTC)
    store = await open_store(office.relay.settings.database)
    async with store.transaction() as transaction:
        for name in names:
            office.tokens[name] = f"token-of-{name}"
            row = SignInRow(
                person_id=office.units[name]["id"],
                kind=SignInKind.TOKEN,
                digest=digest(office.tokens[name]),
                console="test",
                address="127.0.0.1",
                made_at=now,
                used_at=now,
                expires_at=now + timedelta(hours=1),
                proved_at=now,
            )
            transaction.add(row)
    await store.close()


@asynccontextmanager
async def running_office(folder: Path, **settings: Any) -> AsyncIterator[Office]:
    """Run a relay with Europe, which `administrator` answers for, Asia, which he does not, and their people."""
    async with running_relay(folder, **settings) as relay:
        office = Office(relay, {"owner": relay.token}, {})
        office.units["europe"] = await office.create("technician_group", TECHNICIANS, name="Support Europe")
        office.units["asia"] = await office.create("technician_group", TECHNICIANS, name="Support Asia")
        await office.person("technician", "technician", office.units["europe"])
        await office.person("colleague", "technician", office.units["asia"])
        await office.person("administrator", "administrator", ADMINISTRATORS)
        await office.person("elsewhere", "administrator", ADMINISTRATORS)
        office.units["watchers"] = await office.create(
            "administrator_group", ADMINISTRATORS, name="Watchers", rights="restricted", allow_command_center=True
        )
        await office.person("watcher", "administrator", office.units["watchers"])
        await sign_in(office, "technician", "colleague", "administrator", "elsewhere", "watcher")
        for holder, group in (("administrator", "europe"), ("elsewhere", "asia"), ("watcher", "europe")):
            body = {"units": [office.units[holder]], "target": office.units[group]}
            assert (await office.call("POST", "/units/link", body))[0] == 204
        yield office
