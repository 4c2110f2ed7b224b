"""How others sign in, by JSON, for who arranges them: password, second step, invitation.

No key sets a password or resets a second step: whoever held it could become anybody whom its maker arranges.
"""

from relay.keys.rules import Scope
from relay.organization.api import unit_of
from relay.security.credentials import Credentials, WayIn
from relay.web.calls import Asked, NoBody, NoQuery, Secretive, call


class PasswordForOther(Secretive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password that somebody else gets."""

    password: str


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
        """Set somebody else's password; all his sign-ins end."""
        await self._credentials.set_for(asked.actor, unit_of(asked), asked.body.password, asked.now)

    @call("DELETE", "/units/{kind}/{id}/second-step")
    async def reset_second_step(self, asked: Asked[NoQuery, NoBody]) -> None:
        """Throw somebody's authenticator away, and end all his sign-ins."""
        await self._credentials.reset_two_step(asked.actor, unit_of(asked), asked.now)

    @call("POST", "/units/{kind}/{id}/invitation", Scope.ORGANISATION_WRITE)
    async def invite(self, asked: Asked[NoQuery, NoBody]) -> None:
        """Send somebody a link to choose a password. A link that was sent before is worth nothing any more."""
        await self._credentials.invite(asked.actor, unit_of(asked), asked.now)

    @call("DELETE", "/units/{kind}/{id}/invitation", Scope.ORGANISATION_WRITE)
    async def withdraw_invitation(self, asked: Asked[NoQuery, NoBody]) -> None:
        """Make the link that somebody was sent worth nothing."""
        await self._credentials.withdraw(asked.actor, unit_of(asked), asked.now)
