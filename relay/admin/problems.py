"""Errors in the reader's language: what happened, and what to do about it."""

from collections.abc import Mapping

from codec.errors import DesksideError
from relay.accounts.rules import FieldError
from relay.keys.rules import NoSuchKeyError
from relay.organization.guard import OutrankedError, PeopleOnlyError
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
from relay.people.service import RowError
from relay.security.credentials import NoAddressError, NoInvitationError, NoSecondStepError
from relay.settings.sentences import SaidError, Translate
from relay.texts import _


class TooMuchError(DesksideError):
    """This is more than the relay takes at once. Send it in several parts."""


class PlannedError(NotThereError):
    """This is planned for a later version."""


_AT_FIELDS: Mapping[str, str] = {
    "empty": _("Write a name."),
    "too_long": _("This is too long."),
    "deceiving": _("A name has no invisible characters. Type it instead of pasting it."),
    "not_an_address": _("Write an e-mail address, for example anna@northwind.example."),
    "control_characters": _("Leave out the control characters."),
    "not_text": _("Write a text."),
    "not_a_choice": _("Choose one of the possibilities."),
    "unknown_field": _("There is no such field."),
    "taken": _("Somebody else has this already. Choose another."),
    "too_short": _(
        "Use at least 8 characters and three of these: small letters, capitals, digits, special characters."
    ),
    "guessable": _("Choose something that is not your name or your address."),
    "not_good": _("Use at least three of these: small letters, capitals, digits, special characters."),
    "not_strong": _(
        "Use three kinds of characters and none twice, or all four kinds: small letters, capitals, digits, special "
        "characters."
    ),
    "not_excellent": _("Use small letters, capitals, digits and special characters, and no character twice."),
    "differ": _("The two are not the same. Type the new password again."),
    "email.empty": _("Write an e-mail address."),
    "scopes.empty": _("Choose what the key may do."),
    "expires_at.out_of_range": _("Let the key end in the future, within two years."),
    "status.not_a_choice": _("Choose one of these: enabled, disabled."),
    "standard.out_of_range": _("Write a whole number up to a million, or nothing for no limit."),
    "mobile.out_of_range": _("Write a whole number up to a million, or nothing for no limit."),
    "too_few": _("More than that are given away. Take some back first, or write a higher number."),
    "networks.network": _("Write one network on each line, for example 10.1.2.0/24 or 192.0.2.7."),
    "networks.too_many": _("List at most 100 networks."),
    "not_a_day": _("Choose a day."),
    "restricted_to_nothing": _("Choose at least one of the two that stay open."),
}
"""By the code of what is wrong; where a field has a sentence of its own, by field and code."""
_OTHERWISE: Mapping[type[DesksideError], str] = {
    NotAllowedError: _("This is not yours to do. Ask a master administrator."),
    PeopleOnlyError: _("An API key changes nothing that leads to a sign-in. Sign in and do it yourself."),
    OutrankedError: _("This person has, or would get, more rights than you. Ask an account owner."),
    PlannedError: _("This comes with a later version. What is planned can be shown in the global settings."),
    NotThereError: _("There is no such unit for you; somebody may have removed it. Choose another one in the tree."),
    CycleError: _("A group cannot stand inside itself. Choose another place."),
    NotEmptyError: _("There is still somebody or something in it. Move or remove that first, or choose both."),
    LastOneError: _("Somebody must be left who can arrange the organisation. Make another account owner first."),
    NoLicenceLeftError: _("All licences of this kind are given away. Take one from somebody else, or raise the total."),
    NoAddressError: _("There is no e-mail address to send an invitation to. Write one and save, then invite again."),
    NoInvitationError: _("There is no link that still works."),
    NoSecondStepError: _("No authenticator is set up."),
    NoSuchKeyError: _("There is no such key of yours. Look at the list of keys."),
    TooMuchError: _("This is more than the relay takes at once. Send it in several parts."),
    LockedError: _("A master administrator has locked this permission. Ask one to change it."),
    WrongPlaceError: _("This cannot be put there."),
    ChangedMeanwhileError: _("Somebody changed the same fields meanwhile. Choose which value stays, then save again."),
}


def said(error: DesksideError, say: Translate) -> str:
    """Return an error as a sentence in the reader's language."""
    if isinstance(error, SaidError | RowError):
        return error.sentence.say(say)
    if isinstance(error, FieldError):
        of_code = _AT_FIELDS.get(error.code, str(error))
        return say(_AT_FIELDS.get(f"{error.field}.{error.code}", of_code))
    for kind in type(error).__mro__:
        if kind in _OTHERWISE:
            return say(_OTHERWISE[kind])
    return say(str(error))
