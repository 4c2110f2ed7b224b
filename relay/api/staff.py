"""How others sign in, by JSON, for who arranges them: password, second step, invitation.

No key does any of it: its holder could become anyone whom its maker arranges.
"""

from datetime import datetime

from msgspec import Struct

from codec.wire.api_types import Email, Password
from relay.accounts.rules import Licence
from relay.api.calls import Asked, NoBody, NoQuery, Secretive, call
from relay.api.organization import UnitName, unit_of
from relay.api_keys.rules import Scope
from relay.credentials.password_links import LinkState, MadeLink
from relay.credentials.service import Credentials, WayIn
from relay.credentials.staff import Newcomer, Staff
from relay.organization.units import UnitKind


class PasswordForOther(Secretive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The new password of another person. Their API keys are revoked too unless `revoke_keys` is false."""

    password: str
    revoke_keys: bool = True


class KeepKeys(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The API keys of that person are revoked too unless `revoke_keys` is false."""

    revoke_keys: bool = True


class NewPerson(Secretive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person who can work at once: enabled, with these licences, and with a password or an invitation.

    `place` is where they stand: a group, or the root of their kind. Without a `password` they are invited: by e-mail
    where a mail server is set up and `by_mail` is not false, else by a link that the answer holds.
    """

    kind: UnitKind
    place: UnitName
    name: str
    email: Email
    licences: list[Licence]
    password: Password | None = None
    by_mail: bool = True


class HowToInvite(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By e-mail where a mail server is set up and `by_mail` is not false, else by a link that the answer holds."""

    by_mail: bool = True


class Invitation(Secretive, frozen=True, kw_only=True):
    """A link to choose a password. `url` is told this once; null where the link goes by e-mail."""

    until: datetime
    url: str | None


class PersonAdded(Secretive, frozen=True, kw_only=True):
    """Who was added; `invitation` is null where a password was set."""

    kind: UnitKind
    id: int
    invitation: Invitation | None


class OpenInvitation(Struct, frozen=True, kw_only=True):
    """An invitation that was not used yet. `problem` is what the mail server said by class and number."""

    kind: UnitKind
    id: int
    name: str
    email: str
    state: LinkState
    problem: str
    made_at: datetime
    until: datetime


class StaffApi:
    """The calls."""

    def __init__(self, credentials: Credentials, staff: Staff) -> None:
        self._credentials = credentials
        self._staff = staff

    @call("POST", "/people/new", status=201)
    async def add_person(self, asked: Asked[NoQuery, NewPerson]) -> PersonAdded:
        """Add a person who can sign in and work at once."""
        said = asked.body
        newcomer = Newcomer(
            said.kind,
            said.place.unit,
            said.name,
            said.email,
            tuple(dict.fromkeys(said.licences)),
            said.password,
            said.by_mail,
        )
        added = await self._staff.add(asked.actor, newcomer, asked.now)
        return PersonAdded(kind=added.unit.kind, id=added.unit.id, invitation=_shown(added.link))

    @call("GET", "/invitations", Scope.ORGANISATION_READ)
    async def list_invitations(self, asked: Asked[NoQuery, NoBody]) -> list[OpenInvitation]:
        """List the invitations that were not used yet, the newest first, and what became of each."""
        return [
            OpenInvitation(
                kind=each.unit.kind,
                id=each.unit.id,
                name=each.name,
                email=each.email,
                state=each.link.state,
                problem=each.link.problem,
                made_at=each.link.made_at,
                until=each.link.until,
            )
            for each in await self._credentials.invitations.listed(asked.actor, asked.now)
        ]

    @call("GET", "/units/{kind}/{id}/sign-in", Scope.ORGANISATION_READ)
    async def show_way_in(self, asked: Asked[NoQuery, NoBody]) -> WayIn:
        """Return how a person signs in."""
        return await self._credentials.of_other(asked.actor, unit_of(asked), asked.now)

    @call("PUT", "/units/{kind}/{id}/password")
    async def set_password(self, asked: Asked[NoQuery, PasswordForOther]) -> None:
        """Set another person's password. All their sign-ins end."""
        said = asked.body
        await self._credentials.set_for(
            asked.actor, unit_of(asked), said.password, asked.now, revoke_keys=said.revoke_keys
        )

    @call("DELETE", "/units/{kind}/{id}/second-step")
    async def reset_second_step(self, asked: Asked[KeepKeys, NoBody]) -> None:
        """Remove another person's authenticator and end all their sign-ins."""
        keys = asked.query.revoke_keys
        await self._credentials.reset_two_step(asked.actor, unit_of(asked), asked.now, revoke_keys=keys)

    @call("POST", "/units/{kind}/{id}/invitation")
    async def invite(self, asked: Asked[HowToInvite, NoBody]) -> Invitation:
        """Give a person a link to choose a password. An invitation that was made before no longer works.

        A link that the answer holds could be used by its reader, so that asks for a fresh proof.
        """
        link = await self._credentials.invitations.invite(
            asked.actor, unit_of(asked), asked.now, by_mail=asked.query.by_mail
        )
        return Invitation(until=link.until, url=link.url)

    @call("DELETE", "/units/{kind}/{id}/invitation")
    async def withdraw_invitation(self, asked: Asked[NoQuery, NoBody]) -> None:
        """Cancel the link that was sent to a person."""
        await self._credentials.invitations.withdraw(asked.actor, unit_of(asked), asked.now)


def _shown(link: MadeLink | None) -> Invitation | None:
    return None if link is None else Invitation(until=link.until, url=link.url)
