"""A desk for tests: technicians in groups, and channels that those groups serve."""

from datetime import UTC, datetime

from codec.wire.customer_kinds import CustomerKind
from codec.wire.messages import VERSION
from codec.wire.signals import Enter
from relay.accounts.model import PersonRow
from relay.accounts.rules import Role
from relay.organization.rules import Actor
from relay.organization.service import Organisation
from relay.organization.transactions import Transactions
from relay.organization.units import Unit, UnitKind
from relay.store.database import open_store
from tests.support.passwords import quick_passwords
from tests.support.relays import PASSWORD, RunningRelay


async def make_desk(relay: RunningRelay, *names: str) -> list[Unit]:
    """Make a group of technicians who can sign in with `PASSWORD`; return the group, then them."""
    store, now = await open_store(relay.settings.database), datetime.now(UTC)
    owner = Actor(1, "Anna de Vries", Role.ACCOUNT_OWNER, "127.0.0.1", proved_at=now)
    organisation = Organisation(Transactions(store, lambda _outcome: None))
    passwords = quick_passwords()
    try:
        root = Unit(UnitKind.TECHNICIANS)
        group = await organisation.create(owner, UnitKind.TECHNICIAN_GROUP, root, {"name": f"Desk of {names[0]}"}, now)
        people = []
        for name in names:
            values = {"name": name, "email": address_of(name), "status": "enabled", "standard": True}
            person = await organisation.create(owner, UnitKind.TECHNICIAN, group, values, now)
            async with store.transaction() as transaction:
                row = await transaction.get_one(PersonRow, person.id)
                row.password_hash = await passwords.hash(PASSWORD)
            people.append(person)
    finally:
        passwords.close()
        await store.close()
    return [group, *people]


def address_of(name: str) -> str:
    """Return someone's address."""
    return f"{name.lower()}@northwind.example"


async def sign_in(relay: RunningRelay, name: str) -> str:
    """Return a technician's token."""
    body = {"email": address_of(name), "password": PASSWORD, "console": "test", "serving": True}
    status, answer = await relay.call("POST", "/sign-in", body)
    assert status == 200, answer
    token: str = answer["token"]
    return token


def through(channel: int) -> Enter:
    """Return the first words of a customer who opened a channel's link."""
    return Enter(VERSION, computer="Firefox", system="Windows", kind=CustomerKind.PAGE, means=["view"], channel=channel)


async def assign(relay: RunningRelay, channel: int, group: Unit) -> None:
    """Have a group serve a channel."""
    body = {"units": [{"kind": "channel", "id": channel}], "target": {"kind": group.kind, "id": group.id}}
    status, answer = await relay.call("POST", "/units/link", body)
    assert status == 204, answer


async def take_off(relay: RunningRelay, technician: Unit, channel: int, *, excluded: bool = True) -> None:
    """Take one technician off a channel that their group serves, or put them on it again."""
    path = f"/technicians/{technician.id}/channels/{channel}"
    status, answer = await relay.call("PUT", path, {"excluded": excluded})
    assert status == 204, answer


async def choose(relay: RunningRelay, channel: int, values: dict[str, object]) -> None:
    """Have an organisation choose this for a channel."""
    status, answer = await relay.call("PATCH", f"/settings/channel/{channel}", {"values": values})
    assert status == 200, answer
