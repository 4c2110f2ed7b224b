"""Lets a technician in at the relay, and does what is due before that: a new password, an authenticator app."""

from collections.abc import Callable
from dataclasses import dataclass, field

from codec.errors import DesksideError
from codec.wire.api_types import SignedIn
from console.device import DeviceFile
from console.page.open_pages import Page
from console.relay import Relay, RelayRefusedError
from console.sign_in.messages import (
    Authenticator,
    ChooseDuePassword,
    CodesKept,
    ConfirmAuthenticator,
    PageSignIn,
    ProposeAuthenticator,
    RecoveryCodes,
    SignInFromPage,
)


class NotSignedInYetError(DesksideError):
    """You are not signed in yet. Sign in again."""


@dataclass(frozen=True)
class _Due:
    """Who is on the way in, and what opens only what is due first. Pages never see it."""

    email: str = ""
    ticket: str = field(default="", repr=False)


class SignInFlow:
    """`known` is told the e-mail address of who is signed in, `entered` that their pages may go on."""

    def __init__(
        self, relay: Relay, device: DeviceFile | None, known: Callable[[str], None], entered: Callable[[], None]
    ) -> None:
        self._relay = relay
        self._device = device
        self._known = known
        self._entered = entered
        self._due = _Due()

    async def answer(self, page: Page, asked: SignInFromPage) -> None:
        """Do what a page asks. Raises RelayRefusedError, RelayUnreachableError, NotSignedInYetError."""
        match asked:
            case PageSignIn():
                await self._sign_in(asked)
            case ChooseDuePassword(new=new):
                self._enter(await self._relay.choose_password(self._due.ticket, new), self._due.email)
            case ProposeAuthenticator():
                proposed = await self._relay.propose_authenticator(self._due.ticket)
                page.tell(Authenticator(proposed.secret, proposed.squares))
            case ConfirmAuthenticator(code=code):
                await self._confirm_authenticator(page, code)
            case CodesKept():
                if not self._relay.signed_in:
                    raise NotSignedInYetError(NotSignedInYetError.__doc__)
                self._entered()

    async def _sign_in(self, asked: PageSignIn) -> None:
        device = "" if self._device is None else self._device.read()
        try:
            signed_in = await self._relay.sign_in(asked.email, asked.password, asked.code, device)
        except RelayRefusedError as error:
            self._due = _Due(asked.email, error.problem.ticket)
            raise
        self._enter(signed_in, asked.email)

    async def _confirm_authenticator(self, page: Page, code: str) -> None:
        """The page goes on by itself once its reader has kept the recovery codes."""
        enrolled = await self._relay.confirm_authenticator(self._due.ticket, code)
        if enrolled.signed_in is None:
            self._due = _Due(self._due.email, enrolled.ticket)
        else:
            self._remember(enrolled.signed_in, self._due.email)
        page.tell(RecoveryCodes(enrolled.recovery_codes, enrolled.least))

    def _enter(self, signed_in: SignedIn, email: str) -> None:
        self._remember(signed_in, email)
        self._entered()

    def _remember(self, signed_in: SignedIn, email: str) -> None:
        self._due = _Due()
        if self._device is not None:
            self._device.keep(signed_in.device)
        self._known(email.strip().casefold())
