"""Every table of the relay, gathered so that migrations see them all."""

from relay.accounts import model as accounts
from relay.organization import model as organization
from relay.pairing import model as pairing
from relay.security import model as security
from relay.sessions import model as sessions

__all__ = ["accounts", "organization", "pairing", "security", "sessions"]
