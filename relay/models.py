"""Every table of the relay, gathered so that migrations see them all."""

from relay.accounts.model import OrganisationRow, PersonRow, SignInRow
from relay.pairing.model import CodeRow
from relay.sessions.model import SessionEventRow, SessionRow

__all__ = ["CodeRow", "OrganisationRow", "PersonRow", "SessionEventRow", "SessionRow", "SignInRow"]
