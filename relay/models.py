"""Every table of the relay, gathered so that migrations see them all."""

from relay.accounts import model as accounts
from relay.mail import model as mail
from relay.monitoring import model as monitoring
from relay.organization import model as organization
from relay.pairing import model as pairing
from relay.security import model as security
from relay.sessions import model as sessions

__all__ = ["accounts", "mail", "monitoring", "organization", "pairing", "security", "sessions"]
