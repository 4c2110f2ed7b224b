"""How another person signs in, on their form of the Organisation tab: password, second step, invitation."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from relay.admin.base import Visit
from relay.credentials.invitations import NoAddressError, NoInvitationError
from relay.credentials.password_links import MadeLink
from relay.credentials.service import Credentials, NoSecondStepError, WayIn
from relay.field_errors import FieldError
from relay.organization.rules import NotAllowedError
from relay.organization.units import PEOPLE, Unit
from relay.texts import _

REFUSALS = (NoAddressError, NoInvitationError, NoSecondStepError)


@dataclass(frozen=True)
class Done:
    """What was done besides saving the form. `link` is shown once, to be copied."""

    text: str
    link: MadeLink | None = None


Act = Callable[[Visit, Unit], Awaitable[Done]]


class SignInPart:
    """A part of a person's form. Its buttons save the form first, so that nothing that was typed is lost."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    @property
    def actions(self) -> Mapping[str, Act]:
        """What the buttons do, by the last part of their address."""
        return {
            "two-step": self._reset_two_step,
            "invitation": self._invite,
            "link": self._copy_link,
            "withdrawal": self._withdraw,
        }

    @staticmethod
    def new_password(visit: Visit, unit: Unit) -> str | None:
        """Return the password that was typed, None where none was. Raises FieldError when it was repeated wrongly."""
        new = visit.form.get("password", "")
        if unit.kind not in PEOPLE or not new:
            return None
        if new != visit.form.get("confirm", new):
            raise FieldError("confirm", "differ", "The passwords do not match. Type the new password again.")
        return new

    async def facts(self, visit: Visit, unit: Unit) -> dict[str, Any]:
        """Return what the form shows of it; nothing for units that cannot sign in."""
        if unit.kind not in PEOPLE:
            return {"sign_in": None}
        sign_in = {
            "is_own": unit.id == visit.actor.person,
            "may_change": await self._credentials.may_change(visit.actor, unit, visit.now),
            "api_keys": await self._credentials.keys_of(unit.id, visit.now),
            "way_in": await self._way_in(visit, unit),
            "least": await self._credentials.least(),
            "can_reset": await self._credentials.can_reset_two_step(visit.actor, unit, visit.now),
            "can_mail": self._credentials.invitations.can_mail,
            "password": visit.form.get("password", ""),
        }
        return {"sign_in": sign_in}

    async def _way_in(self, visit: Visit, unit: Unit) -> WayIn | None:
        """Return how someone can get in; None where it is not for this visitor to know."""
        try:
            return await self._credentials.of_other(visit.actor, unit, visit.now)
        except NotAllowedError:
            return None

    async def _reset_two_step(self, visit: Visit, unit: Unit) -> Done:
        await self._credentials.reset_two_step(visit.actor, unit, visit.now)
        return Done(_("Two-step verification was reset."))

    async def _invite(self, visit: Visit, unit: Unit) -> Done:
        link = await self._credentials.invitations.invite(visit.actor, unit, visit.now)
        if link.url is not None:
            return Done(_("The invitation link is ready."), link)
        return Done(_("The invitation will be sent by e-mail."))

    async def _copy_link(self, visit: Visit, unit: Unit) -> Done:
        link = await self._credentials.invitations.invite(visit.actor, unit, visit.now, by_mail=False)
        return Done(_("The invitation link is ready."), link)

    async def _withdraw(self, visit: Visit, unit: Unit) -> Done:
        await self._credentials.invitations.withdraw(visit.actor, unit, visit.now)
        return Done(_("The link no longer works."))
