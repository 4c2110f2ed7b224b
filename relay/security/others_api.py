"""How others sign in, by JSON, for who arranges them: password, second step, invitation.

No key does any of it: whoever held it could become anybody whom its maker arranges.
"""

from msgspec import Struct

from relay.keys.rules import Scope
from relay.organization.api import unit_of
from relay.security.credentials import Credentials, WayIn
from relay.web.calls import Asked, NoBody, NoQuery, Secretive, call


class PasswordForOther(Secretive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password that somebody else gets. Their API keys are revoked too unless `revoke_keys` is false."""

    password: str
    revoke_keys: bool = True


class KeepKeys(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The API keys of that person are revoked too unless `revoke_keys` is false."""

    revoke_keys: bool = True


class OthersApi:
    """The calls."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    @call("GET", "/units/{kind}/{id}/sign-in", Scope.ORGANISATION_READ)
    async def show_way_in(self, asked: Asked[NoQuery, NoBody]) -> WayIn:
        """Return how somebody signs in."""
        return await self._credentials.of_other(asked.actor, unit_of(asked), asked.now)

    @call("PUT", "/units/{kind}/{id}/password")
    async def set_password(self, asked: Asked[NoQuery, PasswordForOther]) -> None:
        """Set somebody else's password; all their sign-ins end."""
        said = asked.body
        await self._credentials.set_for(
            asked.actor, unit_of(asked), said.password, asked.now, revoke_keys=said.revoke_keys
        )

    @call("DELETE", "/units/{kind}/{id}/second-step")
    async def reset_second_step(self, asked: Asked[KeepKeys, NoBody]) -> None:
        """Throw somebody else's authenticator away, and end all their sign-ins."""
        keys = asked.query.revoke_keys
        await self._credentials.reset_two_step(asked.actor, unit_of(asked), asked.now, revoke_keys=keys)

    @call("POST", "/units/{kind}/{id}/invitation")
    async def invite(self, asked: Asked[NoQuery, NoBody]) -> None:
        """Send somebody a link to choose a password. A link that was sent before is worth nothing any more."""
        await self._credentials.invite(asked.actor, unit_of(asked), asked.now)

    @call("DELETE", "/units/{kind}/{id}/invitation")
    async def withdraw_invitation(self, asked: Asked[NoQuery, NoBody]) -> None:
        """Make the link that somebody was sent worth nothing."""
        await self._credentials.withdraw(asked.actor, unit_of(asked), asked.now)
