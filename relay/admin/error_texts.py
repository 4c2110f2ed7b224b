"""Errors in the reader's language: what happened, and what to do about it."""

from collections.abc import Mapping

from codec.errors import DesksideError
from relay.field_errors import FieldError
from relay.organization.logo import LogoRefusedError
from relay.people_csv.service import RowError
from relay.refusals import refusal_of
from relay.settings.sentences import SaidError, Translate, sentence
from relay.texts import _

_AT_FIELDS: Mapping[str, str] = {
    "empty": _("Enter a name."),
    "deceiving": _("A name cannot have invisible characters. Type it instead of pasting it."),
    "not_an_address": _("Enter an e-mail address, for example anna@northwind.example."),
    "control_characters": _("Remove the control characters."),
    "not_text": _("Enter text."),
    "not_a_choice": _("Choose one of the options."),
    "unknown_field": _("There is no such field."),
    "taken": _("Someone else already has this. Choose another."),
    "too_short": _(
        "Use at least 8 characters and three of these: lower-case letters, capitals, digits, special characters."
    ),
    "guessable": _("Choose something that is not your name or your address."),
    "not_good": _("Use at least three of these: lower-case letters, capitals, digits, special characters."),
    "not_strong": _(
        "Use three kinds of characters without repeating one, or all four kinds: lower-case letters, capitals, "
        "digits, special characters."
    ),
    "not_excellent": _(
        "Use lower-case letters, capitals, digits and special characters, and do not repeat a character."
    ),
    "differ": _("The passwords do not match. Type the new password again."),
    "email.taken": _("Someone else already uses this e-mail address."),
    "email.empty": _("Enter an e-mail address."),
    "scopes.empty": _("Choose at least one permission for the key."),
    "expires_at.out_of_range": _("Choose an expiry date in the future, within two years."),
    "status.not_a_choice": _("Choose one of these: enabled, disabled."),
    "standard.out_of_range": _("Enter a whole number up to one million, or leave it empty for no limit."),
    "mobile.out_of_range": _("Enter a whole number up to one million, or leave it empty for no limit."),
    "too_few": _("More licences than that are in use. Unassign some first, or enter a higher number."),
    "networks.network": _("Enter one network per line, for example 10.1.2.0/24 or 192.0.2.7."),
    "networks.too_many": _("Enter at most 100 networks."),
    "not_a_day": _("Choose a day."),
    "restricted_to_nothing": _("Leave at least one of the two selected."),
}
"""By the code of what is wrong; where a field has a sentence of its own, by field and code."""


def said(error: DesksideError, say: Translate) -> str:
    """Return an error as a sentence in the reader's language."""
    if isinstance(error, SaidError | RowError):
        return error.sentence.say(say)
    if isinstance(error, LogoRefusedError):
        return error.problem.sentence.say(say)
    if isinstance(error, FieldError):
        if error.code == "too_long" and error.most is not None:
            return sentence(_("Use at most {most} characters."), most=error.most).say(say)
        of_code = _AT_FIELDS.get(error.code, str(error))
        return say(_AT_FIELDS.get(f"{error.field}.{error.code}", of_code))
    return say(refusal_of(error).sentence or str(error))
