"""Terms of the organisation that a customer accepts before any technician may begin. Pure."""

from applet.session.ui_state import Terms
from codec.wire.api_types import SessionState
from codec.wire.signals import Entered


def terms_of(entered: Entered) -> Terms | None:
    """Return what the customer must accept now; None where there is nothing, or it was accepted."""
    settings = entered.settings
    if not settings.terms_on or entered.state is not SessionState.CONNECTING:
        return None
    return Terms(settings.terms_text, settings.terms_scroll)
