"""Every table of the relay, gathered so that migrations see them all."""

from relay.accounts import model as accounts
from relay.cluster import model as cluster
from relay.codes import model as codes
from relay.credentials import model as credentials
from relay.events import model as events
from relay.mail import model as mail
from relay.monitoring import model as monitoring
from relay.organization import model as organization
from relay.sessions import model as sessions
from relay.settings import model as settings
from relay.surveys import model as surveys

__all__ = [
    "accounts",
    "cluster",
    "codes",
    "credentials",
    "events",
    "mail",
    "monitoring",
    "organization",
    "sessions",
    "settings",
    "surveys",
]
