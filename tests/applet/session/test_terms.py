"""Which terms a customer must accept now."""

import pytest

from applet.session.terms import terms_of
from applet.session.ui_state import Terms
from codec.wire.api_types import SessionState
from codec.wire.customer_settings import CustomerSettings
from codec.wire.signals import Entered

TERMS = CustomerSettings(terms_on=True, terms_text="Be kind.", terms_scroll=True)


def entered(state: SessionState, settings: CustomerSettings) -> Entered:
    """Return what a relay says to who is in."""
    return Entered(7, state, "Anna", "Northwind IT", "ticket-of-twenty-characters", settings=settings)


def test_terms_are_accepted_while_the_session_is_connecting() -> None:
    assert terms_of(entered(SessionState.CONNECTING, TERMS)) == Terms("Be kind.", scroll=True)


@pytest.mark.parametrize("state", [state for state in SessionState if state is not SessionState.CONNECTING])
def test_later_they_have_been_accepted(state: SessionState) -> None:
    assert terms_of(entered(state, TERMS)) is None


def test_a_text_that_is_turned_off_is_no_terms() -> None:
    assert terms_of(entered(SessionState.CONNECTING, CustomerSettings(terms_text="Be kind."))) is None
