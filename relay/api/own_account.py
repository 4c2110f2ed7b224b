"""How one signs in oneself, by JSON: password, second step, notifications. For people only: no key does any of it."""

from msgspec import Struct

from codec.wire.api_types import OneTimeCode, Password, Proposed
from relay.accounts.service import Accounts
from relay.api.calls import Asked, NoBody, NoQuery, Secretive, call
from relay.credentials.service import Credentials
from relay.notifications.events import LABELS, Event
from relay.notifications.service import Notifications
from relay.organization.rules import NotAllowedError
from relay.pages.credential_texts import squares
from relay.sign_in.one_time_codes import totp_uri
from relay.sign_in.two_step import TwoStep


class PasswordRule(Struct, frozen=True, kw_only=True):
    """What a new password of yours must be, whether a code is needed too, and in how many days the present one ends.

    `days_left` is null until it is time to be warned.
    """

    least: str
    asks_code: bool
    days_left: int | None


class PasswordChange(Secretive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The present password and the new one; `code` where the second step is asked for.

    The API keys that you made are revoked too unless `revoke_keys` is false.
    """

    current: Password
    new: Password
    code: OneTimeCode = ""
    revoke_keys: bool = True


class Proof(Secretive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Your password, and a code where the second step is asked for."""

    current: Password
    code: OneTimeCode = ""


class SecondStepShown(Struct, frozen=True, kw_only=True):
    """Whether there is an authenticator, who wants it, and how many recovery codes are left.

    `wanted` by you, `demanded` by the organisation: then it cannot be removed.
    """

    is_set_up: bool
    wanted: bool
    demanded: bool
    codes_left: int


class PresentPassword(Secretive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Proof that it is you, and not someone at your unattended computer."""

    current: Password


class OneCode(Secretive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the authenticator app shows now, or a recovery code where one is taken."""

    code: OneTimeCode


class RecoveryCodes(Secretive, frozen=True, kw_only=True):
    """Codes for a person without the app, each valid once. They are shown only once."""

    recovery_codes: list[str]


class EventShown(Struct, frozen=True, kw_only=True):
    """One event with an e-mail notification, and whether you chose it."""

    event: Event
    label: str
    chosen: bool


class EventsChosen(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All events that you want to be notified of."""

    events: list[Event]


class OwnAccountApi:
    """The calls."""

    def __init__(
        self, accounts: Accounts, credentials: Credentials, two_step: TwoStep, notifications: Notifications
    ) -> None:
        self._accounts = accounts
        self._credentials = credentials
        self._two_step = two_step
        self._notifications = notifications

    @call("GET", "/me/password")
    async def show_password_rule(self, asked: Asked[NoQuery, NoBody]) -> PasswordRule:
        """Return the rules for your next password and when the current one expires."""
        return PasswordRule(
            least=await self._credentials.least(),
            asks_code=await self._credentials.asks_second_step(asked.person),
            days_left=await self._credentials.days_left(asked.person, asked.now),
        )

    @call("PUT", "/me/password")
    async def change_password(self, asked: Asked[NoQuery, PasswordChange]) -> None:
        """Change your password. All your other sign-ins end."""
        said, caller = asked.body, asked.caller
        shown = said.current, said.new, said.code
        await self._credentials.change_own(
            caller.identity, caller.address, *shown, asked.now, revoke_keys=said.revoke_keys
        )

    @call("POST", "/me/proof")
    async def prove(self, asked: Asked[NoQuery, Proof]) -> None:
        """Confirm your identity, after the refusal `proof_needed`. Valid for 5 minutes for this sign-in."""
        said = asked.body
        caller = asked.caller
        await self._credentials.prove(caller.identity, caller.address, said.current, said.code, asked.now)

    @call("GET", "/me/second-step")
    async def show_second_step(self, asked: Asked[NoQuery, NoBody]) -> SecondStepShown:
        """Return the state of your two-step verification."""
        found = await self._two_step.shown(asked.person)
        return SecondStepShown(
            is_set_up=found.is_set_up,
            wanted=found.wanted,
            demanded=await self._credentials.demands_second_step(asked.person),
            codes_left=found.codes_left,
        )

    @call("POST", "/me/second-step/proposal")
    async def propose_authenticator(self, asked: Asked[NoQuery, PresentPassword]) -> Proposed:
        """Return the secret of a new authenticator. Confirm it from this sign-in within 10 minutes."""
        identity = asked.caller.identity
        await self._credentials.show_current(identity, asked.body.current, asked.now)
        secret = await self._two_step.propose(asked.person, identity.sign_in, asked.now)
        return proposed(secret, identity.person.email, await self._accounts.organisation())

    @call("POST", "/me/second-step/confirmation")
    async def confirm_authenticator(self, asked: Asked[NoQuery, OneCode]) -> RecoveryCodes:
        """Confirm the authenticator with a code. From then on codes are required. Return the recovery codes.

        All your other sign-ins end.
        """
        identity, address = asked.caller.identity, asked.caller.address
        codes = await self._credentials.confirm_two_step(
            identity, identity.sign_in, address, asked.body.code, asked.now, wanted=True
        )
        return RecoveryCodes(recovery_codes=codes)

    @call("POST", "/me/second-step/recovery-codes")
    async def renew_recovery_codes(self, asked: Asked[NoQuery, OneCode]) -> RecoveryCodes:
        """Create new recovery codes. The old ones stop working, and all your other sign-ins end."""
        caller = asked.caller
        codes = await self._credentials.renew_codes(caller.identity, caller.address, asked.body.code, asked.now)
        return RecoveryCodes(recovery_codes=codes)

    @call("POST", "/me/second-step/removal")
    async def remove_authenticator(self, asked: Asked[NoQuery, OneCode]) -> None:
        """Remove your authenticator, unless the organisation requires it. All your other sign-ins end."""
        caller = asked.caller
        await self._credentials.remove_own_two_step(caller.identity, caller.address, asked.body.code, asked.now)

    @call("GET", "/me/notifications")
    async def show_notifications(self, asked: Asked[NoQuery, NoBody]) -> list[EventShown]:
        """Return the e-mail notifications for master administrators, and which of them you chose."""
        if not asked.caller.identity.role.rules_all:
            raise NotAllowedError(NotAllowedError.__doc__)
        chosen = await self._notifications.chosen(asked.person)
        return [EventShown(event=event, label=label, chosen=event in chosen) for event, label in LABELS.items()]

    @call("PUT", "/me/notifications")
    async def choose_notifications(self, asked: Asked[NoQuery, EventsChosen]) -> None:
        """Choose your e-mail notifications. For master administrators."""
        await self._notifications.choose(asked.actor, asked.body.events, asked.now)


def proposed(secret: str, email: str, organisation: str) -> Proposed:
    """Return a secret as apps take it."""
    uri = totp_uri(secret, email, organisation)
    return Proposed(secret=secret, uri=uri, squares=squares(uri))
