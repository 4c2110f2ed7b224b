"""What page and engine say while a technician signs in."""

from typing import Annotated

from msgspec import Meta

from console.page.message_base import PageMessage, Request, Short


class AboutRelay(PageMessage, frozen=True, tag="about"):
    """Whose relay this is, as the sign-in page shows it; `logo` is a data: URL, or empty."""

    organisation: str
    logo: str


class Authenticator(PageMessage, frozen=True, tag="authenticator"):
    """What goes into the authenticator app. `squares` are the rows of the QR code, each square a 0 or a 1."""

    secret: str
    squares: list[str]


class RecoveryCodes(PageMessage, frozen=True, tag="recovery_codes"):
    """What lets one in without the app, shown this once. `least` is not empty where a new password is due next."""

    codes: list[str]
    least: str = ""


class PageSignIn(PageMessage, frozen=True, tag="sign_in"):
    """Sign in at the relay; with a code once it has refused with `second_step_needed`."""

    request: Request
    email: Short
    password: Annotated[str, Meta(max_length=1_000)]
    code: Short = ""


class ChooseDuePassword(PageMessage, frozen=True, tag="choose_due_password"):
    """Choose the password that the sign-in before asked for, and be signed in."""

    request: Request
    new: Annotated[str, Meta(max_length=1_000)]


class ProposeAuthenticator(PageMessage, frozen=True, tag="propose_authenticator"):
    """Begin the second step that the sign-in before asked for; `Authenticator` is the answer."""

    request: Request


class ConfirmAuthenticator(PageMessage, frozen=True, tag="confirm_authenticator"):
    """Show what the app says; `RecoveryCodes` is the answer."""

    request: Request
    code: Short


class CodesKept(PageMessage, frozen=True, tag="codes_kept"):
    """The recovery codes were read: go on to the sessions."""

    request: Request


SignInToPage = AboutRelay | Authenticator | RecoveryCodes
SignInFromPage = PageSignIn | ChooseDuePassword | ProposeAuthenticator | ConfirmAuthenticator | CodesKept
