"""F21: every way on which credentials change ends what opened the account before; F16: how an authenticator begins."""

import ast
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

import relay
from relay.accounts.rules import Role, Status
from relay.accounts.service import SignInKind
from relay.api_keys.rules import KeyRefusedError, Scope
from relay.api_keys.service import Keys
from relay.credentials.service import LinkRefusedError
from relay.organization.fields import fields_of
from relay.organization.units import PEOPLE, Unit, UnitKind
from relay.people_csv.service import People
from relay.sign_in.operator_recovery import reset_two_step
from relay.sign_in.service import Admitted
from relay.sign_in.throttling import CODES
from relay.sign_in.two_step import NotSetUpYetError, WrongCodeError
from tests.relay.organization.organisations import ADDRESS, ADMINISTRATORS, NOW, actor_for
from tests.relay.sign_in.scenes import App, Scene

EVA = "eva@northwind.example"
NEW = "Roses in the snow 8"


@dataclass
class Eva:
    """An administrator who is signed in twice, was sent a link, made an API key, and has an authenticator if `app`."""

    scene: Scene
    unit: Unit
    here: Admitted
    there: Admitted
    link: str
    key: str
    app: App | None

    def code(self) -> str:
        """Return what her app shows."""
        assert self.app is not None
        return self.app.code(NOW)

    async def edit(self, **values: object) -> None:
        """Let the owner change fields of hers."""
        place = self.scene.place
        await place.organisation.edit(place.owner, self.unit, await place.version(self.unit), values, NOW)

    async def bring_in(self, row: str) -> None:
        """Let the owner bring in a file with one row."""
        found = await People(self.scene.place.transactions).bring_in(
            self.scene.place.owner, f"name,email,sso_id\n{row}".encode(), NOW, dry_run=False
        )
        assert found.kept, found


async def eva_of(scene: Scene, *, with_app: bool) -> Eva:
    """Let Eva come into being."""
    unit = await scene.with_password(await scene.place.person("eva", ADMINISTRATORS, standard=True))
    actor = actor_for(unit, "eva", Role.ADMINISTRATOR)
    key, _shown = await Keys(scene.place.transactions).make(actor, "CRM", [Scope.ORGANISATION_READ], None, NOW)
    here, there = await scene.begin(EVA), await scene.console(EVA)
    await scene.credentials.invitations.invite(scene.place.owner, unit, NOW)
    app = await scene.authenticator(unit.id) if with_app else None
    scene.signed_out.clear()
    return Eva(scene, unit, here, there, await scene.link(), key, app)


Change = Callable[[Eva], Awaitable[object]]


async def own_password(eva: Eva, *, revoke_keys: bool = True) -> None:
    """Change one's own password."""
    shown = ADDRESS, "Tulips in the rain 7", NEW, ""
    await eva.scene.credentials.change_own(eva.here.identity, *shown, NOW, revoke_keys=revoke_keys)


async def confirm(eva: Eva) -> None:
    """Set an authenticator up."""
    sign_in = eva.here.identity.sign_in
    app = App(await eva.scene.two_step.propose(eva.unit.id, sign_in, NOW))
    await eva.scene.credentials.confirm_two_step(eva.here.identity, sign_in, ADDRESS, app.code(NOW), NOW, wanted=True)


async def into_a_disabled_group(eva: Eva) -> None:
    """Move her into a group that is disabled."""
    place = eva.scene.place
    values = {"name": "Former", "status": "disabled"}
    group = await place.organisation.create(place.owner, UnitKind.ADMINISTRATOR_GROUP, ADMINISTRATORS, values, NOW)
    await place.organisation.move(place.owner, [eva.unit], group, NOW)


REVOKED, KEPT = "revoked", "kept"
HERE, NOWHERE = "here", "nowhere"
WAYS: dict[str, tuple[Change, bool, str, str]] = {
    "own password": (own_password, False, HERE, REVOKED),
    "own password, keys kept": (lambda eva: own_password(eva, revoke_keys=False), False, HERE, KEPT),
    "a password that was due": (
        lambda eva: eva.scene.credentials.choose_after_sign_in(eva.here.identity, ADDRESS, NEW, NOW),
        False,
        HERE,
        KEPT,
    ),
    "a link": (lambda eva: eva.scene.credentials.choose(eva.link, ADDRESS, NEW, "", NOW), False, NOWHERE, REVOKED),
    "a link, keys kept": (
        lambda eva: eva.scene.credentials.choose(eva.link, ADDRESS, NEW, "", NOW, revoke_keys=False),
        False,
        NOWHERE,
        KEPT,
    ),
    "set by another": (
        lambda eva: eva.scene.credentials.set_for(eva.scene.place.owner, eva.unit, NEW, NOW),
        False,
        NOWHERE,
        REVOKED,
    ),
    "set by another, keys kept": (
        lambda eva: eva.scene.credentials.set_for(eva.scene.place.owner, eva.unit, NEW, NOW, revoke_keys=False),
        False,
        NOWHERE,
        KEPT,
    ),
    "second step reset by another": (
        lambda eva: eva.scene.credentials.reset_two_step(eva.scene.place.owner, eva.unit, NOW),
        True,
        NOWHERE,
        REVOKED,
    ),
    "second step reset by the operator": (
        lambda eva: reset_two_step(EVA, eva.scene.place.store, NOW),
        True,
        NOWHERE,
        REVOKED,
    ),
    "own second step removed": (
        lambda eva: eva.scene.credentials.remove_own_two_step(eva.here.identity, ADDRESS, eva.code(), NOW),
        True,
        HERE,
        KEPT,
    ),
    "recovery codes renewed": (
        lambda eva: eva.scene.credentials.renew_codes(eva.here.identity, ADDRESS, eva.code(), NOW),
        True,
        HERE,
        KEPT,
    ),
    "second step set up": (confirm, False, HERE, KEPT),
    "email": (lambda eva: eva.edit(email="eva@elsewhere.example"), False, NOWHERE, REVOKED),
    "email, in another spelling by a file": (
        lambda eva: eva.bring_in("eva,EVA@northwind.example,"),
        False,
        NOWHERE,
        REVOKED,
    ),
    "sso_id": (lambda eva: eva.edit(sso_id="eva"), False, NOWHERE, REVOKED),
    "sso_id by a file": (lambda eva: eva.bring_in(f"eva,{EVA},eva"), False, NOWHERE, REVOKED),
    "disabled": (
        lambda eva: eva.scene.place.organisation.set_status(eva.scene.place.owner, [eva.unit], Status.DISABLED, NOW),
        False,
        NOWHERE,
        "rests",
    ),
    "moved into a disabled group": (into_a_disabled_group, False, NOWHERE, "rests"),
    "removed": (
        lambda eva: eva.scene.place.organisation.delete(eva.scene.place.owner, [eva.unit], NOW),
        False,
        NOWHERE,
        REVOKED,
    ),
}
"""Each way: what does it, whether it needs an authenticator, which sign-in stays, and what becomes of the API keys."""


@pytest.mark.parametrize("way", WAYS)
async def test_whatever_changes_credentials_ends_what_opened_the_account(scene: Scene, way: str) -> None:
    change, with_app, stays, of_keys = WAYS[way]
    eva = await eva_of(scene, with_app=with_app)
    await change(eva)
    assert await scene.is_open(eva.here) is (stays == HERE)
    assert not await scene.is_open(eva.there, SignInKind.TOKEN)
    with pytest.raises(LinkRefusedError):
        await scene.credentials.choose(eva.link, ADDRESS, NEW, "", NOW)
    if "operator" not in way:  # another process: its sockets are closed within a minute
        outcome = scene.place.heard[-1]
        assert outcome.signed_out == {eva.unit.id: eva.here.identity.sign_in if stays == HERE else None}
    assert await scene.credentials.keys_of(eva.unit.id, NOW) == ([] if of_keys == REVOKED else ["CRM"])
    keys = Keys(scene.place.transactions)
    if of_keys == KEPT:
        await keys.use(eva.key, Scope.ORGANISATION_READ, ADDRESS, NOW)
    else:
        with pytest.raises(KeyRefusedError):
            await keys.use(eva.key, Scope.ORGANISATION_READ, ADDRESS, NOW)


async def test_a_role_is_a_credential_too(scene: Scene) -> None:
    """F21: whoever becomes an owner, or no longer is one, signs in again."""
    unit = await scene.with_password(
        await scene.place.person("max", Unit(UnitKind.MASTER_ADMINISTRATORS), standard=True)
    )
    for role in ("account_owner", "master_administrator"):
        there = await scene.console("max@northwind.example")
        version = await scene.place.version(unit)
        await scene.place.organisation.edit(scene.place.owner, unit, version, {"role": role}, NOW)
        assert not await scene.is_open(there, SignInKind.TOKEN)


@pytest.mark.parametrize(
    "field", [key for key, field in fields_of(UnitKind.ADMINISTRATOR).items() if field.is_credential]
)
async def test_a_device_is_known_no_longer(scene: Scene, field: str) -> None:
    """F21: what was remembered of a device holds for the credentials of then."""
    eva = await eva_of(scene, with_app=False)
    device = eva.here.device
    assert await scene.authentication.known_device(eva.unit.id, device, NOW) is not None
    await eva.edit(nickname="E.")
    assert await scene.authentication.known_device(eva.unit.id, device, NOW) is not None
    await eva.edit(**{field: "eva@elsewhere.example"})
    assert await scene.authentication.known_device(eva.unit.id, device, NOW) is None


def test_every_field_that_is_a_credential_has_a_way_above() -> None:
    declared = {key for kind in PEOPLE for key, field in fields_of(kind).items() if field.is_credential}
    assert declared - {"role"} <= set(WAYS)
    assert declared == {"email", "sso_id", "role"}


def test_nothing_else_writes_credentials() -> None:
    """F21: a new place that writes a password, an address or an authenticator fails here until it has a way above."""
    columns, found = {"password_hash", "email_key", "confirmed_at", "sso_id"}, set()
    for file in Path(relay.__file__).parent.rglob("*.py"):
        for function in ast.walk(ast.parse(file.read_text())):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            stored = {
                node.attr
                for node in ast.walk(function)
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            }
            if stored & columns:
                found.add(f"{file.parent.name}/{file.name} {function.name}")
    assert found == {
        "organization/editing.py _set_email",  # by `edit`, and of new people by `prepare`
        "organization/moving.py _remove",
        "credentials/service.py put_password",
        "sign_in/two_step.py confirm",
        "sign_in/two_step.py forget",
    }


async def test_codes_without_an_enrolment_count_nothing_and_draw_nothing(scene: Scene) -> None:
    """F16: the trial: a stolen session tries codes without the password, then the owner sets the second step up."""
    stolen, here = await scene.begin(), await scene.begin()
    for _ in range(2 * CODES["proposal"].misses):
        with pytest.raises(NotSetUpYetError):
            await scene.credentials.confirm_two_step(
                stolen.identity, stolen.identity.sign_in, ADDRESS, "123456", NOW, wanted=True
            )
    app = App(await scene.two_step.propose(1, here.identity.sign_in, NOW))
    for other in (stolen.identity.sign_in, None):
        with pytest.raises(NotSetUpYetError):
            await scene.credentials.confirm_two_step(stolen.identity, other, ADDRESS, app.code(NOW), NOW, wanted=True)
    codes = await scene.credentials.confirm_two_step(
        here.identity, here.identity.sign_in, ADDRESS, app.code(NOW), NOW, wanted=True
    )
    assert len(codes) == 10


async def test_a_proposal_is_good_for_ten_minutes_on_the_sign_in_that_gave_the_password(scene: Scene) -> None:
    """F16: nobody's secret is shown on another sign-in; a later proposal ends an earlier one."""
    one, two = await scene.begin(), await scene.begin()
    first = await scene.two_step.propose(1, one.identity.sign_in, NOW)
    assert await scene.two_step.propose(1, one.identity.sign_in, NOW + timedelta(minutes=9)) == first, "as on a reload"
    assert await scene.two_step.propose(1, one.identity.sign_in, NOW + timedelta(minutes=11)) != first
    second = App(await scene.two_step.propose(1, two.identity.sign_in, NOW))
    assert second.secret != first
    each_time = [await scene.two_step.propose(1, None, NOW) for _ in range(2)]
    assert len({first, second.secret, *each_time}) == 4, "where each call gives the password, each gets its own"
    third = App(await scene.two_step.propose(1, two.identity.sign_in, NOW))
    late = NOW + timedelta(minutes=10, seconds=1)
    with pytest.raises(NotSetUpYetError):
        await scene.credentials.confirm_two_step(
            two.identity, two.identity.sign_in, ADDRESS, third.code(late), late, wanted=True
        )
    with pytest.raises(WrongCodeError):
        await scene.credentials.confirm_two_step(
            two.identity, two.identity.sign_in, ADDRESS, second.code(NOW), NOW, wanted=True
        )
