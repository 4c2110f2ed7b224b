"""The operator's way back in for somebody whose password is forgotten (deskside-relay reset-password)."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from relay.accounts.model import PersonRow, SignInRow
from relay.accounts.rules import Status
from relay.credentials.model import ApiKeyRow, PasswordLinkRow
from relay.credentials.password_links import LinkKind
from relay.organization.model import AuditEventRow
from relay.sign_in.operator_recovery import NobodyError, reset_password
from relay.store.database import open_store
from tests.relay.organization.organisations import NOW, Place
from tests.support.relays import EMAIL, PASSWORD, RunningRelay

ROOT = Path(__file__).parents[3]
NEW = "Lilies in the snow 8"


@pytest.mark.finding("use-B17")
async def test_a_link_lets_a_running_relay_take_a_new_password_once(relay: RunningRelay) -> None:
    told = await _reset(relay)
    (secret,) = re.findall(rf"^{relay.url}/choose-password#(\S+)$", told, re.MULTILINE)
    assert (await relay.call("GET", "/me"))[0] == 401, "every sign-in has ended"
    async with relay.http.get(f"{relay.url}/choose-password") as response:
        assert response.status == 200
    assert (await relay.call("POST", "/password-links/use", {"secret": secret, "new": NEW}))[0] == 204
    assert (await relay.call("POST", "/password-links/use", {"secret": secret, "new": PASSWORD}))[0] != 204
    who = {"email": EMAIL, "console": "x"}
    assert (await relay.call("POST", "/sign-in", who | {"password": PASSWORD}))[0] == 401
    assert (await relay.call("POST", "/sign-in", who | {"password": NEW}))[0] == 200


async def _reset(relay: RunningRelay) -> str:
    store = await open_store(relay.settings.database, upgrade=False)
    try:
        return "\n".join(await reset_password(EMAIL.upper(), relay.url, store, datetime.now(UTC)))
    finally:
        await store.close()


async def test_it_is_in_the_audit_trail_and_ends_sign_ins_and_leaves_keys(place: Place) -> None:
    async with place.store.transaction() as transaction:
        person = await transaction.scalar(select(PersonRow).order_by(PersonRow.id))
        assert person is not None
        transaction.add(
            SignInRow(
                person_id=person.id, kind="token", digest="x" * 64, console="", address="", made_at=NOW, used_at=NOW,
                expires_at=NOW,
            )
        )  # fmt: skip
        email = person.email
    (first, link, *_more) = await reset_password(email, "https://help.example", place.store, NOW)
    assert "UTC, once" in first
    assert link.startswith("https://help.example/choose-password#")
    async with place.store.reading() as transaction:
        assert list(await transaction.scalars(select(SignInRow))) == []
        assert list(await transaction.scalars(select(ApiKeyRow).where(ApiKeyRow.revoked_at.is_not(None)))) == []
        assert await transaction.scalar(select(PasswordLinkRow.kind)) == LinkKind.FORGOTTEN, "it is no invitation"
        event = await transaction.scalar(select(AuditEventRow).order_by(AuditEventRow.id.desc()))
        assert event is not None
        assert (event.actor_name, event.section, event.field) == ("deskside-relay", "security", "password link")
        assert link.partition("#")[2] not in event.new_value + event.old_value


async def test_a_disabled_master_administrator_is_let_in_again(place: Place) -> None:
    async with place.store.transaction() as transaction:
        person = await transaction.scalar(select(PersonRow).order_by(PersonRow.id))
        assert person is not None
        person.status, email = Status.DISABLED, person.email
    told = await reset_password(email, "https://help.example", place.store, NOW)
    assert told[-1] == "Their account was disabled, and is enabled again."
    async with place.store.reading() as transaction:
        assert await transaction.scalar(select(PersonRow.status).where(PersonRow.email == email)) == Status.ENABLED


@pytest.mark.parametrize("email", ["nobody@northwind.example", "", "%"])
async def test_nobody_is_made_up(place: Place, email: str) -> None:
    with pytest.raises(NobodyError):
        await reset_password(email, "https://help.example", place.store, NOW)


@pytest.mark.finding("use-B17")
def test_the_command_works_while_no_relay_runs_and_takes_no_password(tmp_path: Path) -> None:
    program = f"""
import asyncio, sys
from pathlib import Path
from tests.support.relays import running_relay
async def make():
    async with running_relay(Path({str(tmp_path)!r})):
        pass
asyncio.run(make())
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, capture_output=True)
    command = [sys.executable, "-m", "relay", "reset-password", EMAIL, "--data", str(tmp_path / "relay")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=dict(os.environ))
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^http://127\.0\.0\.1:8080/choose-password#[\w-]{43}$", done.stdout, re.MULTILINE)
    unknown = subprocess.run([*command, "--password", "x"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert unknown.returncode == 2
