"""Who can sign in at this moment, and what connected applets hear when that changes; on both databases."""

import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import cast

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.wire import permits
from codec.wire.api_types import CodeState, Method, Session, SessionState
from codec.wire.signals import Enter, Permitted, SignOutReason, read_to_applet
from relay.accounts.rules import Role, Status
from relay.accounts.service import Accounts, SignInKind
from relay.codes.service import Announcements, Codes
from relay.metrics import Metrics
from relay.organization.model import ComputerRow
from relay.organization.rules import NotAllowedError
from relay.organization.units import Unit, UnitKind
from relay.permissions.service import PermissionChange
from relay.secret import Signer
from relay.sessions.moves import Presence
from relay.sessions.service import Sessions
from relay.sessions.timeouts import always
from relay.sign_in.authentication import Authentication, GroupDisabledError, WrongSignInError
from relay.sign_in.known_devices import KnownDevices
from relay.signalling.announcer import changed_by
from relay.signalling.hub import Hub
from relay.signalling.permits import Permits
from relay.signalling.propagation import Propagation
from relay.signalling.rechecks import Rechecks
from relay.signalling.served_channels import ServedChannels
from relay.signalling.tunnel import Tunnels
from relay.web.send_queue import SendQueue
from tests.relay.organization.organisations import NOW, Place
from tests.support.histories import session_history
from tests.support.passwords import quick_passwords

PASSWORD = "Tulips in the rain 7"


@pytest_asyncio.fixture
async def accounts(place: Place) -> AsyncIterator[Accounts]:
    """The accounts of the organisation."""
    passwords = quick_passwords()
    yield Accounts(place.store, passwords, timedelta(hours=1))
    passwords.close()


async def with_password(place: Place, accounts: Accounts, person: Unit) -> None:
    """Give somebody a password."""
    row = await place.row(person)
    async with place.store.transaction() as transaction:
        row.password_hash = await accounts._passwords.hash(PASSWORD)
        await transaction.merge(row)


@pytest.mark.req("ORG-29", "EDGE-07", "EDGE-08")
async def test_only_who_takes_part_can_sign_in_or_stay_signed_in(place: Place, accounts: Accounts) -> None:
    outer = await place.group("Outer")
    bob = await place.person("bob", await place.group("Inner", outer), standard=True)
    await with_password(place, accounts, bob)

    authentication = Authentication(place.store, accounts._passwords, KnownDevices(Signer(b"key")))

    async def sign_in() -> str:
        known = await authentication.authenticate("bob@northwind.example", PASSWORD, "", NOW)
        token, identity, _ = await accounts.admit(known.person, SignInKind.TOKEN, "", "", NOW)
        assert (identity.role, identity.may_serve) == (Role.TECHNICIAN, True)
        return token

    token = await sign_in()
    assert await accounts.identify(token, SignInKind.TOKEN, NOW) is not None
    await place.organisation.set_status(place.owner, [outer], Status.DISABLED, NOW)
    assert await accounts.identify(token, SignInKind.TOKEN, NOW) is None
    with pytest.raises(GroupDisabledError):
        await sign_in()
    await place.organisation.set_status(place.owner, [outer], Status.ENABLED, NOW)
    await sign_in()
    await place.organisation.delete(place.owner, [bob], NOW)
    with pytest.raises(WrongSignInError):
        await sign_in()


class Heard:
    """A line to an applet that keeps what is said."""

    def __init__(self) -> None:
        self.said: list[Permitted] = []

    def say(self, text: str, about: object = None) -> None:
        """Keep it."""
        assert about is Permitted
        signal = read_to_applet(text)
        assert isinstance(signal, Permitted)
        self.said.append(signal)


async def no_reason(_consoles: set[tuple[str, str]], _now: datetime) -> dict[tuple[str, str], SignOutReason]:
    """Whoever is there may stay."""
    return {}


@pytest.mark.req("PERM-13", "PERM-41", "EDGE-08", "SESS-183")
async def test_a_connected_applet_hears_of_every_change_and_a_pin_needs_the_permission(place: Place) -> None:
    desk = await place.group("Desk")
    bob = await place.person("bob", desk, standard=True)
    hub, key, told = Hub(), Ed25519PrivateKey.generate(), list[Session]()
    presence = Presence(hub.has_applet, hub.has_console)
    sessions = Sessions(place.store, presence, lambda news: told.append(news.session), always({}), session_history())
    writer = Permits(place.permissions, sessions, hub, key)
    announcements = Announcements(lambda _person, _code: None, lambda _person, _missed: None, _nobody)
    lifetimes = dict.fromkeys(Method, timedelta(hours=1))
    codes = Codes(place.store, sessions, place.permissions, lifetimes, announcements)
    code = await codes.make(bob.id, Method.PIN, "", NOW)
    admitted = await codes.enter(Enter(2, pin=code.pin), "192.0.2.1", NOW)
    line = Heard()
    hub.applet_connected(admitted.session.id, cast(SendQueue, line))
    await place.permissions.set(
        place.owner,
        desk,
        1,
        {"remote_control": PermissionChange(enabled=False), "private_sessions": PermissionChange(enabled=False)},
        NOW,
    )
    rechecks = Rechecks(no_reason, hub, Tunnels(Metrics(), time.monotonic))
    propagation = Propagation(writer, codes, sessions, hub, rechecks, ServedChannels(place.store, hub))
    propagation.note(changed_by(place.heard[-1]))
    await propagation.follow(NOW)
    permit = permits.read(line.said[-1].permit, writer.public_key, admitted.session.id)
    assert "remote_control" not in permit.functions
    assert "desktop_view" in permit.functions
    with pytest.raises(NotAllowedError):
        await codes.make(bob.id, Method.LINK, "", NOW)
    await place.permissions.set(place.owner, desk, 2, {"private_sessions": PermissionChange(enabled=True)}, NOW)
    link = await codes.make(bob.id, Method.LINK, "", NOW)
    hub.applet_disconnected(admitted.session.id, cast(SendQueue, line))
    await place.organisation.set_status(place.owner, [bob], Status.DISABLED, NOW)
    propagation.note(changed_by(place.heard[-1]))
    await propagation.follow(NOW)
    assert told[-1].state is SessionState.ABORTED_TECHNICIAN_REMOVED
    assert [code.state for code in await codes.listed(bob.id, NOW) if code.id == link.id] == [CodeState.CANCELLED]


@pytest.mark.req("UNAT-13", "UNAT-16", "UNAT-17")
async def test_a_computer_at_nobodys_disposal_is_revoked(place: Place) -> None:
    desk = await place.group("Desk")
    kiosks = await place.organisation.create(place.owner, UnitKind.COMPUTER_GROUP, desk, {"name": "Kiosks"}, NOW)
    async with place.store.transaction() as transaction:
        row = ComputerRow(name="till-1", made_at=NOW, changed_at=NOW)
        transaction.add(row)
    computer = Unit(UnitKind.COMPUTER, row.id)
    for target in (desk, kiosks):
        await place.organisation.link(place.owner, [computer], target, NOW)
    await place.organisation.unlink(place.owner, [computer], desk, NOW)
    shown = await place.organisation.show(place.owner, computer, NOW)
    assert shown.values["status"] == "enabled"
    await place.organisation.delete(place.owner, [kiosks], NOW)
    shown = await place.organisation.show(place.owner, computer, NOW)
    assert shown.values["status"] == "disabled"


async def _nobody(*_told: object) -> None:
    """Nobody is told of customers who disown a technician."""
