"""Asking for credentials, in the same words wherever a server wants them."""

from codec.stores.base import CredentialsNeededError
from codec.stores.locations import Location


def credentials_needed(location: Location) -> CredentialsNeededError:
    """Return what asks for credentials, and says whether some were refused."""
    if location.user or location.password:
        said = "refused the user name or the password. Enter them again."
    else:
        said = "asks for a user name and a password. Enter them."
    return CredentialsNeededError(f"{location.shown} {said}")
