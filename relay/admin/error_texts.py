"""Errors in the reader's language: what happened, and what to do about it."""

from collections.abc import Mapping

from codec.errors import DesksideError
from relay.api_keys.rules import NoSuchKeyError
from relay.credentials.invitations import NoAddressError, NoInvitationError
from relay.credentials.service import NoSecondStepError
from relay.field_errors import FieldError
from relay.organization.guard import OutrankedError, PeopleOnlyError
from relay.organization.logo import LogoRefusedError
from relay.organization.rules import (
    ChangedMeanwhileError,
    CycleError,
    LastOneError,
    LockedError,
    NoLicenceLeftError,
    NotAllowedError,
    NotEmptyError,
    NotThereError,
    WrongPlaceError,
)
from relay.people_csv.service import RowError
from relay.settings.sentences import SaidError, Translate, sentence
from relay.texts import _


class TooMuchPostedError(DesksideError):
    """This is more than the relay accepts at once. Send it in several parts."""


class PlannedError(NotThereError):
    """This is planned for a later version."""


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
_OTHERWISE: Mapping[type[DesksideError], str] = {
    NotAllowedError: _("You do not have permission for this. Ask a master administrator."),
    PeopleOnlyError: _("An API key cannot change how people sign in. Sign in and do it yourself."),
    OutrankedError: _("This person has, or would get, more rights than you. Ask an account owner."),
    PlannedError: _(
        "This comes in a later version. To see what is planned, turn on planned features in the global settings."
    ),
    NotThereError: _("This item does not exist, or you do not have access to it. Choose another one in the tree."),
    CycleError: _("A group cannot be inside itself. Choose another place."),
    NotEmptyError: _("It is not empty. Move or remove its contents first, or select them too."),
    LastOneError: _("Someone must be able to manage the organisation. Make another person account owner first."),
    NoLicenceLeftError: _("All licences of this kind are in use. Take one from another person, or raise the total."),
    NoAddressError: _(
        "There is no e-mail address for the invitation. Enter one and save, then send the invitation again."
    ),
    NoInvitationError: _("There is no link that still works."),
    NoSecondStepError: _("No authenticator is set up."),
    NoSuchKeyError: _("You have no such key. Check the list of keys."),
    TooMuchPostedError: _("This is more than the server accepts at once. Send it in several parts."),
    LockedError: _("A master administrator has locked this permission. Ask them to change it."),
    WrongPlaceError: _("This cannot be placed there."),
    ChangedMeanwhileError: _(
        "Someone changed the same fields in the meantime. Choose which value to keep, then save again."
    ),
}


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
    for kind in type(error).__mro__:
        if kind in _OTHERWISE:
            return say(_OTHERWISE[kind])
    return say(str(error))
