"""What is due on the way in, by JSON, for programs that take people further than a page does.

Each call shows the password again, so nothing is remembered between them. They tell nobody more than signing in does.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from codec.wire.api_types import Email, Enrolled, Name, OneTimeCode, Password, Proposed, SignedIn
from relay.accounts.service import Accounts, Identity
from relay.api.calls import Asked, NoQuery, Secretive, call
from relay.api.own_account import proposed
from relay.credentials.forgotten_passwords import ForgottenPasswords
from relay.credentials.service import Credentials, NoMailServerError
from relay.sign_in.service import CONSOLE, Admitted, Need, SignInService, Visitor
from relay.sign_in.two_step import TwoStep

MAX_CONSOLE_NAME = 200


class WhoComes(Secretive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Someone on the way in: with the `ticket` of the refusal that said what is due, or with address and password.

    `console` names the program, for the list of sign-ins.
    """

    email: Email = ""
    password: Password = ""
    ticket: Annotated[str, Meta(max_length=100)] = ""
    console: Name = ""


class Enrolling(WhoComes, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person who is signing in, and the code that their new authenticator shows."""

    code: OneTimeCode


class ChoosingPassword(WhoComes, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Someone on the way in, the password that they choose, and without a ticket a code where one is asked for."""

    new: Password
    code: OneTimeCode = ""


class Forgetful(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who has forgotten a password."""

    email: Email


class ChoosingByLink(Secretive, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What follows the # of a link in an e-mail, the new password, and a code if one is required.

    The API keys that this person made are revoked too unless `revoke_keys` is false.
    """

    secret: Annotated[str, Meta(max_length=100)]
    new: Password
    code: OneTimeCode = ""
    revoke_keys: bool = True


class SignInStepsApi:
    """The calls. `address` says who is calling."""

    def __init__(
        self,
        sign_in: SignInService,
        accounts: Accounts,
        credentials: Credentials,
        two_step: TwoStep,
        forgotten: ForgottenPasswords,
        address: Callable[[web.Request], str],
    ) -> None:
        self._service = sign_in
        self._accounts = accounts
        self._credentials = credentials
        self._two_step = two_step
        self._forgotten = forgotten
        self._address = address

    @call("POST", "/sign-in/password", anybody=True)
    async def choose_due_password(self, asked: Asked[NoQuery, ChoosingPassword]) -> SignedIn:
        """Choose the required new password and sign in, after the refusal `password_change_needed`."""
        said, visitor = asked.body, self._visitor(asked.request, asked.body)
        identity = await self._who(Need.PASSWORD, said, said.code, asked.now, visitor)
        await self._credentials.choose_after_sign_in(identity, visitor.address, said.new, asked.now)
        return await self._signed_in(await self._service.advance(identity, visitor, asked.now))

    @call("POST", "/sign-in/second-step", anybody=True)
    async def propose_due_authenticator(self, asked: Asked[NoQuery, WhoComes]) -> Proposed:
        """Return the secret for the required authenticator, after the refusal `enrolment_needed`."""
        said = asked.body
        identity = await self._who(Need.ENROLMENT, said, "", asked.now, self._visitor(asked.request, said))
        secret = await self._two_step.propose(identity.person.id, None, asked.now)
        return proposed(secret, identity.person.email, await self._accounts.organisation())

    @call("POST", "/sign-in/second-step/confirmation", anybody=True)
    async def confirm_due_authenticator(self, asked: Asked[NoQuery, Enrolling]) -> Enrolled:
        """Confirm the authenticator with a code, and sign in unless a new password is also required."""
        said, visitor = asked.body, self._visitor(asked.request, asked.body)
        identity = await self._who(Need.ENROLMENT, said, "", asked.now, visitor)
        codes = await self._credentials.confirm_two_step(
            identity, None, visitor.address, said.code, asked.now, wanted=False
        )
        admitted = await self._service.advance(identity, visitor, asked.now)
        if admitted.need is None:
            return Enrolled(recovery_codes=codes, signed_in=await self._signed_in(admitted), need=None)
        least = await self._credentials.least()
        return Enrolled(recovery_codes=codes, signed_in=None, need=admitted.need, ticket=admitted.secret, least=least)

    @call("POST", "/password-links", anybody=True)
    async def forgot_password(self, asked: Asked[NoQuery, Forgetful]) -> None:
        """Request a link for choosing a new password. The answer does not reveal whether the address has an account."""
        if not self._credentials.invitations.can_mail:
            raise NoMailServerError(NoMailServerError.__doc__)
        self._forgotten.ask(asked.body.email, self._address(asked.request), asked.now)

    @call("POST", "/password-links/use", anybody=True)
    async def choose_by_link(self, asked: Asked[NoQuery, ChoosingByLink]) -> None:
        """Choose a password with a one-time link. All sign-ins of that person end."""
        said = asked.body
        address = self._address(asked.request)
        await self._credentials.choose(
            said.secret, address, said.new, said.code, asked.now, revoke_keys=said.revoke_keys
        )

    async def _who(self, need: Need, said: WhoComes, code: str, now: datetime, visitor: Visitor) -> Identity:
        if said.ticket:
            return await self._service.with_ticket(need, said.ticket, visitor, now)
        return await self._service.authenticate_for(need, said.email, said.password, code, visitor, now)

    def _visitor(self, request: web.Request, said: WhoComes) -> Visitor:
        return Visitor(self._address(request), said.console[:MAX_CONSOLE_NAME], CONSOLE)

    async def _signed_in(self, admitted: Admitted) -> SignedIn:
        return SignedIn(
            token=admitted.secret,
            expires_at=admitted.ends,
            person=admitted.identity.person,
            organisation=await self._accounts.organisation(),
            device=admitted.device,
        )
